// The prompt of `parley connect` on a terminal: editing, history, and pieces of several lines.
#pragma once

#include "line_source.hpp"

#include <memory>

namespace parley::tools {

/// Asks with ">>> ", and with "... " for as long as a bracket is open. An interrupt gives up what
/// was typed. The history is kept in $XDG_STATE_HOME/parley/history, readable by its owner alone.
class Prompt final : public LineSource {
public:
    Prompt();
    ~Prompt() override;

    [[nodiscard]] std::optional<std::string> next() override;

private:
    class Editor;

    std::optional<std::string> read_piece();

    std::unique_ptr<Editor> editor_;
};

}  // namespace parley::tools
