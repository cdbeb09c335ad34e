// The forms in which numpy pickles: _reconstruct(type, (0,), b'b') given the state (version, shape,
// dtype, is_fortran, data); _frombuffer(data, dtype, shape, order) in protocol 5; scalar(dtype,
// data). Their module is numpy.core up to 1.x and numpy._core from 2.0, which loads the old name of
// the first and last, too.
#include "instance.hpp"
#include "ndarray_shape.hpp"

#include <parley/ndarray.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace parley {
namespace {

constexpr std::string_view core = "numpy.core.multiarray";

Failure not_an_array(const Value& found) {
    return well_known::wrong_type("numpy.ndarray", found);
}

bool is_numpy(const Value& callable, std::string_view module, std::string_view name) {
    return callable.is_global("numpy.core." + std::string(module), name) ||
           callable.is_global("numpy._core." + std::string(module), name);
}

std::optional<std::vector<std::size_t>> read_shape(const Value& value) {
    if (!value.is_tuple()) return std::nullopt;
    std::vector<std::size_t> shape;
    for (const Value& item : value) {
        const std::optional<std::size_t> extent = well_known::integer<std::size_t>(item);
        if (!extent) return std::nullopt;
        shape.push_back(*extent);
    }
    return shape;
}

// Reads an array or a scalar in any of numpy's forms.
class NdArrayReader {
public:
    static Result<NdArray> read(const Value& value) {
        const std::optional<Object> object = value.if_object();
        if (!object || object->form() != Form::call) return not_an_array(value);
        const Value callable = object->callable();
        const std::vector<Value> args = well_known::arguments(*object);
        if (is_numpy(callable, "numeric", "_frombuffer") && args.size() == 4) {
            return read_frombuffer(args);
        }
        if (is_numpy(callable, "multiarray", "scalar") && args.size() == 2) {
            return make(args[0], tuple(), false, is_object(args[0]) ? list(args[1]) : args[1]);
        }
        const std::optional<Value> state = object->state();
        if (is_numpy(callable, "multiarray", "_reconstruct") && state && state->is_tuple()) {
            return read_state(*state);
        }
        return not_an_array(value);
    }

private:
    static bool is_object(const Value& dtype) {
        const Result<DType> read = DType::from_value(dtype);
        return read && read->kind() == 'O';
    }

    static Result<NdArray> read_frombuffer(const std::vector<Value>& args) {
        const std::optional<std::string> order = well_known::text(args[3]);
        if (order != "C" && order != "F") return not_an_array(args[3]);
        return make(args[1], args[2], order == "F", args[0]);
    }

    static Result<NdArray> read_state(const Value& state) {
        if (state.size() != 5 || !state[3].is_bool()) return not_an_array(state);
        return make(state[2], state[1], state[3].as_bool(), state[4]);
    }

    static Result<NdArray> make(const Value& dtype_value, const Value& shape_value, bool fortran,
                                const Value& data) {
        Result<DType> dtype = DType::from_value(dtype_value);
        if (!dtype) return dtype.error();
        std::optional<std::vector<std::size_t>> shape = read_shape(shape_value);
        if (!shape) return not_an_array(shape_value);
        const std::optional<std::size_t> count = well_known::count_of(*shape, dtype->itemsize());
        if (!count || !well_known::is_data(data, *dtype, *count)) {
            return well_known::out_of_range("a numpy.ndarray whose data is not of its shape");
        }
        const auto order = fortran ? NdArray::Order::fortran : NdArray::Order::c;
        return NdArray(*std::move(dtype), *std::move(shape), data, order);
    }
};

}  // namespace

Result<NdArray> NdArray::from_value(const Value& value) {
    return NdArrayReader::read(value);
}

// The elements as numpy's state wants them, copied only where they are not at hand in that form.
Value NdArray::data_value() const {
    if (owner_.is_list()) {
        if (is_contiguous(Order::c) || is_contiguous(Order::fortran)) return owner_;
        return list(to_objects());
    }
    const bool whole = offset_ == 0 && memory().size() == size_ * dtype_.itemsize();
    if (owner_.is_bytes() && whole && (is_contiguous(Order::c) || is_contiguous(Order::fortran))) {
        return owner_;
    }
    Buffer data(size_ * dtype_.itemsize());
    std::byte* to = data.data();
    const bool fortran = !is_contiguous(Order::c) && is_contiguous(Order::fortran);
    if (fortran) {
        std::memcpy(to, bytes().data(), data.size());
    } else {
        for (const std::size_t offset : offsets()) {
            std::memcpy(to, memory().data() + offset, dtype_.itemsize());
            to += dtype_.itemsize();
        }
    }
    return parley::bytes(std::move(data));
}

NdArray::operator Value() const {
    const bool fortran = !is_contiguous(Order::c) && is_contiguous(Order::fortran);
    const std::vector<Value> shape(shape_.begin(), shape_.end());
    const Value arguments = tuple(global("numpy", "ndarray"), tuple(0), parley::bytes("b"));
    return ObjectBuilder(Form::call, global(core, "_reconstruct"), arguments)
        .state(tuple(1, tuple(std::span(shape)), dtype_, fortran, data_value()))
        .build();
}

Result<NumpyScalar> NumpyScalar::from_value(const Value& value) {
    const std::optional<Object> object = value.if_object();
    if (!object || !is_numpy(object->callable(), "multiarray", "scalar")) {
        return well_known::wrong_type("numpy scalar", value);
    }
    Result<NdArray> array = NdArray::from_value(value);
    if (!array) return array.error();
    return NumpyScalar{*std::move(array)};
}

NumpyScalar::operator Value() const {
    const Value data = array.data_value();
    return call(global(core, "scalar"), tuple(array.dtype(), data.is_list() ? data[0] : data));
}

}  // namespace parley
