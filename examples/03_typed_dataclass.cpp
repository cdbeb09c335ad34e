// Typed dataclass: a struct with Boost.Serialization's serialize function is a dataclass of
// Python's at the other end, both ways. Then run 03_typed_dataclass.py.
//     03_typed_dataclass [ADDRESS]
#include <parley/listener.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

struct Reading {
    std::string sensor;
    double value = 0;
    std::vector<double> history;
    std::optional<std::string> note;  // None, or not there at all

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(value) &
            BOOST_SERIALIZATION_NVP(history) & BOOST_SERIALIZATION_NVP(note);
    }
};

// Where Python finds the class: here in the script that it was started with.
PARLEY_PYTHON_CLASS(Reading, "__main__", "Reading");

namespace {

Reading smoothed(Reading reading) {
    double sum = reading.value;
    for (const double value : reading.history)
        sum += value;
    reading.history.push_back(reading.value);
    reading.value = sum / static_cast<double>(reading.history.size());
    reading.note = "mean of " + std::to_string(reading.history.size());
    return reading;
}

void serve(parley::Connection connection) {
    try {
        for (;;) {
            try {
                connection.send(smoothed(connection.recv<Reading>()));
            } catch (const parley::TypeError& error) {
                // It says where, and behind that from whom. The message is gone, the connection
                // goes on.
                std::string words = error.what();
                words.resize(std::min(words.size(), words.find(", peer")));
                std::cout << words << '\n';
                connection.send(words);
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
        std::cerr << "03_typed_dataclass: " << error.what() << '\n';
        return 1;
    }
}
