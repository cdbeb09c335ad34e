#include "repr_number.hpp"
#include "repr_object.hpp"
#include "repr_sink.hpp"
#include "repr_text.hpp"

#include <parley/repr.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace parley {
namespace {

using pickle::ReprPiece;
using pickle::ReprSink;

std::string_view as_text(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What tells containers and instances apart; null for what cannot hold itself.
const void* identity(const Value& value) noexcept {
    return pickle::Access::cell(value).pointer;
}

// A container or instance that is being written.
struct Frame {
    const void* identity;
    std::variant<Elements, Entries, std::vector<ReprPiece>> parts;
    std::string_view close;
    std::size_t next = 0;      // the part to be written next
    bool inside_part = false;  // a dict's key is written and its value is not, or a piece's text
};

// Writes a value without recursion: the stack holds what is open.
class Writer {
public:
    explicit Writer(const ReprOptions& options)
        : sink_(options.limit), max_digits_(options.max_digits) {}

    std::string write(const Value& root) {
        begin(root);
        while (!stack_.empty() && !sink_.full())
            advance();
        return std::move(sink_).finish();
    }

private:
    void begin(const Value& value) {
        switch (value.kind()) {
            case Kind::none:
                return sink_.put("None");
            case Kind::bool_:
                return sink_.put(value.as_bool() ? "True" : "False");
            case Kind::int_:
                return begin_int(value);
            case Kind::float_:
                return put_float(sink_, value.as_float());
            case Kind::complex:
                return put_complex(sink_, value.as_complex().real(), value.as_complex().imag());
            case Kind::str:
                return put_str(sink_, value.as_str());
            case Kind::legacy_str:
                return put_quoted_bytes(sink_, value.as_legacy_str());
            case Kind::bytes:
                return begin_bytes(value);
            case Kind::bytearray:
                return put_bytearray(sink_, as_text(value.as_bytearray()));
            case Kind::list:
                return open(value, value.as_list(), "[", "]", "[...]");
            case Kind::tuple:
                return begin_tuple(value);
            case Kind::dict:
                return open(value, value.as_dict(), "{", "}", "{...}");
            case Kind::set:
                return begin_set(value);
            case Kind::frozenset:
                return begin_frozenset(value);
            case Kind::ellipsis:
                return sink_.put("Ellipsis");
            case Kind::not_implemented:
                return sink_.put("NotImplemented");
            case Kind::global:
                return sink_.put(pickle::global_text(value));
            case Kind::object:
                return begin_object(value);
            case Kind::persistent_id:
                return begin_persistent_id(value);
            case Kind::extension:
                return sink_.put("<extension " + std::to_string(value.as_extension()) + ">");
            case Kind::buffer:
                return sink_.put("<buffer of " + std::to_string(value.as_buffer().size()) +
                                 " bytes>");
        }
    }

    void begin_int(const Value& value) {
        if (value.fits_int64()) return put_integer(sink_, value.as_int());
        const std::string bytes = value.int_bytes();
        put_integer(sink_, std::as_bytes(std::span(bytes)), max_digits_);
    }

    void begin_bytes(const Value& value) {
        sink_.put('b');
        put_quoted_bytes(sink_, as_text(value.as_bytes()));
    }

    void begin_tuple(const Value& value) {
        const Elements items = value.as_tuple();
        open(value, items, "(", items.size() == 1 ? ",)" : ")", "(...)");
    }

    void begin_set(const Value& value) {
        const Elements members = value.as_set();
        if (members.empty()) return sink_.put("set()");
        open(value, members, "{", "}", "set(...)");
    }

    void begin_frozenset(const Value& value) {
        const Elements members = value.as_frozenset();
        if (members.empty()) return sink_.put("frozenset()");
        open(value, members, "frozenset({", "})", "frozenset(...)");
    }

    void begin_object(const Value& value) {
        if (is_open(value)) return sink_.put(pickle::recursion_text(value));
        sink_.spend(pickle::work_of(value));
        open(value, pickle::describe(value), "", "", "");
    }

    void begin_persistent_id(const Value& value) {
        std::vector<ReprPiece> pieces = {{"<persistent id ", value.as_persistent_id()}, {">"}};
        open(value, std::move(pieces), "", "", "<persistent id ...>");
    }

    [[nodiscard]] bool is_open(const Value& value) const { return open_.contains(identity(value)); }

    template <typename Parts>
    void open(const Value& value, Parts parts, std::string_view opening, std::string_view closing,
              std::string_view recursion) {
        if (is_open(value)) return sink_.put(recursion);
        const void* const node = identity(value);
        if (node != nullptr) open_.insert(node);
        sink_.put(opening);
        stack_.push_back({node, std::move(parts), closing});
    }

    void close() {
        sink_.put(stack_.back().close);
        open_.erase(stack_.back().identity);
        stack_.pop_back();
    }

    // The frame may be gone, or have moved, once a value has begun.
    void advance() {
        std::visit([this](const auto& parts) { advance(stack_.back(), parts); },
                   stack_.back().parts);
    }

    void advance(Frame& frame, const Elements& items) {
        if (frame.next == items.size()) return close();
        if (frame.next != 0) sink_.put(", ");
        begin(Value(items[frame.next++]));
    }

    void advance(Frame& frame, const Entries& entries) {
        if (frame.next == entries.size()) return close();
        frame.inside_part = !frame.inside_part;
        if (frame.inside_part) {
            if (frame.next != 0) sink_.put(", ");
            return begin(Value(entries[frame.next].key));
        }
        sink_.put(": ");
        begin(Value(entries[frame.next++].value));
    }

    void advance(Frame& frame, const std::vector<ReprPiece>& pieces) {
        if (frame.next == pieces.size()) return close();
        const ReprPiece& piece = pieces[frame.next++];
        sink_.put(piece.text);
        if (piece.value) begin(Value(*piece.value));
    }

    ReprSink sink_;
    std::size_t max_digits_;
    std::vector<Frame> stack_;
    std::unordered_set<const void*> open_;
};

}  // namespace

std::string repr(const Value& value, const ReprOptions& options) {
    return Writer(options).write(value);
}

std::ostream& operator<<(std::ostream& stream, const Value& value) {
    return stream << repr(value);
}

}  // namespace parley
