// Polymorphic: pointers to a base class are instances of Python's classes, derived ones as derived
// ones, and one object stays one object. Start 09_polymorphic.py first.
//     09_polymorphic [ADDRESS]
#include <parley/client.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

struct Shape {
    std::string name;
    virtual ~Shape() = default;
    virtual double area() const = 0;

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name);
    }
};

struct Circle : Shape {
    double radius = 0;
    double area() const override { return 3.14159265 * radius * radius; }

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(radius);
    }
};

struct Group : Shape {
    std::vector<std::shared_ptr<Shape>> members;
    double area() const override {
        double sum = 0;
        for (const auto& member : members)
            sum += member->area();
        return sum;
    }

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_BASE_OBJECT_NVP(Shape) & BOOST_SERIALIZATION_NVP(members);
    }
};

PARLEY_PYTHON_CLASS(Circle, "__main__", "Circle");
PARLEY_PYTHON_CLASS(Group, "__main__", "Group");

int main(int argc, char** argv) {
    try {
        const auto circle = std::make_shared<Circle>();
        circle->name = "wheel";
        circle->radius = 1;
        const auto group = std::make_shared<Group>();
        group->name = "bicycle";
        group->members = {circle, circle};  // the same one twice

        parley::Client client{argc > 1 ? argv[1] : "localhost:8888",
                              {.authkey = parley::Authkey{"Hello World!"}}};
        client.send(std::shared_ptr<Shape>(group));
        const auto shapes = client.recv<std::vector<std::shared_ptr<Shape>>>();
        for (const auto& shape : shapes) {
            const bool is_group = dynamic_cast<const Group*>(shape.get()) != nullptr;
            std::cout << shape->name << ": a " << (is_group ? "group" : "circle") << " of area "
                      << shape->area() << '\n';
        }
        const bool is_same = shapes.at(0) == dynamic_cast<Group&>(*shapes.at(1)).members.at(0);
        std::cout << "the wheel is " << (is_same ? "one" : "two") << '\n';
    } catch (const parley::Error& error) {
        std::cerr << "09_polymorphic: " << error.what() << '\n';
        return 1;
    }
}
