// Pointers: identity, cycles, ownership, polymorphic classes.
#include "support/typed.hpp"

#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

using boost::serialization::base_object;
using parley::Value;
using support::from;
using support::python;
using support::reading;

namespace {

struct Node {
    static inline int alive = 0;
    std::string name;
    std::vector<std::shared_ptr<Node>> next;
    std::weak_ptr<Node> back;

    Node() { ++alive; }
    explicit Node(std::string n) : Node() { name = std::move(n); }
    Node(const Node&) = delete;
    ~Node() { --alive; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name) & BOOST_SERIALIZATION_NVP(next) &
            BOOST_SERIALIZATION_NVP(back);
    }
};

// Unnamed members: a tuple, unless one holds itself.
struct Ring {
    int number = 0;
    std::shared_ptr<Ring> next;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& number& next;
    }
};

struct Tree {
    int number = 0;
    Tree* parent = nullptr;
    std::vector<std::unique_ptr<Tree>> children;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(number) & BOOST_SERIALIZATION_NVP(parent) &
            BOOST_SERIALIZATION_NVP(children);
    }
};

struct Part {
    int number = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(number);
    }
};
struct Whole {
    std::vector<Part> parts;
    Part* chosen = nullptr;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(parts) & BOOST_SERIALIZATION_NVP(chosen);
    }
};
struct Reversed {
    Part part;
    Part* chosen = nullptr;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(chosen) & BOOST_SERIALIZATION_NVP(part);
    }
};

struct Shape {
    static inline int alive = 0;
    std::string label;
    Shape() { ++alive; }
    Shape(const Shape&) = delete;
    virtual ~Shape() { --alive; }
    virtual double area() const = 0;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(label);
    }
};
struct Circle : Shape, std::enable_shared_from_this<Circle> {
    double radius = 0;
    double area() const override { return 3 * radius * radius; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(radius);
    }
};
// No default constructor: its arguments travel with it.
struct Square : Shape {
    const double side;
    explicit Square(double s) : side(s) {}
    double area() const override { return side * side; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape);
    }
};
template <typename Archive>
void save_construct_data(Archive& archive, const Square* square, unsigned) {
    archive << boost::serialization::make_nvp("side", square->side);
}
template <typename Archive>
void load_construct_data(Archive& archive, Square* square, unsigned) {
    double side = 0;
    archive >> boost::serialization::make_nvp("side", side);
    ::new (square) Square(side);
}
struct Unknown : Shape {
    double area() const override { return 0; }
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& base_object<Shape>(*this);
    }
};
struct Other {
    virtual ~Other() = default;
    template <typename Archive>
    void serialize(Archive&, unsigned) {}
};
struct Unrelated : Other {
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& base_object<Other>(*this);
    }
};

using Shapes = std::vector<std::shared_ptr<Shape>>;

// A class that the archive is told of, without an export.
struct Holder {
    std::unique_ptr<Shape> shape;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive.template register_type<Unknown>();
        archive& BOOST_SERIALIZATION_NVP(shape);
    }
};

struct Chain {
    std::unique_ptr<Chain> next;
    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(next);
    }
};
// A class that nobody knows behind a pointer to its base.
struct Hidden : Shape {
    double area() const override { return 0; }
};

struct Ordered {
    int key;
    explicit Ordered(int k) : key(k) {}
    template <typename Archive>
    void serialize(Archive&, unsigned) {}
    friend bool operator==(const Ordered&, const Ordered&) = default;
};
template <typename Archive>
void save_construct_data(Archive& archive, const Ordered* object, unsigned) {
    archive << object->key;
}
template <typename Archive>
void load_construct_data(Archive& archive, Ordered* object, unsigned) {
    int key = 0;
    archive >> key;
    ::new (object) Ordered(key);
}

}  // namespace

BOOST_SERIALIZATION_ASSUME_ABSTRACT(Shape)
BOOST_CLASS_EXPORT_GUID(Circle, "Circle")
BOOST_CLASS_EXPORT_GUID(Square, "Square")
BOOST_CLASS_EXPORT_GUID(Unrelated, "Unrelated")

TEST_CASE("archive: a pointer is None or the object", "[archive]") {
    CHECK(python(std::tuple(std::unique_ptr<int>(), std::make_unique<int>(5),
                            std::make_shared<std::string>("x"))) == "(None, 5, 'x')");
    CHECK(*from<std::unique_ptr<std::string>>(Value("x")) == "x");
    CHECK(from<std::shared_ptr<int>>(Value()) == nullptr);
    CHECK(*from<std::shared_ptr<const std::vector<int>>>(parley::list(1)) == std::vector{1});
    CHECK(reading<std::unique_ptr<int>>(Value("x")) == "wrong type: expected int, got str 'x'");
}

TEST_CASE("archive: pointers to one object come back as pointers to one object", "[archive]") {
    const auto leaf = std::make_shared<Node>("leaf");
    const std::vector<std::shared_ptr<Node>> nodes{leaf, leaf, std::make_shared<Node>("root")};
    nodes[2]->next = {leaf, nullptr};
    {
        const auto read = from<std::vector<std::shared_ptr<Node>>>(support::value_of(nodes));
        CHECK(read[0] == read[1]);
        CHECK(read[2]->next[0] == read[0]);
        CHECK(read[2]->next[1] == nullptr);
        CHECK(read[0].use_count() == 3);
    }
    CHECK(Node::alive == 2);
    const auto text = std::make_shared<std::string>("text");
    const auto texts =
        from<std::vector<std::shared_ptr<std::string>>>(support::value_of(std::vector{text, text}));
    CHECK(texts[0] == texts[1]);
}

TEST_CASE("archive: cycles come back as cycles, and die", "[archive]") {
    {
        const auto root = std::make_shared<Node>("root");
        root->next = {std::make_shared<Node>("leaf")};
        root->next[0]->back = root;
        CHECK(python(root) ==
              "{'name': 'root', 'next': [{'name': 'leaf', 'next': [], 'back': {...}}], 'back': "
              "None}");
        const auto read = from<std::shared_ptr<Node>>(support::value_of(root));
        CHECK(read->next[0]->back.lock() == read);
        CHECK(read.use_count() == 1);
    }
    CHECK(Node::alive == 0);
}

TEST_CASE("archive: unnamed members are a list where an object holds itself", "[archive]") {
    const auto ring = std::make_shared<Ring>();
    ring->number = 1;
    ring->next = std::make_shared<Ring>();
    CHECK(python(ring) == "(1, (0, None))");
    ring->next->next = ring;
    CHECK(python(ring) == "[1, [0, [...]]]");
    const auto read = from<std::shared_ptr<Ring>>(support::value_of(ring));
    CHECK(read->next->next == read);
    read->next.reset();
    ring->next.reset();
}

TEST_CASE("archive: a unique_ptr owns, raw pointers see the same object", "[archive]") {
    Tree tree;
    tree.children.push_back(std::make_unique<Tree>());
    tree.children[0]->parent = &tree;
    tree.children[0]->number = 1;
    Tree read;
    parley::pickle::loads_into(read, support::pickled(tree)).value();
    REQUIRE(read.children.size() == 1);
    CHECK(read.children[0]->parent == &read);
    const auto value = support::value_of(tree);
    const Value child = value["children"][0];
    // The same object under two unique_ptrs is two objects.
    const auto two = from<std::vector<std::unique_ptr<Part>>>([] {
        const Value part = parley::dict({{"number", 1}});
        return parley::list(part, part);
    }());
    CHECK(two[0] != two[1]);
}

TEST_CASE("archive: a pointer to a part leads to the part that was received", "[archive]") {
    Whole whole;
    whole.parts.resize(3);
    whole.parts[1].number = 7;
    whole.chosen = &whole.parts[1];
    CHECK(python(whole) ==
          "{'parts': [{'number': 0}, {'number': 7}, {'number': 0}], 'chosen': {'number': 7}}");
    const auto read = from<Whole>(support::value_of(whole));
    CHECK(read.chosen == &read.parts[1]);
    Reversed reversed;
    reversed.chosen = &reversed.part;
    CHECK(support::dump_failure(reversed).message() ==
          "cannot be pickled: at part: a pointer to the object was sent before the object itself: "
          "send the object first");
}

TEST_CASE("archive: exported classes are found by name behind a pointer to their base",
          "[archive]") {
    {
        const auto circle = std::make_shared<Circle>();
        circle->label = "round";
        circle->radius = 2;
        Shapes shapes{circle, std::make_shared<Square>(3), circle, nullptr};
        CHECK(
            python(shapes) ==
            "[{'__class__': 'Circle', 'label': 'round', 'radius': 2.0}, {'__class__': 'Square', "
            "'side': 3.0, 'label': ''}, {'__class__': 'Circle', 'label': 'round', 'radius': 2.0}, "
            "None]");
        const auto read = from<Shapes>(support::value_of(shapes));
        CHECK(read[0]->area() == 12);
        CHECK(read[1]->area() == 9);
        CHECK(read[0] == read[2]);
        CHECK(std::dynamic_pointer_cast<Circle>(read[0])->shared_from_this() == read[0]);
        // Seen as its own class first, and then through its base.
        using Both = std::pair<std::shared_ptr<Circle>, std::shared_ptr<Shape>>;
        const auto both = from<Both>(support::value_of(Both(circle, circle)));
        CHECK(both.first == both.second);
    }
    CHECK(Shape::alive == 0);
}

TEST_CASE("archive: classes that the archive is told of go by number", "[archive]") {
    Holder holder;
    holder.shape = std::make_unique<Unknown>();
    holder.shape->label = "told";
    CHECK(python(holder) == "{'shape': {'__class__': 0, 'label': 'told'}}");
    CHECK(from<Holder>(support::value_of(holder)).shape->label == "told");
}

TEST_CASE("archive: unknown, abstract and unrelated classes are errors", "[archive]") {
    CHECK(support::dump_failure(Shapes{std::make_shared<Hidden>()})
              .message()
              .ends_with("is not known through a pointer to its base: use PARLEY_PYTHON_CLASS or "
                         "BOOST_CLASS_EXPORT"));
    const auto named = [](const char* name) {
        return parley::list(parley::dict({{"__class__", name}, {"label", "x"}}));
    };
    CHECK(reading<Shapes>(named("Nobody")) ==
          "wrong type: at [0]: expected dict, got the unknown class 'Nobody'");
    CHECK(reading<Shapes>(named("Unrelated"))
              .starts_with("wrong type: at [0]: expected an "
                           "instance of a class derived from"));
    CHECK(reading<Shapes>(parley::list(parley::dict({{"label", "x"}})))
              .starts_with("wrong type: at [0]: expected an instance of a class derived from"));
    CHECK(reading<Shapes>(parley::list(parley::dict({{"__class__", 12}})))
              .starts_with("wrong type: at [0]"));
    CHECK(reading<Shapes>(named("Circle")) ==
          "no such key: at [0].radius: expected float, got nothing");
    CHECK(Shape::alive == 0);
}

TEST_CASE("archive: what has no default constructor is made by load_construct_data", "[archive]") {
    CHECK(python(std::vector<Ordered>{Ordered(1), Ordered(2)}) == "[(1,), (2,)]");
    CHECK(support::comes_back(std::vector<Ordered>{Ordered(1), Ordered(2)}));
    CHECK(support::comes_back(Ordered(3)));
    CHECK(support::comes_back(std::optional(Ordered(4))));
    CHECK(support::comes_back(std::map<int, Ordered>{{1, Ordered(2)}}));
    CHECK(reading<std::vector<Ordered>>(parley::list(parley::tuple("x"))) ==
          "wrong type: at [0][0]: expected int, got str 'x'");
}

TEST_CASE("archive: a unique_ptr cannot be part of a cycle", "[archive]") {
    // d = {}; d['next'] = d
    const auto cyclic = parley::pickle::loads(parley::ConstBytes(reinterpret_cast<const std::byte*>(
                                                                     "\x80\x04}\x94\x8c\x04next"
                                                                     "h\x00s."),
                                                                 14))
                            .value();
    CHECK(reading<std::unique_ptr<Chain>>(cyclic) ==
          "wrong type: at next: expected an object that is not part of itself, for a unique_ptr");
}
