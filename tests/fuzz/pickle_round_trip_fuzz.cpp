// Whatever reads as a pickle is written so that it reads back the same: every type, bit, order and
// shared part. Written once more, it comes out the same.
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
    const Result<Buffer> again = parley::pickle::dumps(*back, {.protocol = protocol});
    require(again.has_value(), "it can be written again");
    if (protocol >= 4) {
        require(support::same_graph(value, *back), "it reads back the same");
        // What only came out of turn once is not written so roundabout a second time.
        require(again->size() <= written->size(), "written again it is no longer");
    } else {
        // Some things are the calls that make them from now on.
        const Result<Value> twice = parley::pickle::loads(parley::ConstBytes(*again));
        require(twice.has_value(), "what was written again reads back");
        require(support::same_graph(*back, *twice), "it reads back the same again");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Value> value = parley::pickle::loads(std::as_bytes(std::span(data, size)));
    if (value.has_error()) return 0;
    for (int protocol = 2; protocol <= 5; ++protocol)
        check(*value, protocol);
    return 0;
}
