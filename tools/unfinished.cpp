#include "unfinished.hpp"

#include <algorithm>
#include <cstddef>

namespace parley::tools {
namespace {

/// Reads text from its beginning, a string or a comment at a time.
class Scanner {
public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    bool is_unfinished() noexcept {
        long depth = 0;
        while (!rest_.empty()) {
            const char first = rest_.front();
            if (first == '\\' && rest_.size() == 1) return true;
            if (first == '#') {
                skip(std::min(rest_.find('\n'), rest_.size()));
                continue;
            }
            if (first == '"' || first == '\'') {
                const End end = skip_string(first);
                if (end != End::closed) return end == End::open;
                continue;
            }
            if (is_one_of(first, "([{")) ++depth;
            if (is_one_of(first, ")]}")) --depth;
            skip(1);
        }
        return depth > 0;
    }

private:
    static bool is_one_of(char character, std::string_view set) noexcept {
        return set.find(character) != std::string_view::npos;
    }
    void skip(std::size_t count) noexcept { rest_.remove_prefix(std::min(count, rest_.size())); }

    /// Open: the string goes on behind the end of the text. A plain one that is not closed in its
    /// line is wrong, unless a backslash takes it into the next.
    enum class End { closed, open, wrong };

    End skip_string(char quote) noexcept {
        const std::string_view quotes = rest_.substr(0, 3);
        const bool is_triple = quotes.size() == 3 && quotes[1] == quote && quotes[2] == quote;
        const std::size_t width = is_triple ? 3 : 1;
        const std::string_view closing = rest_.substr(0, width);
        skip(width);
        while (!rest_.empty() && !rest_.starts_with(closing)) {
            if (!is_triple && rest_.front() == '\n') return End::wrong;
            const bool is_escape = rest_.front() == '\\';
            if (is_escape && rest_.size() == 1) return End::open;
            skip(is_escape ? 2 : 1);
            if (is_escape && rest_.empty()) return End::open;
        }
        if (rest_.empty()) return is_triple ? End::open : End::wrong;
        skip(width);
        return End::closed;
    }

    std::string_view rest_;
};

}  // namespace

bool is_unfinished(std::string_view text) noexcept {
    return Scanner(text).is_unfinished();
}

}  // namespace parley::tools
