// Reads literals, one per line in hexadecimal, and answers each with one line: "=" and the repr()
// of what it says, in hexadecimal too, or "!" and what is wrong. Driven by
// tests/interop/literal_test.py.
#include "support/bytes.hpp"

#include <parley/literal.hpp>
#include <parley/repr.hpp>

#include <iostream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const parley::Result<parley::Value> value = parley::literal_eval(support::from_hex(line));
        const std::string answer =
            value ? "=" + support::to_hex(parley::repr(*value)) : "!" + value.error().detail;
        std::cout << answer << std::endl;
    }
}
