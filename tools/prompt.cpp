#include "prompt.hpp"

#include "exit_status.hpp"
#include "standard_streams.hpp"
#include "unfinished.hpp"

#include <histedit.h>
#include <langinfo.h>
#include <signal.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace parley::tools {
namespace {

constexpr int history_size = 1000;

/// The editor reads characters as the locale has them; what we speak is UTF-8.
void use_utf8() {
    std::setlocale(LC_CTYPE, "");
    if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
}

/// Where the history is kept; empty where there is no place for it.
std::string history_file() {
    namespace fs = std::filesystem;
    const char* const state = std::getenv("XDG_STATE_HOME");
    const char* const home = std::getenv("HOME");
    fs::path folder;
    if (state != nullptr && *state == '/')
        folder = state;
    else if (home != nullptr && *home == '/')
        folder = fs::path(home) / ".local" / "state";
    else
        return {};
    std::error_code error;
    fs::create_directories(folder / "parley", error);
    return error ? std::string() : (folder / "parley" / "history").string();
}

/// For as long as it lives an interrupt ends the read that it comes into, and not the program.
class InterruptibleRead {
public:
    InterruptibleRead() noexcept {
        struct sigaction interrupt {};
        interrupt.sa_handler = [](int) {};
        ::sigaction(SIGINT, &interrupt, &before_);
    }
    InterruptibleRead(const InterruptibleRead&) = delete;
    InterruptibleRead& operator=(const InterruptibleRead&) = delete;
    ~InterruptibleRead() { ::sigaction(SIGINT, &before_, nullptr); }

private:
    struct sigaction before_ {};
};

}  // namespace

/// libedit's two objects, and the prompt that they show.
class Prompt::Editor {
public:
    struct Interrupt {};

    Editor()
        : edit_(::el_init("parley", stdin, stdout, stderr)),
          history_(::history_init()),
          file_(history_file()) {
        if (edit_ == nullptr || history_ == nullptr) {
            release();
            throw Trouble(ExitStatus::system, "cannot edit lines on this terminal");
        }
        HistEvent event;
        ::history(history_, &event, H_SETSIZE, history_size);
        ::history(history_, &event, H_SETUNIQUE, 1);
        if (!file_.empty()) ::history(history_, &event, H_LOAD, file_.c_str());
        ::el_set(edit_, EL_CLIENTDATA, this);
        ::el_set(edit_, EL_PROMPT, &Editor::prompt);
        ::el_set(edit_, EL_EDITOR, "emacs");
        ::el_set(edit_, EL_SIGNAL, 1);  // it gives the terminal back before a signal kills us
        ::el_set(edit_, EL_HIST, ::history, history_);
        ::el_source(edit_, nullptr);
    }
    Editor(const Editor&) = delete;
    Editor& operator=(const Editor&) = delete;
    ~Editor() { release(); }

    /// A line, without its line feed; none at the end of the input. Throws Interrupt.
    std::optional<std::string> read(const char* prompt) {
        prompt_ = prompt;
        int size = 0;
        const InterruptibleRead until_return;
        const char* const text = ::el_gets(edit_, &size);
        if (size < 0 && errno == EINTR) {
            ::el_reset(edit_);
            throw Interrupt();
        }
        if (text == nullptr || size <= 0) return std::nullopt;
        std::string line(text, static_cast<std::size_t>(size));
        if (line.ends_with('\n')) line.pop_back();
        remember(line);
        return line;
    }

private:
    static char* prompt(EditLine* edit) {
        Editor* self = nullptr;
        ::el_get(edit, EL_CLIENTDATA, &self);
        return self->prompt_.data();
    }

    void remember(const std::string& line) {
        if (line.empty()) return;
        HistEvent event;
        ::history(history_, &event, H_ENTER, line.c_str());
        if (!file_.empty()) ::history(history_, &event, H_SAVE, file_.c_str());
    }

    void release() {
        if (history_ != nullptr) ::history_end(history_);
        if (edit_ != nullptr) ::el_end(edit_);
    }

    EditLine* edit_;
    History* history_;
    std::string file_;
    std::string prompt_;
};

Prompt::Prompt() {
    use_utf8();
    editor_ = std::make_unique<Editor>();
}

Prompt::~Prompt() = default;

std::optional<std::string> Prompt::next() {
    for (;;) {
        try {
            return read_piece();
        } catch (const Editor::Interrupt&) {  // what was typed is given up, as Python does
            write_line("");
        }
    }
}

std::optional<std::string> Prompt::read_piece() {
    std::optional<std::string> text = editor_->read(">>> ");
    while (text && is_unfinished(*text)) {
        const std::optional<std::string> line = editor_->read("... ");
        if (!line) break;
        *text += '\n' + *line;
    }
    if (!text) write_line("");
    return text;
}

}  // namespace parley::tools
