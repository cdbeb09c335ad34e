// Python's < over whole graphs: lists and tuples by their first parts that differ.

#include "key.hpp"
#include "number.hpp"
#include "pairs.hpp"

#include <parley/value.hpp>

#include <algorithm>
#include <compare>
#include <span>
#include <vector>

namespace parley {
namespace pickle {
namespace {

constexpr auto equivalent = std::partial_ordering::equivalent;
constexpr auto unordered = std::partial_ordering::unordered;

bool is_text(Tag tag) noexcept {
    return tag == Tag::str || tag == Tag::legacy_str;
}

bool is_bytes(Tag tag) noexcept {
    return tag == Tag::bytes || tag == Tag::bytes_node || tag == Tag::bytearray;
}

bool is_sequence(Tag tag) noexcept {
    return tag == Tag::tuple || tag == Tag::list;
}

/// UTF-8 has the order of the code points.
std::partial_ordering compare_text(const Cell& left, const Cell& right) noexcept {
    const std::strong_ordering order = left.text_view() <=> right.text_view();
    if (left.tag() == right.tag()) return order;
    return equal_text(left, right) ? equivalent : unordered;
}

std::partial_ordering compare_bytes(const Cell& left, const Cell& right) noexcept {
    const auto a = left.byte_span();
    const auto b = right.byte_span();
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

std::span<const Cell> items_of(const Cell& sequence) noexcept {
    if (sequence.tag() == Tag::tuple) return {sequence.items(), sequence.size()};
    return {sequence.list()->items, sequence.list()->size};
}

class Order {
public:
    Order(Message* left, Message* right) noexcept : left_(left), right_(right) {}

    std::partial_ordering run(const Cell& left, const Cell& right) {
        std::partial_ordering order = part(left, right);
        while (std::is_eq(order) && !levels_.empty()) {
            Level& level = levels_.back();
            if (level.next < std::min(level.left.size(), level.right.size())) {
                const std::size_t next = level.next++;
                order = part(level.left[next], level.right[next]);
            } else {
                order = level.left.size() <=> level.right.size();
                levels_.pop_back();
            }
        }
        return order;
    }

private:
    struct Level {
        std::span<const Cell> left;
        std::span<const Cell> right;
        std::size_t next;
    };

    /// Sequences that may be equal are left to the levels.
    std::partial_ordering part(const Cell& left, const Cell& right) {
        if (identical(left, right)) return equivalent;
        if (left.has_flags() && right.has_flags() && known_.known(left, right)) return equivalent;
        if (is_number(left.tag()) && is_number(right.tag())) return compare_numbers(left, right);
        if (is_text(left.tag()) && is_text(right.tag())) return compare_text(left, right);
        if (is_bytes(left.tag()) && is_bytes(right.tag())) return compare_bytes(left, right);
        if (left.tag() == right.tag() && is_sequence(left.tag())) {
            levels_.push_back({items_of(left), items_of(right), 0});
            return equivalent;
        }
        return Access::make(left, left_) == Access::make(right, right_) ? equivalent : unordered;
    }

    Message* left_;
    Message* right_;
    std::vector<Level> levels_;
    Pairs known_;
};

}  // namespace
}  // namespace pickle

std::partial_ordering Value::order(const Value& left, const Value& right) {
    return pickle::Order(left.message_, right.message_).run(left.cell_, right.cell_);
}

}  // namespace parley
