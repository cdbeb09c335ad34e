// Reading and writing pickles, in processor time, on documents that bench/codec.py has CPython
// make:
//   codec_bench --documents=FOLDER [Google Benchmark's own options]
// Run by bench/codec.py, which sets the figures beside CPython's.
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>

#include <benchmark/benchmark.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace {

/// What fits here is read out of a connection's own buffer, and copied; more is taken over.
constexpr std::size_t small_message = std::size_t{64} << 10;

/// Processor time: what others do on this machine meanwhile is no part of it.
double seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

parley::Buffer load_file(const std::filesystem::path& path) {
    parley::Buffer content(std::filesystem::file_size(path));
    std::ifstream(path, std::ios::binary)
        .read(reinterpret_cast<char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return content;
}

void read_small(benchmark::State& state, const std::filesystem::path& path) {
    const parley::Buffer pickle = load_file(path);
    for (auto unused : state) {
        benchmark::DoNotOptimize(parley::pickle::loads(parley::ConstBytes(pickle)));
    }
}

/// A message of its own for each time: making it is not what is measured, dropping the value is.
void read_big(benchmark::State& state, const std::filesystem::path& path) {
    const parley::Buffer pickle = load_file(path);
    for (auto unused : state) {
        parley::Buffer message{parley::ConstBytes(pickle)};
        const double start = seconds();
        benchmark::DoNotOptimize(parley::pickle::loads(std::move(message)));
        state.SetIterationTime(seconds() - start);
    }
}

void write_fresh(benchmark::State& state, const std::filesystem::path& path) {
    const parley::Value value = parley::pickle::loads(load_file(path)).value();
    for (auto unused : state)
        benchmark::DoNotOptimize(parley::pickle::dumps(value));
}

/// As a connection does: one buffer for every message.
void write_again(benchmark::State& state, const std::filesystem::path& path) {
    const parley::Value value = parley::pickle::loads(load_file(path)).value();
    parley::Buffer buffer;
    for (auto unused : state) {
        buffer.clear();
        benchmark::DoNotOptimize(parley::pickle::dumps(value, buffer));
    }
}

void register_document(const std::filesystem::path& path) {
    const std::string name = path.stem().string();
    if (std::filesystem::file_size(path) <= small_message) {
        benchmark::RegisterBenchmark(("read/" + name).c_str(), read_small, path);
    } else {
        benchmark::RegisterBenchmark(("read/" + name).c_str(), read_big, path)->UseManualTime();
    }
    benchmark::RegisterBenchmark(("write/" + name).c_str(), write_fresh, path);
    benchmark::RegisterBenchmark(("write_again/" + name).c_str(), write_again, path);
}

}  // namespace

int main(int argc, char** argv) {
    constexpr std::string_view option = "--documents=";
    std::filesystem::path documents;
    int kept = 1;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument.starts_with(option)) {
            documents = argument.substr(option.size());
        } else {
            argv[kept++] = argv[i];
        }
    }
    benchmark::Initialize(&kept, argv);
    if (documents.empty() || benchmark::ReportUnrecognizedArguments(kept, argv)) return 2;
    for (const auto& entry : std::filesystem::directory_iterator(documents)) {
        register_document(entry.path());
    }
    benchmark::RunSpecifiedBenchmarks();
}
