// Python's == over whole graphs. Two values are equal unless some pair of parts that must be equal
// is not, so it is enough to look at every such pair once.

#include "key_interner.hpp"
#include "names.hpp"
#include "number.hpp"
#include "pairs.hpp"

#include <parley/value.hpp>

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parley {
namespace pickle {
namespace {

constexpr std::uint64_t short_text = 64;

bool is_text(Tag tag) noexcept {
    return tag == Tag::str || tag == Tag::legacy_str;
}

bool is_bytes(Tag tag) noexcept {
    return tag == Tag::bytes || tag == Tag::bytes_node || tag == Tag::bytearray;
}

bool is_set(Tag tag) noexcept {
    return tag == Tag::set || tag == Tag::frozenset;
}

bool both_long(const Cell& left, const Cell& right) noexcept {
    return left.tag() == Tag::big_integer && right.tag() == Tag::big_integer &&
           left.size() > short_text && left.size() == right.size();
}

bool equal_bytes(std::span<const std::byte> left, std::span<const std::byte> right) noexcept {
    return std::ranges::equal(left, right);
}

class Comparison {
public:
    bool run(const Cell& left, const Cell& right) {
        pairs_.emplace_back(left, right);
        while (!pairs_.empty()) {
            const auto [a, b] = pairs_.back();
            pairs_.pop_back();
            if (!same_part(a, b)) return false;
        }
        return true;
    }

private:
    bool same_part(const Cell& left, const Cell& right) {
        if (left.tag() == right.tag() && left.integer == right.integer) return true;
        if (is_number(left.tag())) {
            if (both_long(left, right) && known(left, right)) return true;
            return is_number(right.tag()) && same_number(left, right);
        }
        if (!left.is_pointer() || !right.is_pointer()) return false;
        if (is_text(left.tag())) return is_text(right.tag()) && same_text(left, right);
        if (is_bytes(left.tag())) return is_bytes(right.tag()) && same_bytes(left, right);
        if (is_set(left.tag())) return is_set(right.tag()) && same_table(left, right, 1);
        if (left.tag() != right.tag()) return false;
        switch (left.tag()) {
            case Tag::tuple:
                return same_items(left, right, left.items(), left.size(), right.items(),
                                  right.size());
            case Tag::list:
                return same_items(left, right, left.list()->items, left.list()->size,
                                  right.list()->items, right.list()->size);
            case Tag::dict:
                return same_table(left, right, 2);
            case Tag::global:
                if (known(left, right)) return true;
                return modern_name(*left.global()) == modern_name(*right.global());
            case Tag::object:
                return same_object(left, right);
            case Tag::persistent:
                if (known(left, right)) return true;
                pairs_.emplace_back(left.persistent()->id, right.persistent()->id);
                return true;
            case Tag::buffer:
                return equal_bytes({left.buffer()->data, left.buffer()->size},
                                   {right.buffer()->data, right.buffer()->size});
            default:
                return false;
        }
    }

    /// A number that is not one equals itself here, as an object does that is met again.
    static bool same_number(const Cell& left, const Cell& right) {
        if (left.tag() != Tag::complex || right.tag() != Tag::complex) {
            return equal_numbers(left, right);
        }
        const auto same_bits = [](double a, double b) {
            return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
        };
        return equal_numbers(left, right) ||
               (same_bits(left.complex()->real, right.complex()->real) &&
                same_bits(left.complex()->imag, right.complex()->imag));
    }

    bool same_text(const Cell& left, const Cell& right) {
        if (left.size() > short_text && left.size() == right.size() && known(left, right))
            return true;
        return equal_text(left, right);
    }

    bool same_bytes(const Cell& left, const Cell& right) {
        if (left.size() > short_text && left.size() == right.size() && known(left, right))
            return true;
        return equal_bytes(left.byte_span(), right.byte_span());
    }

    bool same_items(const Cell& left, const Cell& right, const Cell* left_items,
                    std::uint64_t left_size, const Cell* right_items, std::uint64_t right_size) {
        if (left_size != right_size) return false;
        if (known(left, right)) return true;
        push(left_items, right_items, left_size);
        return true;
    }

    /// So that the first parts are compared first.
    void push(const Cell* left, const Cell* right, std::uint64_t count) {
        for (std::uint64_t i = count; i-- > 0;)
            pairs_.emplace_back(left[i], right[i]);
    }

    bool same_object(const Cell& left, const Cell& right) {
        if (known(left, right)) return true;
        const ObjectNode& a = *left.object();
        const ObjectNode& b = *right.object();
        if (a.form != b.form || a.change_count != b.change_count || a.has_kwargs != b.has_kwargs) {
            return false;
        }
        for (std::uint32_t i = a.change_count; i-- > 0;) {
            const Change& x = a.changes[i];
            const Change& y = b.changes[i];
            if (x.kind != y.kind || x.size != y.size) return false;
            push(x.cells, y.cells, x.size);
        }
        if (a.has_kwargs) pairs_.emplace_back(a.kwargs, b.kwargs);
        pairs_.emplace_back(a.args, b.args);
        pairs_.emplace_back(a.callable, b.callable);
        return true;
    }

    bool same_table(const Cell& left, const Cell& right, unsigned stride) {
        const TableNode& a = *left.table();
        const TableNode& b = *right.table();
        if (a.size != b.size) return false;
        if (known(left, right)) return true;
        std::uint64_t in_step = 0;
        while (in_step < a.size && step(a, b, in_step, stride))
            ++in_step;
        return in_step == a.size || match_rest(a, b, in_step, stride);
    }

    /// Most tables that are equal have their keys in the same order.
    bool step(const TableNode& a, const TableNode& b, std::uint64_t entry, unsigned stride) {
        const Cell& x = a.entries[entry * stride];
        const Cell& y = b.entries[entry * stride];
        if (classify_key(x) != KeyClass::simple || classify_key(y) != KeyClass::simple)
            return false;
        if (!equal_simple(x, y) && !(x.tag() == y.tag() && x.integer == y.integer)) return false;
        if (stride == 2) push(a.entries + entry * 2 + 1, b.entries + entry * 2 + 1, 1);
        return true;
    }

    /// Keys find their equals; those without any, such as instances, are compared in order.
    bool match_rest(const TableNode& a, const TableNode& b, std::uint64_t first, unsigned stride) {
        std::unordered_map<std::uint32_t, std::uint64_t> numbers;
        for (std::uint64_t entry = first; entry < b.size; ++entry) {
            numbers.emplace(number(b.entries[entry * stride]), entry);
        }
        std::vector<std::uint64_t> unmatched;
        for (std::uint64_t entry = first; entry < a.size; ++entry) {
            const auto found = numbers.find(number(a.entries[entry * stride]));
            if (found == numbers.end()) {
                unmatched.push_back(entry);
                continue;
            }
            push_value(a, entry, b, found->second, stride);
            numbers.erase(found);
        }
        if (unmatched.size() != numbers.size()) return false;
        std::vector<std::uint64_t> others;
        others.reserve(numbers.size());
        for (const auto& [unused, entry] : numbers)
            others.push_back(entry);
        std::ranges::sort(others);
        for (std::size_t i = 0; i < others.size(); ++i) {
            pairs_.emplace_back(a.entries[unmatched[i] * stride], b.entries[others[i] * stride]);
            push_value(a, unmatched[i], b, others[i], stride);
        }
        return true;
    }

    void push_value(const TableNode& a, std::uint64_t left, const TableNode& b, std::uint64_t right,
                    unsigned stride) {
        if (stride == 2) push(a.entries + left * 2 + 1, b.entries + right * 2 + 1, 1);
    }

    /// A key in a table has been hashed before.
    std::uint32_t number(const Cell& key) { return *interner_.number(key); }

    bool known(const Cell& left, const Cell& right) { return known_.known(left, right); }

    std::vector<std::pair<Cell, Cell>> pairs_;
    Pairs known_;
    KeyInterner interner_;
};

}  // namespace
}  // namespace pickle

bool Value::equal(const Value& left, const Value& right) {
    if (pickle::is_nan(left.cell_)) return false;
    return pickle::Comparison().run(left.cell_, right.cell_);
}

}  // namespace parley
