#include "percentiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace parley::tools {

Percentiles::Percentiles(const std::vector<Times>& parts) {
    for (const Times& part : parts)
        sorted_.insert(sorted_.end(), part.begin(), part.end());
    std::sort(sorted_.begin(), sorted_.end());
}

double Percentiles::at(double part) const noexcept {
    if (sorted_.empty()) return 0;
    const auto rank = std::ceil(part * static_cast<double>(sorted_.size()));
    const auto place = std::max<std::size_t>(static_cast<std::size_t>(rank), 1) - 1;
    return std::chrono::duration<double, std::micro>(sorted_[place]).count();
}

std::string Percentiles::title() {
    return fmt::format("{:>9}  {:>9}  {:>9}  {:>9}  {:>9}", "p50", "p90", "p99", "p99.9", "max");
}

std::string Percentiles::to_string() const {
    return fmt::format("{:>9.1f}  {:>9.1f}  {:>9.1f}  {:>9.1f}  {:>9.1f}", at(0.5), at(0.9),
                       at(0.99), at(0.999), at(1));
}

}  // namespace parley::tools
