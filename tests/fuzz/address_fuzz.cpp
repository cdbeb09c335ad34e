// Any text: it is refused with a reason, or it is an address whose own text reads as itself.
#include "support/fuzz.hpp"

#include <parley/address.hpp>

using support::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const support::FuzzInput input(data, size);
    const auto address = parley::Address::parse(input.rest());
    if (!address) {
        require(address.error().code == parley::Errc::bad_address, "a bad address is called so");
        require(!address.error().detail.empty(), "a refusal says why");
        return 0;
    }
    const auto again = parley::Address::parse(address->to_string());
    require(again.has_value(), "an address's text is an address");
    require(*again == *address, "an address's text is the same address");
    return 0;
}
