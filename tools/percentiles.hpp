// How long things took: not the mean, which hides the slow ones, but how many were how slow.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace parley::tools {

class Percentiles {
public:
    using Times = std::vector<std::chrono::nanoseconds>;

    explicit Percentiles(const std::vector<Times>& parts);

    [[nodiscard]] std::size_t count() const noexcept { return sorted_.size(); }
    /// The time within which the given part of all were done, 0 to 1, in microseconds.
    [[nodiscard]] double at(double part) const noexcept;

    /// The heads of a table's columns, and one row of it.
    [[nodiscard]] static std::string title();
    [[nodiscard]] std::string to_string() const;

private:
    Times sorted_;
};

}  // namespace parley::tools
