// How much memory one document takes once it is read:
//   codec_memory PICKLE
// prints the bytes by which reading it has made this process grow, at the end and at its peak, and
// what the message says it holds. Run by bench/codec.py, which sets the figures beside CPython's.
#include <parley/pickle/message.hpp>
#include <parley/pickle/reader.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

namespace {

/// A field of /proc/self/status, in bytes.
std::int64_t status(const std::string& name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) * 1024;
    }
    return 0;
}

parley::Buffer load_file(const std::filesystem::path& path) {
    parley::Buffer content(std::filesystem::file_size(path));
    std::ifstream(path, std::ios::binary)
        .read(reinterpret_cast<char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return content;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::int64_t before = status("VmRSS");
    const parley::Value value = parley::pickle::loads(load_file(argv[1])).value();
    const std::int64_t peak = status("VmHWM") - before;
    const std::int64_t kept = status("VmRSS") - before;
    const parley::pickle::Message* const message = parley::pickle::Access::message(value);
    const std::size_t held = message == nullptr ? 0 : message->memory();
    std::cout << "[" << kept << ", " << peak << ", " << held << "]\n";
}
