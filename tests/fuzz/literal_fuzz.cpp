// Any text: it is refused with a place and a reason, or it says a value whose repr() says it again.
#include "support/fuzz.hpp"

#include <parley/literal.hpp>
#include <parley/repr.hpp>

#include <string>

using parley::Result;
using parley::Value;
using support::require;

namespace {

// Where equality cannot be had: nan equals nothing, and a complex number's real zero has a sign
// that no literal says.
bool has_no_equal(const std::string& text) {
    return text.find("nan") != std::string::npos && text.find('j') != std::string::npos;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Value> value = parley::literal_eval(support::FuzzInput(data, size).rest());
    if (!value) {
        require(value.error().code == parley::Errc::bad_literal, "a refusal is a bad literal");
        require(value.error().detail.starts_with("line "), "a refusal says where");
        return 0;
    }
    const std::string text = parley::repr(*value, {.limit = std::nullopt});
    const Result<Value> again = parley::literal_eval(text);
    require(again.has_value(), "a repr reads back");
    require(*again == *value || parley::repr(*again) == text || has_no_equal(text),
            "a repr reads back as the same value");
    return 0;
}
