// Whether two values are the same to the last bit and the last reference: what pickle keeps, and ==
// does not ask for. Types, the bits of floats, the order of dicts and sets, and which parts are one
// object.
#pragma once

#include <parley/object.hpp>
#include <parley/value.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace support {

class SameGraph {
public:
    [[nodiscard]] bool operator()(const parley::Value& left, const parley::Value& right) {
        push(parley::pickle::Access::cell(left), parley::pickle::Access::cell(right));
        while (!pairs_.empty()) {
            const auto [a, b] = pairs_.back();
            pairs_.pop_back();
            if (!same(a, b)) return false;
        }
        return true;
    }

private:
    using Cell = parley::pickle::Cell;
    using Tag = parley::pickle::Tag;

    bool same(const Cell& left, const Cell& right) {
        const Tag tag = plain(left.tag());
        if (tag != plain(right.tag())) return false;
        if (!left.is_pointer()) return left.integer == right.integer;
        if (left.pointer == nullptr) return right.pointer == nullptr;
        if (tag == Tag::big_integer) return left.text_view() == right.text_view();
        if (paired(left, right)) return true;
        if (left_.contains(left.pointer) || right_.contains(right.pointer)) return false;
        left_.emplace(left.pointer, right.pointer);
        right_.emplace(right.pointer, left.pointer);
        return same_parts(tag, left, right);
    }

    static Tag plain(Tag tag) { return tag == Tag::bytes_node ? Tag::bytes : tag; }

    bool paired(const Cell& left, const Cell& right) const {
        const auto found = left_.find(left.pointer);
        return found != left_.end() && found->second == right.pointer;
    }

    bool same_parts(Tag tag, const Cell& left, const Cell& right) {
        switch (tag) {
            case Tag::str:
            case Tag::legacy_str:
                return left.text_view() == right.text_view();
            case Tag::bytes:
            case Tag::bytearray:
                return same_bytes(left.byte_span(), right.byte_span());
            case Tag::complex:
                return std::memcmp(left.complex(), right.complex(),
                                   sizeof(parley::pickle::ComplexNode)) == 0;
            case Tag::tuple:
                return push_all(left.items(), left.size(), right.items(), right.size());
            case Tag::list:
                return push_all(left.list()->items, left.list()->size, right.list()->items,
                                right.list()->size);
            case Tag::dict:
                return same_table(left, right, 2);
            case Tag::set:
            case Tag::frozenset:
                return same_table(left, right, 1);
            case Tag::global:
                return same_global(*left.global(), *right.global());
            case Tag::object:
                return same_object(*left.object(), *right.object());
            case Tag::persistent:
                push(left.persistent()->id, right.persistent()->id);
                return true;
            case Tag::buffer:
                return left.buffer()->readonly == right.buffer()->readonly &&
                       same_bytes({left.buffer()->data, left.buffer()->size},
                                  {right.buffer()->data, right.buffer()->size});
            default:
                return false;
        }
    }

    static bool same_bytes(std::span<const std::byte> left, std::span<const std::byte> right) {
        return left.size() == right.size() &&
               (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
    }

    static bool same_global(const parley::pickle::GlobalNode& left,
                            const parley::pickle::GlobalNode& right) {
        return left.legacy_names != right.legacy_names ||
               (left.module.text_view() == right.module.text_view() &&
                left.name.text_view() == right.name.text_view());
    }

    bool same_table(const Cell& left, const Cell& right, std::uint64_t stride) {
        return push_all(left.table()->entries, left.table()->size * stride, right.table()->entries,
                        right.table()->size * stride);
    }

    bool same_object(const parley::pickle::ObjectNode& left,
                     const parley::pickle::ObjectNode& right) {
        if (left.form != right.form || left.has_kwargs != right.has_kwargs ||
            left.change_count != right.change_count) {
            return false;
        }
        push(left.callable, right.callable);
        push(left.args, right.args);
        if (left.has_kwargs) push(left.kwargs, right.kwargs);
        for (std::uint32_t i = 0; i < left.change_count; ++i) {
            const auto& a = left.changes[i];
            const auto& b = right.changes[i];
            if (a.kind != b.kind || !push_all(a.cells, a.size, b.cells, b.size)) return false;
        }
        return true;
    }

    bool push_all(const Cell* left, std::uint64_t left_size, const Cell* right,
                  std::uint64_t right_size) {
        if (left_size != right_size) return false;
        for (std::uint64_t i = 0; i < left_size; ++i)
            push(left[i], right[i]);
        return true;
    }

    void push(const Cell& left, const Cell& right) { pairs_.emplace_back(left, right); }

    std::vector<std::pair<Cell, Cell>> pairs_;
    std::unordered_map<const void*, const void*> left_;
    std::unordered_map<const void*, const void*> right_;
};

/// The whole graphs of both.
[[nodiscard]] inline bool same_graph(const parley::Value& left, const parley::Value& right) {
    return SameGraph()(left, right);
}

}  // namespace support
