// parley::Value, and what converts to one: itself.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>
#include <parley/pickle/writer.hpp>

#include <string_view>

namespace parley::pickle {

template <>
struct Mapping<Value> {
    static constexpr bool is_hashable = true;
    static std::string_view expected() noexcept { return "any object"; }
    static Fit fit(const InputArchive&, const Cell&) noexcept { return Fit::possible; }
    static void save(OutputArchive& archive, const Value& value) {
        pickle::write(value, archive.encoder());
    }
    static void load(InputArchive& archive, const Cell& cell, Value& value) {
        value = archive.value(cell);
    }
};

}  // namespace parley::pickle
