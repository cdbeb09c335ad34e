// The prompt of `parley connect` on a terminal: editing, history, and pieces of several lines.
#pragma once

#include "line_source.hpp"

#include <memory>

namespace parley::tools {

/// Asks with ">>> ", and with "... " for as long as a bracket is open. The history is kept in
/// $XDG_STATE_HOME/parley/history, readable by its owner alone.
class Prompt final : public LineSource {
public:
    Prompt();
    ~Prompt() override;

    [[nodiscard]] std::optional<std::string> next() override;

private:
    class Editor;
    std::unique_ptr<Editor> editor_;
};

}  // namespace parley::tools
