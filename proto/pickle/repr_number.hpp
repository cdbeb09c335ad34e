// How CPython's repr() writes numbers: the shortest float that reads back, complex, and integers of
// any size.
#pragma once

#include "repr_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace parley::pickle {

/// A float: `1.0`, `1e+16`, `-0.0`, `inf`, `nan`.
void put_float(ReprSink& sink, double value);
/// The same with the digits that a float of 32 bits needs.
void put_float(ReprSink& sink, float value);

/// A complex: `1j`, `(1+2j)`, `(-0-0j)`, `(nan+infj)`.
void put_complex(ReprSink& sink, double real, double imag);

void put_integer(ReprSink& sink, std::int64_t value);

/// An integer in two's complement, least significant byte first; no bytes are 0.
///
/// One of more than `max_digits` decimal digits is written in hexadecimal, which reads back all the
/// same: decimal takes a time that grows with the square of the size.
void put_integer(ReprSink& sink, std::span<const std::byte> twos_complement,
                 std::size_t max_digits);

}  // namespace parley::pickle
