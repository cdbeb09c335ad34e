// The parser is Boost.JSON's; here its events become values.
#include "json.hpp"

#include <parley/literal.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>  // in this one file of the program

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace parley::tools {
namespace {

namespace json = boost::json;
using Code = json::error_code;
using View = json::string_view;

constexpr std::size_t deepest = 1000;

/// Gets the parser's events and builds the value. Its names are those that the parser demands.
class Builder {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    [[nodiscard]] Value root() const { return levels_.front().back(); }

    bool on_document_begin(Code&) { return open(); }
    bool on_document_end(Code&) { return true; }
    bool on_array_begin(Code&) { return open(); }
    bool on_array_end(std::size_t, Code&) {
        const std::vector<Value> items = close();
        return add(list(std::span(items)));
    }
    bool on_object_begin(Code&) { return open(); }
    bool on_object_end(std::size_t, Code&) {
        const std::vector<Value> parts = close();
        std::vector<Entry> entries;
        entries.reserve(parts.size() / 2);
        for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
            entries.push_back({parts[i], parts[i + 1]});
        return add(dict(std::span<const Entry>(entries)));
    }
    bool on_key_part(View part, std::size_t, Code&) { return gather(part); }
    bool on_key(View last, std::size_t, Code&) { return add(Value(gathered(last))); }
    bool on_string_part(View part, std::size_t, Code&) { return gather(part); }
    bool on_string(View last, std::size_t, Code&) { return add(Value(gathered(last))); }
    bool on_number_part(View part, Code&) { return gather(part); }
    bool on_int64(std::int64_t number, View last, Code&) {
        gathered(last);
        return add(number);
    }
    bool on_uint64(std::uint64_t number, View last, Code&) {
        gathered(last);
        return add(number);
    }
    /// A double, or an integer that no C++ type has room for.
    bool on_double(double, View last, Code&) {
        const Result<Value> number = literal_eval(gathered(last));
        return number.has_value() && add(*number);
    }
    bool on_bool(bool value, Code&) { return add(value); }
    bool on_null(Code&) { return add(nullptr); }
    bool on_comment_part(View, Code&) { return true; }
    bool on_comment(View, Code&) { return true; }

private:
    bool open() {
        levels_.emplace_back();
        return true;
    }
    std::vector<Value> close() {
        std::vector<Value> parts = std::move(levels_.back());
        levels_.pop_back();
        return parts;
    }
    bool add(Value value) {
        levels_.back().push_back(std::move(value));
        return true;
    }
    bool gather(View part) {
        text_.append(part.data(), part.size());
        return true;
    }
    std::string gathered(View last) {
        gather(last);
        return std::exchange(text_, {});
    }

    std::vector<std::vector<Value>> levels_;
    std::string text_;
};

}  // namespace

Result<Value> json_loads(std::string_view text) {
    json::parse_options options;
    options.max_depth = deepest;
    json::basic_parser<Builder> parser(options);
    Code error;
    const std::size_t end = parser.write_some(false, text.data(), text.size(), error);
    if (!error && text.find_first_not_of(" \t\r\n", end) != std::string_view::npos)
        error = json::error::extra_data;
    if (!error) return parser.handler().root();
    return Failure(Errc::bad_literal, "byte " + std::to_string(end) + ": " + error.message());
}

}  // namespace parley::tools
