// Writing and reading ten thousand structs of mixed fields: parley's archives beside those of
// Boost.Serialization, on documents that bench/typed.py has CPython make:
//   typed_bench --documents=FOLDER [Google Benchmark's own options]
// Run by bench/typed.py, which sets the figures beside CPython's.
#include <parley/pickle/archive.hpp>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lab {

/// A struct of mixed fields, a dict in Python.
struct Reading {
    std::string sensor;
    std::int64_t id = 0;
    double value = 0;
    bool valid = false;
    std::vector<int> counts;
    std::string note;
    double deviation = 0;
    std::uint32_t flags = 0;

    template <typename Archive>
    void serialize(Archive& archive, unsigned) {
        archive& BOOST_SERIALIZATION_NVP(sensor) & BOOST_SERIALIZATION_NVP(id) &
            BOOST_SERIALIZATION_NVP(value) & BOOST_SERIALIZATION_NVP(valid) &
            BOOST_SERIALIZATION_NVP(counts) & BOOST_SERIALIZATION_NVP(note) &
            BOOST_SERIALIZATION_NVP(deviation) & BOOST_SERIALIZATION_NVP(flags);
    }
    friend bool operator==(const Reading&, const Reading&) = default;
};

/// The same as a dataclass.
struct DataReading : Reading {};

}  // namespace lab

PARLEY_PYTHON_CLASS(lab::DataReading, "typed_readings", "Reading");

namespace {

using Path = std::filesystem::path;

parley::Buffer load_file(const Path& path) {
    parley::Buffer content(std::filesystem::file_size(path));
    std::ifstream(path, std::ios::binary)
        .read(reinterpret_cast<char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return content;
}

template <typename T>
using Readings = std::vector<T>;

template <typename T>
Readings<T> load_readings(const Path& path) {
    return parley::pickle::loads<Readings<T>>(load_file(path)).value();
}

// As a connection does: one buffer for every message.
template <typename T>
void write_parley(benchmark::State& state, const Path& path) {
    const Readings<T> readings = load_readings<T>(path);
    parley::Buffer buffer;
    for (auto unused : state) {
        buffer.clear();
        benchmark::DoNotOptimize(parley::pickle::dumps(readings, buffer).has_value());
    }
}

// The message's memory is handed over, as a connection does; making it is no part of reading.
template <typename T>
void read_parley(benchmark::State& state, const Path& path) {
    const parley::Buffer pickle = load_file(path);
    for (auto unused : state) {
        state.PauseTiming();
        parley::Buffer message{parley::ConstBytes(pickle)};
        state.ResumeTiming();
        benchmark::DoNotOptimize(parley::pickle::loads<Readings<T>>(std::move(message)));
    }
}

/// Boost's archives at their best: memory that is there already, and no stream around it.
class Memory : public std::streambuf {
public:
    explicit Memory(std::size_t size) : bytes_(size) { rewind(); }
    void rewind() {
        char* const begin = bytes_.data();
        setp(begin, begin + bytes_.size());
        setg(begin, begin, begin + bytes_.size());
    }

private:
    std::vector<char> bytes_;
};

constexpr std::size_t enough = std::size_t{64} << 20;

template <typename Output>
void write_boost(benchmark::State& state, const Path& path) {
    const Readings<lab::Reading> readings = load_readings<lab::Reading>(path);
    Memory memory(enough);
    std::ostream out(&memory);
    for (auto unused : state) {
        memory.rewind();
        Output archive(out);
        archive << boost::serialization::make_nvp("readings", readings);
    }
}

template <typename Output, typename Input>
void read_boost(benchmark::State& state, const Path& path) {
    const Readings<lab::Reading> readings = load_readings<lab::Reading>(path);
    Memory memory(enough);
    std::iostream stream(&memory);
    {
        Output archive(stream);
        archive << boost::serialization::make_nvp("readings", readings);
    }
    for (auto unused : state) {
        memory.rewind();
        stream.clear();
        Input archive(stream);
        Readings<lab::Reading> read;
        archive >> boost::serialization::make_nvp("readings", read);
        benchmark::DoNotOptimize(read.data());
    }
}

/// What is compared must be the same.
void check_documents(const Path& folder) {
    const auto dicts = load_readings<lab::Reading>(folder / "dicts.pickle");
    const auto classes = load_readings<lab::DataReading>(folder / "dataclasses.pickle");
    const bool is_same =
        std::equal(dicts.begin(), dicts.end(), classes.begin(), classes.end(),
                   [](const lab::Reading& one, const lab::Reading& other) { return one == other; });
    if (is_same && !dicts.empty()) return;
    std::fputs("typed_bench: the documents differ\n", stderr);
    std::exit(EXIT_FAILURE);
}

void register_all(const Path& folder) {
    using namespace boost::archive;
    const Path dicts = folder / "dicts.pickle";
    const Path classes = folder / "dataclasses.pickle";
    const auto add = [](const char* name, auto function, const Path& path) {
        benchmark::RegisterBenchmark(name, function, path)->Unit(benchmark::kMicrosecond);
    };
    add("write/dicts", write_parley<lab::Reading>, dicts);
    add("write/dataclasses", write_parley<lab::DataReading>, classes);
    add("write/binary_archive", write_boost<binary_oarchive>, dicts);
    add("write/text_archive", write_boost<text_oarchive>, dicts);
    add("read/dicts", read_parley<lab::Reading>, dicts);
    add("read/dataclasses", read_parley<lab::DataReading>, classes);
    add("read/binary_archive", read_boost<binary_oarchive, binary_iarchive>, dicts);
    add("read/text_archive", read_boost<text_oarchive, text_iarchive>, dicts);
}

}  // namespace

int main(int argc, char** argv) {
    constexpr std::string_view option = "--documents=";
    Path documents;
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
    check_documents(documents);
    register_all(documents);
    benchmark::RunSpecifiedBenchmarks();
}
