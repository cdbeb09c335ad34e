// Whatever reads as a pickle is written so that it reads back the same: every type, bit, order and
// shared part. Written once more, it comes out byte for byte.
#include "support/fuzz.hpp"
#include "support/same_graph.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/pickle/writer.hpp>

using parley::Buffer;
using parley::Errc;
using parley::Result;
using parley::Value;
using support::require;

namespace {

void check(const Value& value, int protocol) {
    const Result<Buffer> written = parley::pickle::dumps(value, {.protocol = protocol});
    if (written.has_error()) {
        require(written.error().code == Errc::not_picklable,
                "only what a protocol cannot say is refused");
        require(protocol < 4, "protocols 4 and 5 can say everything");
        return;
    }
    const Result<Value> back = parley::pickle::loads(parley::ConstBytes(*written));
    require(back.has_value(), "what was written reads back");
    // Below protocol 4 some things are written as the calls that make them.
    if (protocol >= 4) require(support::same_graph(value, *back), "it reads back the same");
    const Result<Buffer> again = parley::pickle::dumps(*back, {.protocol = protocol});
    require(again.has_value(), "it can be written again");
    require(again->view() == written->view(), "written again it is the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Value> value = parley::pickle::loads(std::as_bytes(std::span(data, size)));
    if (value.has_error()) return 0;
    for (int protocol = 2; protocol <= 5; ++protocol)
        check(*value, protocol);
    return 0;
}
