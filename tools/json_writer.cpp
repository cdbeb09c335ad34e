#include "json.hpp"

#include <parley/repr.hpp>

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace parley::tools {
namespace {

constexpr int most_levels = 1000;  // about where CPython's json gives up, too

class Writer {
public:
    explicit Writer(std::size_t limit) : limit_(limit) {}

    Result<std::string> write(const Value& value) {
        if (Result<void> written = put(value, 0); !written) return written.error();
        return std::move(text_);
    }

private:
    static Failure no_form(const std::string& what) {
        return {Errc::wrong_type, "JSON has no form for " + what};
    }

    Result<void> put(const Value& value, int depth) {
        if (depth > most_levels || text_.size() > limit_)
            return no_form("values nested so deep, or so large");
        switch (value.kind()) {
            case Kind::none:
                text_ += "null";
                return {};
            case Kind::bool_:
                text_ += value.as_bool() ? "true" : "false";
                return {};
            case Kind::int_:
                text_ += repr(value, {.limit = limit_, .max_digits = limit_});
                return {};
            case Kind::float_:
                return put_float(value);
            case Kind::str:
                put_text(value.as_str());
                return {};
            case Kind::legacy_str:
                return put_legacy(value.as_legacy_str());
            case Kind::list:
            case Kind::tuple:
                return put_array(value.elements(), depth);
            case Kind::dict:
                return put_object(value.as_dict(), depth);
            default:
                return no_form(std::string(kind_name(value.kind())));
        }
    }

    Result<void> put_float(const Value& value) {
        if (!std::isfinite(value.as_float())) return no_form("nan and inf");
        text_ += repr(value);
        return {};
    }

    /// Python 2's str may be no text at all.
    Result<void> put_legacy(std::string_view text) {
        try {
            put_text(Value(text).as_str());
            return {};
        } catch (const UsageError&) {
            return no_form("bytes that are no UTF-8");
        }
    }

    void put_text(std::string_view text) {
        text_ += '"';
        while (!text.empty())
            text.remove_prefix(put_character(text));
        text_ += '"';
    }

    /// Writes what stands at the beginning of the text; how many of its bytes that was.
    std::size_t put_character(std::string_view text) {
        const auto code = [text](std::size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        };
        if (code(0) == 0xed && code(1) >= 0xa0) {  // a lone surrogate, which UTF-8 cannot have
            text_ += fmt::format("\\ud{:03x}", (code(1) & 0x3fU) << 6U | (code(2) & 0x3fU));
            return 3;
        }
        if (code(0) == '"' || code(0) == '\\')
            text_.append({'\\', text.front()});
        else if (code(0) < 0x20)
            text_ += fmt::format("\\u{:04x}", code(0));
        else
            text_ += text.front();
        return 1;
    }

    Result<void> put_array(const Elements& items, int depth) {
        const char* separator = "[";
        for (const Value& item : items) {
            text_ += separator;
            if (Result<void> written = put(item, depth + 1); !written) return written;
            separator = ", ";
        }
        text_ += items.empty() ? "[]" : "]";
        return {};
    }

    Result<void> put_object(const Entries& entries, int depth) {
        const char* separator = "{";
        for (const auto& [key, value] : entries) {
            if (!key.is_str() && !key.is_legacy_str())
                return no_form("keys of type " + std::string(kind_name(key.kind())));
            text_ += separator;
            if (Result<void> written = put(key, depth + 1); !written) return written;
            text_ += ": ";
            if (Result<void> written = put(value, depth + 1); !written) return written;
            separator = ", ";
        }
        text_ += entries.empty() ? "{}" : "}";
        return {};
    }

    std::size_t limit_;
    std::string text_;
};

}  // namespace

Result<std::string> json_dumps(const Value& value, std::size_t limit) {
    return Writer(limit).write(value);
}

}  // namespace parley::tools
