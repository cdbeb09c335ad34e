#include "repr_pieces.hpp"

namespace parley::pickle {

void ReprPieces::text(std::string_view text) {
    if (pieces_.back().value) pieces_.emplace_back();
    pieces_.back().text += text;
}

void ReprPieces::value(Value value) {
    if (pieces_.back().value) pieces_.emplace_back();
    pieces_.back().value = std::move(value);
}

void ReprPieces::next_argument() {
    if (!first_) text(", ");
    first_ = false;
}

void ReprPieces::argument(std::string_view name, Value value) {
    next_argument();
    text(name);
    this->value(std::move(value));
}

void ReprPieces::items(std::span<const Value> items, std::string_view open,
                       std::string_view close) {
    text(open);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i != 0) text(", ");
        value(items[i]);
    }
    text(close);
}

void ReprPieces::entries(std::span<const Entry> entries) {
    text("{");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i != 0) text(", ");
        value(entries[i].key);
        text(": ");
        value(entries[i].value);
    }
    text("}");
}

}  // namespace parley::pickle
