// Where `parley connect` takes its literals from, one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace parley::tools {

class LineSource {
public:
    LineSource() = default;
    LineSource(const LineSource&) = delete;
    LineSource& operator=(const LineSource&) = delete;
    virtual ~LineSource() = default;

    /// The next piece of input, without its line feed; none at the end. Throws Trouble.
    [[nodiscard]] virtual std::optional<std::string> next() = 0;
};

/// The lines of standard input.
class InputLines final : public LineSource {
public:
    [[nodiscard]] std::optional<std::string> next() override;

private:
    bool read_more();

    std::string buffer_;
    std::size_t begin_ = 0;
};

}  // namespace parley::tools
