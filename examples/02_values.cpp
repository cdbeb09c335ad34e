// Values: any Python object arrives as a parley::Value, without a type of its own in C++. This
// server looks at what comes and answers with what it has understood; then run 02_values.py.
//     02_values [ADDRESS]
#include <parley/convert.hpp>
#include <parley/listener.hpp>
#include <parley/object.hpp>

#include <iostream>
#include <numeric>
#include <string>
#include <vector>

namespace {

/// Instances of classes that C++ has never heard of: the class by name, the attributes by name.
parley::Value describe(const parley::Object& object) {
    const auto author = object.attribute("author");
    return parley::dict(
        {{"class", object.type().qualname()}, {"author", author ? *author : parley::Value()}});
}

parley::Value answer(const parley::Value& value) {
    switch (value.kind()) {
        case parley::Kind::int_:
            return value.fits_int64() ? "an int" : "a big int";
        case parley::Kind::str:
            return "a str, " + std::to_string(value.size()) + " bytes in UTF-8";
        case parley::Kind::bytes:
            return "bytes, " + std::to_string(value.size());
        case parley::Kind::tuple: {
            const auto numbers = value.get<std::vector<double>>();  // or TypeError
            return std::accumulate(numbers.begin(), numbers.end(), 0.0);
        }
        case parley::Kind::dict: {
            std::vector<parley::Value> keys;
            for (const auto& [key, item] : value.items())
                keys.push_back(key);
            return parley::list(keys);
        }
        case parley::Kind::object:
            return describe(value.as_object());
        default:
            return value;  // what is not looked into goes back as it came
    }
}

void serve(parley::Connection connection) {
    try {
        for (;;) {
            const parley::Value value = connection.recv();
            std::cout << value << '\n';  // as Python's repr()
            try {
                connection.send(answer(value));
            } catch (const parley::TypeError& error) {
                connection.send(parley::dict({{"error", error.what()}}));
            }
        }
    } catch (const parley::EndOfFile&) {
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        parley::Listener listener{argc > 1 ? argv[1] : "localhost:8888",
                                  {.authkey = parley::Authkey{"Hello World!"}}};
        std::cout << "listening on " << listener.address() << std::endl;
        serve(listener.accept());
    } catch (const parley::Error& error) {
        std::cerr << "02_values: " << error.what() << '\n';
        return 1;
    }
}
