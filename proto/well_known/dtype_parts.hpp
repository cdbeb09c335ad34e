// What a dtype has when it is more than a number or a text: fields, or a shape of its own.
#pragma once

#include <parley/dtype.hpp>

#include <cstddef>
#include <vector>

namespace parley {

struct DType::Parts {
    std::vector<Field> fields = {};
    std::vector<std::size_t> subshape = {};
    std::vector<DType> base = {};  ///< One, where there is a subshape.
};

}  // namespace parley
