// How the GraphWriter says what older protocols have no opcode for, and everything that has a name.

#include "graph_writer.hpp"
#include "names.hpp"

#include <algorithm>
#include <string>

namespace parley::pickle {
namespace {

struct HelperName {
    std::string_view module;  ///< None for a plain str.
    std::string_view name;
};

constexpr std::array<HelperName, static_cast<std::size_t>(Helper::count)> helper_names = {{
    {"_codecs", "encode"},
    {"", "latin1"},
    {"builtins", "bytes"},
    {"builtins", "bytearray"},
    {"builtins", "set"},
    {"builtins", "frozenset"},
    {"builtins", "complex"},
    {"builtins", "getattr"},
    {"functools", "partial"},
    {"builtins", "Ellipsis"},
    {"builtins", "NotImplemented"},
}};

bool is_line(std::string_view name) noexcept {
    return name.find('\n') == std::string_view::npos;
}

bool is_ascii_text(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

/// Bytes or a bytearray, by opcode or by the call that stands for it in older protocols.
template <bool Counting>
void GraphWriter<Counting>::content(std::span<const std::byte> bytes, bool is_bytearray) {
    if (is_bytearray && out_.protocol() >= 5) {
        if constexpr (!Counting) out_.bytearray(bytes);
        return;
    }
    if (!is_bytearray && out_.protocol() >= 3) {
        if constexpr (!Counting) out_.bytes(bytes);
        return;
    }
    if (is_bytearray) {
        helper(Helper::bytearray);
    } else {
        helper(bytes.empty() ? Helper::bytes : Helper::encode);
    }
    if (bytes.empty()) {
        op(Opcode::EMPTY_TUPLE);
    } else if (out_.protocol() >= 3) {
        if constexpr (!Counting) out_.bytes(bytes);
        op(Opcode::TUPLE1);
    } else {
        latin1_text(bytes);
        helper(Helper::latin1);
        op(Opcode::TUPLE2);
    }
    op(Opcode::REDUCE);
}

/// Bytes as the str of the same code points.
template <bool Counting>
void GraphWriter<Counting>::latin1_text(std::span<const std::byte> bytes) {
    if constexpr (!Counting) {
        std::string text;
        text.reserve(bytes.size() + bytes.size() / 2);
        for (const std::byte byte : bytes) {
            const auto code_point = std::to_integer<unsigned>(byte);
            if (code_point < 0x80) {
                text += static_cast<char>(code_point);
            } else {
                text += static_cast<char>(0xc0 | code_point >> 6);
                text += static_cast<char>(0x80 | (code_point & 0x3f));
            }
        }
        out_.str(text);
    }
}

template <bool Counting>
void GraphWriter<Counting>::complex(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    helper(Helper::complex);
    if constexpr (!Counting) {
        out_.floating(cell.complex()->real);
        out_.floating(cell.complex()->imag);
    }
    op(Opcode::TUPLE2);
    op(Opcode::REDUCE);
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::global(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    global_names(cell);
    ready(cell, reference.memoize);
}

template <bool Counting>
void GraphWriter<Counting>::global_names(const Cell& cell) {
    const GlobalNode& node = *cell.global();
    const QualifiedName came{node.module.text_view(), node.name.text_view()};
    QualifiedName name = came;
    const bool to_legacy = out_.protocol() < 3;
    if (node.legacy_names && !to_legacy) name = modern_name(came);
    if (!node.legacy_names && to_legacy) name = legacy_name(came);
    if (out_.protocol() < 4) return dotted_global(name.module, name.name);
    if (name == came) {
        str(node.module);
        str(node.name);
    } else if constexpr (!Counting) {
        out_.str(name.module);
        out_.str(name.name);
    }
    op(Opcode::STACK_GLOBAL);
}

/// Below protocol 4 a nested name is a chain of getattr().
template <bool Counting>
void GraphWriter<Counting>::dotted_global(std::string_view module, std::string_view name) {
    // No attribute has an empty name: such a name is nested for nobody.
    const bool nested =
        !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
    const auto dots = nested ? static_cast<std::size_t>(std::ranges::count(name, '.')) : 0;
    for (std::size_t i = 0; i < dots; ++i)
        helper(Helper::getattr);
    if constexpr (!Counting) {
        const bool sayable =
            is_line(module) && is_line(name) &&
            (out_.protocol() > 2 || (is_ascii_text(module) && is_ascii_text(name)));
        if (!sayable) return out_.fail("a global whose name the protocol cannot hold");
        std::size_t dot = nested ? name.find('.') : std::string_view::npos;
        out_.global(module, name.substr(0, dot));
        while (dot != std::string_view::npos) {
            const std::size_t begin = dot + 1;
            dot = name.find('.', begin);
            out_.str(name.substr(begin, dot == std::string_view::npos ? dot : dot - begin));
            out_.opcode(Opcode::TUPLE2);
            out_.opcode(Opcode::REDUCE);
        }
    }
}

template <bool Counting>
void GraphWriter<Counting>::buffer(const Cell& cell) {
    const Reference reference = refer(cell, false);
    if (reference.again) return;
    const BufferNode& node = *cell.buffer();
    if (state_.buffers != nullptr && out_.protocol() >= 5) {
        if constexpr (!Counting) state_.buffers->push_back(Access::make(cell, state_.message));
        op(Opcode::NEXT_BUFFER);
        if (node.readonly) op(Opcode::READONLY_BUFFER);
    } else {
        content({node.data, node.size}, !node.readonly);
    }
    ready(cell, reference.memoize);
}

/// A name that the writer needs: stored where it is needed again.
template <bool Counting>
void GraphWriter<Counting>::helper(Helper helper) {
    auto& state = state_.helpers[static_cast<std::size_t>(helper)];
    if constexpr (Counting) {
        if (state.count < 2) ++state.count;
    } else {
        if (state.index != MemoTable::no_index) return out_.get(state.index);
        HelperName name = helper_names[static_cast<std::size_t>(helper)];
        if (name.module.empty()) {
            out_.str(name.name);
        } else if (out_.protocol() >= 4) {
            out_.str(name.module);
            out_.str(name.name);
            out_.opcode(Opcode::STACK_GLOBAL);
        } else {
            if (out_.protocol() < 3 && name.module == "builtins") name.module = "__builtin__";
            out_.global(name.module, name.name);
        }
        if (state.count > 1) state.index = out_.memoize();
    }
}

template void GraphWriter<true>::content(std::span<const std::byte>, bool);
template void GraphWriter<false>::content(std::span<const std::byte>, bool);
template void GraphWriter<true>::complex(const Cell&);
template void GraphWriter<false>::complex(const Cell&);
template void GraphWriter<true>::global(const Cell&);
template void GraphWriter<false>::global(const Cell&);
template void GraphWriter<true>::buffer(const Cell&);
template void GraphWriter<false>::buffer(const Cell&);
template void GraphWriter<true>::helper(Helper);
template void GraphWriter<false>::helper(Helper);

}  // namespace parley::pickle
