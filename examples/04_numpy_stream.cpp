// numpy stream: arrays come as numpy sends them, without a copy, and go back as arrays. Then run
// 04_numpy_stream.py, with a Python that has numpy.
//     04_numpy_stream [ADDRESS]
#include <parley/listener.hpp>
#include <parley/typed_ndarray.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// A piece of a recording: one row for each channel. An array is a member like any other.
struct Chunk {
    std::string name;
    parley::ndarray<float> samples;

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(name) & BOOST_SERIALIZATION_NVP(samples);
    }
};

/// The greatest sample of each channel, read where it lies in the message.
std::vector<float> peaks(const parley::ndarray<float>& samples) {
    const std::size_t channels = samples.shape().at(0);
    const std::size_t length = samples.shape().at(1);
    std::vector<float> peaks(channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        for (std::size_t at = 0; at < length; ++at) {
            peaks[channel] = std::max(peaks[channel], samples[channel * length + at]);
        }
    }
    return peaks;
}

void serve(parley::Connection connection) {
    try {
        for (;;) {
            const auto chunk = connection.recv<Chunk>();
            std::cout << chunk.name << ": " << chunk.samples.shape().at(0) << " x "
                      << chunk.samples.shape().at(1) << '\n';
            const std::vector<float> found = peaks(chunk.samples);
            connection.send(parley::as_ndarray(found));
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
        std::cerr << "04_numpy_stream: " << error.what() << '\n';
        return 1;
    }
}
