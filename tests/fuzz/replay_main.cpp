// Runs a fuzzer's corpus once, without libFuzzer: replay_<noun> FOLDER...
#include "support/fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int replay(const std::filesystem::path& folder) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::cout << entry.path().filename().string() << std::endl;  // the last word before a crash
        const std::string content = read_file(entry.path());
        const auto* data = reinterpret_cast<const std::uint8_t*>(content.data());
        (void)LLVMFuzzerTestOneInput(data, content.size());
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    int count = 0;
    for (int i = 1; i < argc; ++i)
        count += replay(argv[i]);
    std::cout << count << " inputs replayed\n";
    return count > 0 ? 0 : 1;
}
