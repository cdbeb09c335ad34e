// Any bytes as a pickle: refused with a place and a reason, or read into a value that can be looked
// at, compared and dropped, in memory that the bytes have paid for.
#include "support/fuzz.hpp"

#include <parley/pickle/reader.hpp>
#include <parley/repr.hpp>

#include <set>
#include <string_view>

using parley::Errc;
using parley::Value;
using support::require;

namespace {

/// docs/pickle.md, "Bounds".
constexpr std::size_t memory_for_each_byte = 144;
constexpr std::size_t peak_for_each_byte = 256;
constexpr std::size_t memory_for_any = 16 << 10;

bool is_pickle_error(const boost::system::error_code& code) {
    return code.category() == parley::error_category() &&
           parley::blame(static_cast<Errc>(code.value())) == parley::Blame::pickle;
}

std::size_t count_parts(const Value& value) {
    if (value.is_dict()) return value.items().size();
    const bool iterable =
        value.is_list() || value.is_tuple() || value.is_set() || value.is_frozenset();
    std::size_t count = 0;
    if (!iterable) return count;
    for (const Value& item : value)
        count += value.is_set() && !value.contains(item) ? 0U : 1U;
    return count;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const parley::ConstBytes pickle = std::as_bytes(std::span(data, size));
    const parley::Result<Value> value = parley::pickle::loads(pickle);
    if (value.has_error()) {
        require(is_pickle_error(value.error().code), "an error is one of pickle's");
        require(value.error().detail.starts_with("at byte "), "an error says where");
        return 0;
    }
    if (const parley::pickle::Message* message = parley::pickle::Access::message(*value)) {
        require(message->memory() <= memory_for_any + memory_for_each_byte * size,
                "memory is bounded by the bytes received");
        require(message->peak_memory() <= memory_for_any + peak_for_each_byte * size,
                "what reading takes meanwhile is, too");
    }
    require(!parley::repr(*value, {.limit = 4096}).empty(), "everything has a repr");
    const Value again = parley::pickle::loads(pickle).value();
    require(*value == again || (value->is_float() || value->is_complex()),
            "read twice it is equal");
    count_parts(*value);
    return 0;
}
