// Pickles of real CPythons, out of tests/golden/pickles.txt, which tests/golden/pickles.py writes.
#include "support/bytes.hpp"
#include "support/catch.hpp"
#include "support/opcodes.hpp"
#include "support/same_graph.hpp"

#include <parley/pickle/opcode.hpp>
#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>
#include <parley/repr.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using parley::Buffer;
using parley::Value;
using support::as_bytes;

namespace {

struct Golden {
    std::string versions;
    int protocol;
    std::string name;
    std::string repr;  ///< "-" where it says too little.
    std::string pickle;
};

std::vector<Golden> golden_pickles() {
    std::ifstream file(PARLEY_SOURCE_DIR "/tests/golden/pickles.txt");
    std::vector<Golden> all;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        Golden golden;
        std::string pickle;
        fields >> golden.versions >> golden.protocol >> golden.name >> golden.repr >> pickle;
        golden.pickle = support::from_hex(pickle);
        if (golden.repr != "-") golden.repr = support::from_hex(golden.repr);
        all.push_back(std::move(golden));
    }
    return all;
}

Value load(const Golden& golden) {
    std::vector<Buffer> buffers;
    buffers.emplace_back(as_bytes("ab"));
    buffers.emplace_back(as_bytes("cd"));
    return parley::pickle::loads(Buffer(as_bytes(golden.pickle)), {}, std::move(buffers)).value();
}

}  // namespace

TEST_CASE("golden: every CPython's pickles read as what they were", "[pickle]") {
    const std::vector<Golden> all = golden_pickles();
    REQUIRE(all.size() > 300);
    for (const Golden& golden : all) {
        INFO(golden.versions << " protocol " << golden.protocol << ": " << golden.name);
        const Value value = load(golden);
        if (golden.repr != "-") CHECK(parley::repr(value) == golden.repr);
        CHECK(value.protocol().value_or(-1) == (golden.protocol < 2 ? 0 : golden.protocol));
    }
}

TEST_CASE("golden: what is written reads back as the very same graph", "[pickle]") {
    for (const Golden& golden : golden_pickles()) {
        INFO(golden.versions << " protocol " << golden.protocol << ": " << golden.name);
        const Value value = load(golden);
        for (int protocol = 2; protocol <= 5; ++protocol) {
            // Keyword arguments have no opcode below protocol 4.
            if (protocol < 4 && golden.name == "keyword_arguments") continue;
            const Buffer written = parley::pickle::dumps(value, {.protocol = protocol}).value();
            const Value back = parley::pickle::loads(parley::ConstBytes(written)).value();
            const bool has_buffers = golden.name.find("BUFFER") != std::string::npos;
            CHECK((has_buffers || support::same_graph(value, back)));
        }
    }
}

TEST_CASE("golden: every opcode there is has been read", "[pickle]") {
    std::set<parley::pickle::Opcode> reached;
    for (const Golden& golden : golden_pickles()) {
        for (const auto opcode : support::opcodes_of(golden.pickle))
            reached.insert(opcode);
    }
    for (int byte = 0; byte < 256; ++byte) {
        const auto opcode = static_cast<std::uint8_t>(byte);
        const std::string_view name = parley::pickle::opcode_name(opcode);
        if (name == "?") continue;
        INFO(name);
        CHECK(reached.contains(static_cast<parley::pickle::Opcode>(opcode)));
    }
    CHECK(reached.size() == 68);
}
