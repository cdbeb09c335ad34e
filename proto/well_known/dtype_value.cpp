// A dtype from and to the tuple that numpy's dtype.__reduce__ makes of it; see dtype.cpp.
#include "dtype_parts.hpp"
#include "instance.hpp"

#include <parley/dtype.hpp>

#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace parley {
namespace {

constexpr well_known::Name dtype_type = {"numpy", "dtype"};

Failure not_a_dtype(const Value& found) {
    return well_known::wrong_type("numpy.dtype", found);
}

// A length in numpy's own range.
std::optional<std::size_t> length(const Value& value) {
    const std::optional<std::int32_t> number = well_known::integer<std::int32_t>(value);
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::size_t>(*number);
}

}  // namespace

/// Reads a dtype, and those of which it is made, within bounds: shared parts could make it as large
/// as its sender likes.
class DTypeReader {
public:
    Result<DType> read(const Value& value) {
        if (++depth_ > most_depth || ++count_ > most_count) {
            return well_known::out_of_range("a numpy.dtype of too many parts");
        }
        Result<DType> dtype = read_parts(value);
        --depth_;
        return dtype;
    }

private:
    static constexpr int most_depth = 32;
    static constexpr int most_count = 100'000;

    Result<DType> read_parts(const Value& value) {
        const std::optional<Object> object = well_known::instance(value, dtype_type);
        const std::vector<Value> args =
            object ? well_known::arguments(*object) : std::vector<Value>();
        const std::optional<std::string> text =
            args.empty() ? std::nullopt : well_known::text(args.front());
        std::optional<DType> dtype = text ? named(*text) : std::nullopt;
        if (!dtype) return not_a_dtype(value);
        const std::optional<Value> state = object->state();
        if (!state) return *std::move(dtype);
        if (!state->is_tuple() || state->size() < 8) return not_a_dtype(value);
        return with_state(*std::move(dtype), *state);
    }

    static std::optional<DType> named(const std::string& text) {
        try {
            return DType(text);
        } catch (const UsageError&) {
            return std::nullopt;
        }
    }

    Result<DType> with_state(DType dtype, const Value& state) {
        const std::optional<std::string> order = well_known::text(state[1]);
        if (!order || order->size() != 1) return not_a_dtype(state);
        if (dtype.order_ != '|' && (*order == "<" || *order == ">")) dtype.order_ = order->front();
        if (!set_size(dtype, state)) return not_a_dtype(state);
        if (state.size() > 8 && !set_unit(dtype, state[8])) return not_a_dtype(state);
        auto parts = std::make_shared<DType::Parts>();
        if (!state[2].is_none()) {
            if (Result<void> set = set_base(*parts, state[2], dtype.itemsize_); !set)
                return set.error();
        }
        if (!state[3].is_none()) {
            if (Result<void> set = set_fields(*parts, state, dtype.itemsize_); !set)
                return set.error();
        }
        if (!parts->base.empty() || !parts->fields.empty()) dtype.parts_ = std::move(parts);
        return dtype;
    }

    // Numbers keep the size that their name says.
    static bool set_size(DType& dtype, const Value& state) {
        const auto size = well_known::integer<std::int32_t>(state[5]);
        const auto alignment = well_known::integer<std::int32_t>(state[6]);
        const auto flags = well_known::integer<std::int64_t>(state[7]);
        if (!size || !alignment || !flags || *size < -1) return false;
        dtype.alignment_ = *alignment;
        dtype.flags_ = *flags;
        if (*size == -1) return true;
        const auto unsigned_size = static_cast<std::size_t>(*size);
        const bool flexible = dtype.kind_ == 'S' || dtype.kind_ == 'U' || dtype.kind_ == 'V';
        if (!flexible) return unsigned_size == dtype.itemsize_;
        if (dtype.kind_ == 'U' && unsigned_size % 4 != 0) return false;
        dtype.itemsize_ = unsigned_size;
        return true;
    }

    // (metadata, (unit, count, denominator, event))
    static bool set_unit(DType& dtype, const Value& metadata) {
        if (dtype.kind_ != 'M' && dtype.kind_ != 'm') return true;
        if (!metadata.is_tuple() || metadata.size() != 2) return false;
        const Value unit = metadata[1];
        if (!unit.is_tuple() || unit.size() < 2) return false;
        const std::optional<std::string> name = well_known::byte_string(unit[0]);
        const auto count = well_known::integer<std::int32_t>(unit[1]);
        if (!name || !count) return false;
        const std::optional<DType> full =
            named(std::string(1, dtype.kind_) + "8[" + std::to_string(*count) + *name + "]");
        if (!full && *name != "generic") return false;
        dtype.unit_ = *name;
        dtype.unit_count_ = *count;
        return true;
    }

    // (base, shape), where the shape of one dimension may be a mere number
    Result<void> set_base(DType::Parts& parts, const Value& pair, std::size_t itemsize) {
        if (!pair.is_tuple() || pair.size() != 2) return not_a_dtype(pair);
        Result<DType> base = read(pair[0]);
        if (!base) return base.error();
        const Value shape = pair[1].is_tuple() ? pair[1] : tuple(pair[1]);
        std::size_t size = base->itemsize();
        for (const Value& item : shape) {
            const std::optional<std::size_t> extent = length(item);
            if (!extent) return not_a_dtype(pair);
            if (*extent != 0 && size > itemsize / *extent) {
                return well_known::out_of_range("a numpy.dtype whose parts are larger than itself");
            }
            size *= *extent;
            parts.subshape.push_back(*extent);
        }
        parts.base.push_back(*std::move(base));
        return {};
    }

    Result<void> set_fields(DType::Parts& parts, const Value& state, std::size_t itemsize) {
        const Value names = state[3];
        const Value fields = state[4];
        if (!names.is_tuple() || !fields.is_dict()) return not_a_dtype(state);
        for (const Value& name : names) {
            const std::optional<std::string> text = well_known::text(name);
            const std::optional<Value> place = fields.find(name);
            if (!text || !place || !place->is_tuple() || place->size() < 2)
                return not_a_dtype(state);
            Result<DType> dtype = read(place->at(0));
            if (!dtype) return dtype.error();
            const std::optional<std::size_t> offset = length(place->at(1));
            if (!offset || dtype->itemsize() > itemsize || *offset > itemsize - dtype->itemsize()) {
                return well_known::out_of_range("a field past the end of its numpy.dtype");
            }
            parts.fields.push_back({*text, *std::move(dtype), *offset});
        }
        return {};
    }

    int depth_ = 0;
    int count_ = 0;
};

Result<DType> DType::from_value(const Value& value) {
    return DTypeReader().read(value);
}

DType::operator Value() const {
    const bool is_time = kind_ == 'M' || kind_ == 'm';
    const bool flexible = kind_ == 'S' || kind_ == 'U' || kind_ == 'V';
    Value subarray;
    Value names;
    Value places;
    if (!subshape().empty()) {
        const std::vector<Value> shape(subshape().begin(), subshape().end());
        subarray = tuple(base(), tuple(std::span(shape)));
    }
    if (!fields().empty()) {
        std::vector<Value> all;
        std::vector<Entry> entries;
        for (const Field& field : fields()) {
            all.emplace_back(field.name);
            entries.push_back({field.name, tuple(field.dtype, field.offset)});
        }
        names = tuple(std::span<const Value>(all));
        places = dict(entries);
    }
    const std::int64_t alignment = kind_ == 'U' ? 4 : flexible && alignment_ < 1 ? 1 : alignment_;
    std::vector<Value> state = {is_time ? 4 : 3, std::string(1, order_), subarray, names, places};
    state.emplace_back(flexible ? static_cast<std::int64_t>(itemsize_) : -1);
    state.emplace_back(flexible ? alignment : -1);
    state.emplace_back(flags_);
    if (is_time) {
        state.push_back(tuple(dict(), tuple(parley::bytes(unit_), unit_count_, 1, 1)));
    }
    const std::size_t count = kind_ == 'U' ? itemsize_ / 4 : itemsize_;
    return ObjectBuilder(Form::call, global(dtype_type.module, dtype_type.qualname),
                         tuple(std::string(1, kind_) + std::to_string(count), false, true))
        .state(tuple(std::span<const Value>(state)))
        .build();
}

}  // namespace parley
