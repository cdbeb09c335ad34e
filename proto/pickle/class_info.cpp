#include <parley/pickle/class_info.hpp>

#include <boost/core/demangle.hpp>

namespace parley::pickle {

std::string readable_name(const std::type_info& type) {
    return boost::core::demangle(type.name());
}

void ClassInfo::remember(const ClassInfo& base, bool is_base, std::ptrdiff_t offset) const {
    if (find(base) != nullptr) return;
    auto* const link = new Link{&base, offset, is_base, links_.load()};
    while (!links_.compare_exchange_weak(link->next, link, std::memory_order_acq_rel)) {
    }
}

}  // namespace parley::pickle
