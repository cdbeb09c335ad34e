// Every header that Boost.Serialization has for containers, beside parley's own: what went through
// Boost's archives goes through parley's.
#include "support/boost_archives.hpp"
#include "support/typed.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <boost/container/list.hpp>
#include <boost/container/map.hpp>
#include <boost/container/set.hpp>
#include <boost/container/slist.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/stable_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/container/string.hpp>
#include <boost/container/vector.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/multiprecision/cpp_int/serialize.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/bitset.hpp>
#include <boost/serialization/boost_array.hpp>
#include <boost/serialization/boost_unordered_map.hpp>
#include <boost/serialization/boost_unordered_set.hpp>
#include <boost/serialization/complex.hpp>
#include <boost/serialization/deque.hpp>
#include <boost/serialization/forward_list.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/priority_queue.hpp>
#include <boost/serialization/queue.hpp>
#include <boost/serialization/scoped_ptr.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/slist.hpp>
#include <boost/serialization/stack.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/valarray.hpp>
#include <boost/serialization/variant.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/weak_ptr.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <boost/uuid/uuid_serialize.hpp>

#include <array>
#include <bitset>
#include <complex>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <vector>

using support::comes_back;
using support::comes_back_from_boost;
using support::python;

namespace boost_box {

struct Point {
    int x = 0;
    int y = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(x) & BOOST_SERIALIZATION_NVP(y);
    }
    friend auto operator<=>(const Point&, const Point&) = default;
};
std::size_t hash_value(const Point& point) {
    return static_cast<std::size_t>(31 * point.x + point.y);
}

/// Comes back from parley's archives, in every protocol, and from Boost's own.
template <typename T>
bool comes_back_from_both(const T& object) {
    return comes_back(object) && comes_back_from_boost(object);
}

template <typename Adaptor>
std::vector<int> drained(Adaptor adaptor) {
    std::vector<int> items;
    for (; !adaptor.empty(); adaptor.pop()) {
        if constexpr (requires { adaptor.top(); })
            items.push_back(adaptor.top());
        else
            items.push_back(adaptor.front());
    }
    return items;
}

template <typename Adaptor>
bool drains_the_same(const Adaptor& adaptor) {
    const auto read = parley::pickle::loads<Adaptor>(support::pickled(adaptor)).value();
    return drained(read) == drained(adaptor) &&
           drained(support::through_boost(adaptor)) == drained(adaptor);
}

}  // namespace boost_box

using boost_box::comes_back_from_both;
using boost_box::Point;

TEST_CASE("boost: the sequences of the standard library", "[archive]") {
    CHECK(comes_back_from_both(std::vector<int>{1, 2, 3}));
    CHECK(comes_back_from_both(std::vector<bool>{true, false, true}));
    CHECK(comes_back_from_both(std::vector<Point>{{1, 2}, {3, 4}}));
    CHECK(comes_back_from_both(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}}));
    CHECK(comes_back_from_both(std::deque<double>{0.5, -0.25}));
    CHECK(comes_back_from_both(std::list<Point>{{1, 2}}));
    CHECK(comes_back_from_both(std::forward_list<std::string>{"one", "two"}));
    CHECK(comes_back_from_both(std::array<Point, 2>{Point{1, 2}, Point{3, 4}}));
    CHECK(comes_back_from_both(std::string("text \0 with a NUL", 17)));
    CHECK(comes_back_from_both(std::wstring(L"wide \u4f60")));
    const std::valarray<double> numbers{1, 2, 3};
    const auto came =
        parley::pickle::loads<std::valarray<double>>(support::pickled(numbers)).value();
    CHECK((came.size() == 3 && (came == numbers).min()));
    CHECK(python(std::bitset<5>(0b10110)) == "{'bits': '10110'}");
    CHECK(comes_back_from_both(std::bitset<70>(0b10110)));
}

TEST_CASE("boost: the keyed containers of the standard library", "[archive]") {
    CHECK(comes_back_from_both(std::map<std::string, Point>{{"a", {1, 2}}, {"b", {3, 4}}}));
    CHECK(comes_back_from_both(std::map<Point, int>{{{1, 2}, 3}}));
    CHECK(comes_back_from_both(std::multimap<int, int>{{1, 2}, {1, 3}}));
    CHECK(comes_back_from_both(std::unordered_map<int, std::string>{{1, "x"}, {2, "y"}}));
    CHECK(comes_back_from_both(std::unordered_multimap<int, int>{{1, 2}, {1, 2}}));
    CHECK(comes_back_from_both(std::set<std::string>{"a", "b"}));
    CHECK(comes_back_from_both(std::set<Point>{{1, 2}, {3, 4}}));
    CHECK(comes_back_from_both(std::multiset<int>{1, 1, 2}));
    CHECK(comes_back_from_both(std::unordered_set<int>{1, 2, 3}));
    CHECK(comes_back_from_both(std::unordered_multiset<int>{1, 1}));
    CHECK(comes_back_from_both(
        std::map<std::pair<int, int>, std::map<int, std::set<int>>>{{{1, 2}, {{3, {4, 5}}}}}));
}

TEST_CASE("boost: adaptors, pairs and numbers of the standard library", "[archive]") {
    using boost_box::drains_the_same;
    std::queue<int> queue;
    std::stack<int> stack;
    std::priority_queue<int> heap;
    for (const int number : {3, 1, 2}) {
        queue.push(number);
        stack.push(number);
        heap.push(number);
    }
    CHECK(drains_the_same(queue));
    CHECK(drains_the_same(stack));
    CHECK(drains_the_same(heap));
    CHECK(comes_back_from_both(std::pair<int, std::string>{1, "two"}));
    CHECK(comes_back_from_both(std::complex<double>(1, -2)));
    CHECK(comes_back_from_both(std::complex<float>(0.5F, 0)));
}

TEST_CASE("boost: the smart pointers that have a header", "[archive]") {
    using Shared = std::vector<boost::shared_ptr<Point>>;
    const auto shared = boost::make_shared<Point>(Point{1, 2});
    // A class of Boost's, written by Boost's own functions: unlike std::shared_ptr a dict of its
    // own.
    CHECK(python(shared) == "{'__version__': 1, 'px': {'x': 1, 'y': 2}}");
    const auto read = support::from<Shared>(support::value_of(Shared{shared, shared, nullptr}));
    CHECK((read[0] == read[1] && *read[0] == Point{1, 2} && read[2] == nullptr));

    const boost::scoped_ptr<Point> scoped(new Point{3, 4});
    parley::Buffer pickled;
    parley::pickle::OutputArchive(pickled) << scoped;
    boost::scoped_ptr<Point> came;
    parley::pickle::InputArchive(parley::ConstBytes(pickled)) >> came;
    CHECK(*came == Point{3, 4});
}

TEST_CASE("boost: containers, variants and arrays of Boost's own", "[archive]") {
    CHECK(comes_back(boost::container::vector<int>{1, 2}));
    CHECK(comes_back(boost::container::small_vector<Point, 2>{{1, 2}, {3, 4}, {5, 6}}));
    using Few = boost::container::static_vector<int, 2>;
    CHECK(comes_back(Few{1, 2}));
    CHECK(support::reading<Few>(parley::list(1, 2, 3)) ==
          "out of range: expected at most 2 items, got 3");
    CHECK(comes_back(boost::container::slist<int>{1, 2}));
    CHECK(comes_back(boost::container::string("text")));
    CHECK(comes_back(boost::container::multimap<int, int>{{1, 2}, {1, 3}}));
    CHECK(comes_back(boost::container::flat_multiset<int>{1, 1}));
    CHECK(comes_back(boost::container::flat_multimap<int, int>{{1, 2}, {1, 3}}));
    CHECK(comes_back(boost::container::stable_vector<int>{1, 2}));
    CHECK(comes_back(boost::container::deque<int>{1, 2}));
    CHECK(comes_back(boost::container::list<int>{1, 2}));
    CHECK(comes_back(boost::container::flat_map<std::string, int>{{"a", 1}}));
    CHECK(comes_back(boost::container::flat_set<int>{1, 2}));
    CHECK(comes_back(boost::container::map<int, int>{{1, 2}}));
    CHECK(comes_back(boost::container::set<int>{1, 2}));
    CHECK(comes_back_from_both(boost::unordered_map<int, int>{{1, 2}}));
    CHECK(comes_back_from_both(boost::unordered_set<int>{1, 2}));
    CHECK(comes_back_from_both(boost::array<int, 2>{{1, 2}}));
    CHECK(comes_back_from_both(boost::optional<Point>(Point{1, 2})));
    CHECK(comes_back_from_both(boost::optional<Point>()));
    using Either = boost::variant<int, std::string, Point>;
    CHECK(comes_back_from_both(Either(7)));
    CHECK(comes_back_from_both(Either("text")));
    CHECK(comes_back_from_both(Either(Point{1, 2})));
}

TEST_CASE("boost: numbers and names of Boost's own", "[archive]") {
    using namespace boost::multiprecision;
    CHECK(comes_back_from_both(cpp_int("-123456789012345678901234567890")));
    CHECK(python(cpp_int(1) << 70U) == "1180591620717411303424");
    CHECK(comes_back(int128_t(-5)));
    CHECK(comes_back(uint256_t(5)));
    CHECK(comes_back(cpp_dec_float_50("1.5")));
    CHECK(comes_back(cpp_bin_float_50(1.5)));
    boost::uuids::uuid id{};
    id.data[0] = 7;
    CHECK(comes_back_from_both(id));
}
