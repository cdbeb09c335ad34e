// How CPython's repr() writes str and bytes: the choice of quotes and the escapes.
#pragma once

#include "repr_sink.hpp"

#include <string_view>

namespace parley::pickle {

/// A str, from its UTF-8 (lone surrogates allowed). Bytes that are no UTF-8 become \xNN.
void put_str(ReprSink& sink, std::string_view utf8);

/// The quoted part of bytes and of Python 2's str, without any prefix.
void put_quoted_bytes(ReprSink& sink, std::string_view bytes);

/// The whole of a bytearray, whose repr() escapes a single quote even between double ones.
void put_bytearray(ReprSink& sink, std::string_view bytes);

}  // namespace parley::pickle
