#include "unicode.hpp"

#include <parley/pickle/trail.hpp>
#include <parley/repr.hpp>

#include <vector>

namespace parley::pickle {
namespace {

constexpr std::size_t max_key_text = 60;
// So many steps at either end are named; what lies between them is not.
constexpr std::size_t max_named_steps = 32;

std::string key_text(std::string_view text) {
    return is_utf8(text) ? repr(Value(text), {.limit = max_key_text}) : "...";
}

std::string key_text(const Cell& key) {
    if (key.tag() == Tag::str) return key_text(std::string_view(key.text(), key.size()));
    return key.is_pointer() ? "..." : repr(Access::make(key, nullptr));
}

void append_step(std::string& path, const Step& step) {
    if (step.step_kind == Step::Kind::none) return;
    if (step.step_kind == Step::Kind::member && step.step_name != nullptr) {
        if (!path.empty()) path += '.';
        path += step.step_name;
        return;
    }
    path += '[';
    switch (step.step_kind) {
        case Step::Kind::none:
            break;
        case Step::Kind::member:
        case Step::Kind::item:
            path += std::to_string(step.step_number);
            break;
        case Step::Kind::key:
            path += key_text(*step.step_cell);
            break;
        case Step::Kind::text:
            path += key_text(std::string_view(step.step_name, step.step_number));
            break;
    }
    path += ']';
}

}  // namespace

std::string Trail::where() const {
    std::vector<const Step*> steps;
    for (const Step* step = last_; step != nullptr; step = step->step_parent)
        steps.push_back(step);
    std::string path;
    for (std::size_t left = steps.size(); left > 0; --left) {
        if (steps.size() > 2 * max_named_steps && steps.size() - left == max_named_steps) {
            path += " ... ";
            left = max_named_steps;
        }
        append_step(path, *steps[left - 1]);
    }
    return path;
}

void Trail::fail(Errc code, std::string_view words) {
    std::string detail = where();
    if (!detail.empty()) detail = "at " + detail + ": ";
    detail += words;
    failure_.emplace(code, std::move(detail));
    throw_failure(*failure_);
}

void Trail::fail_too_deep() {
    fail(Errc::pickle_too_deep,
         "objects and containers lie deeper inside each other than max_depth");
}

}  // namespace parley::pickle
