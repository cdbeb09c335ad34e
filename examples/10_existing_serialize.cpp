// Existing serialize: a class that has gone to files with Boost.Serialization for years is sent as
// it is, without a word about parley in it. Start 10_existing_serialize.py first.
//     10_existing_serialize [ADDRESS]
#include <parley/boost_archive.hpp>
#include <parley/client.hpp>

#include <boost/archive/text_oarchive.hpp>
#include <boost/serialization/access.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/version.hpp>

#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

/// Legacy code: private members, split functions, a version that has grown.
class Timetable {
public:
    void add(const std::string& station, int minute) { departures_[station].push_back(minute); }
    const std::map<std::string, std::vector<int>>& departures() const { return departures_; }
    const std::string& line() const { return line_; }
    void rename(std::string line) { line_ = std::move(line); }

private:
    friend class boost::serialization::access;

    template <typename Archive>
    void save(Archive& archive, const unsigned) const {
        archive << boost::serialization::make_nvp("line", line_)
                << boost::serialization::make_nvp("departures", departures_);
    }
    template <typename Archive>
    void load(Archive& archive, const unsigned version) {
        if (version > 0) archive >> boost::serialization::make_nvp("line", line_);
        archive >> boost::serialization::make_nvp("departures", departures_);
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()

    std::string line_ = "unnamed";
    std::map<std::string, std::vector<int>> departures_;
};

void print(const Timetable& timetable) {
    std::cout << timetable.line() << ':';
    for (const auto& [station, minutes] : timetable.departures())
        std::cout << ' ' << station << " (" << minutes.size() << ')';
    std::cout << '\n';
}

}  // namespace

BOOST_CLASS_VERSION(Timetable, 1)

int main(int argc, char** argv) {
    try {
        Timetable timetable;
        timetable.rename("S1");
        timetable.add("Harbour", 5);
        timetable.add("Harbour", 35);
        timetable.add("Market", 11);

        // To a file, as ever ...
        std::ostringstream file;
        boost::archive::text_oarchive(file) << timetable;
        std::cout << "a text archive of " << file.str().size() << " bytes\n";

        // ... and to Python, which sees a dict and answers with others.
        parley::Client client{argc > 1 ? argv[1] : "localhost:8888",
                              {.authkey = parley::Authkey{"Hello World!"}}};
        client.send(timetable);
        print(client.recv<Timetable>());
        print(client.recv<Timetable>());

        // Between C++ programs Boost's own archives go, too: here they are only echoed.
        client.send(parley::as_text_archive(timetable));
        print(client.recv<parley::TextArchive<Timetable>>().object);
    } catch (const parley::Error& error) {
        std::cerr << "10_existing_serialize: " << error.what() << '\n';
        return 1;
    }
}
