// parley::Value, and what converts to one: itself.
#pragma once

#include <parley/pickle/input_archive.hpp>
#include <parley/pickle/mapping/mapping.hpp>
#include <parley/pickle/output_archive.hpp>
#include <parley/pickle/writer.hpp>
#include <parley/well_known.hpp>

#include <string>
#include <string_view>
#include <utility>

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

/// The types that stand for one of Python's library: parley::Decimal, say.
template <parley::WellKnown T>
struct Mapping<T> {
    static constexpr bool is_hashable = true;
    static std::string expected() { return readable_name(typeid(T)); }
    static Fit fit(const InputArchive& archive, const Cell& cell) {
        return T::from_value(archive.value(cell)) ? Fit::exact : Fit::none;
    }
    static void save(OutputArchive& archive, const T& known) {
        archive.write(static_cast<Value>(known));
    }
    static void load(InputArchive& archive, const Cell& cell, T& known) {
        Result<T> read = T::from_value(archive.value(cell));
        if (!read) archive.fail_type(expected(), cell);
        known = *std::move(read);
    }
};

}  // namespace parley::pickle
