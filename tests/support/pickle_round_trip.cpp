// Reads pickles and writes each of them back as parley would send it. A question is a 4-byte
// length, the protocol to write (0: the one it came in) and the pickle; an answer a 4-byte length,
// "=" and the pickle or "!" and what is wrong. Driven by tests/interop/pickle_test.py.
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

bool read_exactly(char* data, std::size_t size) {
    return static_cast<bool>(std::cin.read(data, static_cast<std::streamsize>(size)));
}

std::string answer(parley::Buffer pickle, int protocol, std::size_t buffer_count) {
    const auto value =
        parley::pickle::loads(std::move(pickle), {}, std::vector<parley::Buffer>(buffer_count));
    if (value.has_error()) return "!" + value.error().message();
    if (protocol == 0) protocol = std::max(2, value->protocol().value_or(4));
    std::vector<parley::Value> buffers;
    const auto written = parley::pickle::dumps(
        *value, {.protocol = protocol, .buffers = buffer_count == 0 ? nullptr : &buffers});
    if (written.has_error()) return "!" + written.error().message();
    return "=" + std::string(written->view());
}

std::uint32_t length_of(const unsigned char* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    char header[6];
    while (read_exactly(header, sizeof header)) {
        parley::Buffer pickle(length_of(reinterpret_cast<const unsigned char*>(header)));
        if (!read_exactly(reinterpret_cast<char*>(pickle.data()), pickle.size())) return 1;
        const std::string text =
            answer(std::move(pickle), header[4], static_cast<std::uint8_t>(header[5]));
        const auto size = static_cast<std::uint32_t>(text.size());
        for (int shift = 24; shift >= 0; shift -= 8) {
            std::cout.put(static_cast<char>(size >> shift & 0xff));
        }
        std::cout << text << std::flush;
    }
}
