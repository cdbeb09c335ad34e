// Where in an object an archive is: what an error names, and how deep it may go.
#pragma once

#include <parley/error.hpp>
#include <parley/pickle/cell.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::pickle {

/// One step of the way down, on the stack of whoever takes it.
struct Step {
    enum class Kind : unsigned char {
        member,  ///< A class's member: by its name, or by its number where it has none.
        item,    ///< An item of a sequence, by its number.
        none,    ///< The object itself: at none of its members.
        key,     ///< A dict's value, by the key's cell.
        text,    ///< A dict's value, by a key that is text.
    };

    const Step* step_parent = nullptr;
    union {
        const char* step_name = nullptr;
        const Cell* step_cell;
    };
    std::size_t step_number = 0;
    Kind step_kind = Kind::none;

    void at_item(std::size_t position) noexcept {
        step_kind = Kind::item;
        step_number = position;
    }
    void at_member(const char* its_name, std::size_t position) noexcept {
        step_kind = Kind::member;
        step_name = its_name;
        step_number = position;
    }
    void at_key(const Cell& key) noexcept {
        step_kind = Kind::key;
        step_cell = &key;
    }
    void leave_member() noexcept { step_kind = Kind::none; }
    void at_text(std::string_view key) noexcept {
        step_kind = Kind::text;
        step_name = key.data();
        step_number = key.size();
    }
};

/// The way from the outermost object to where an archive is now. Not thread-safe.
class Trail {
public:
    Trail(const Trail&) = delete;
    Trail& operator=(const Trail&) = delete;

    /// The way in words, `readings[3].value`; empty at the outermost object.
    [[nodiscard]] std::string where() const;
    /// Throws what belongs to the code, saying where: `at readings[3].value: ...`.
    [[noreturn]] void fail(Errc code, std::string_view words);
    /// Runs something, and returns what `fail` has thrown meanwhile. Other exceptions go on.
    template <typename Run>
    [[nodiscard]] Result<void> catch_failure(Run run) {
        try {
            run();
            return {};
        } catch (const Error& error) {
            if (!failure_ || failure_->code != error.code()) throw;
            return std::move(*failure_);
        }
    }

    /// Goes one step down for as long as it lives. Throws where that is too deep.
    class Descent : public Step {
    public:
        explicit Descent(Trail& trail) : trail_(trail) {
            step_parent = trail.last_;
            trail.descend();
            trail.last_ = this;
        }
        Descent(const Descent&) = delete;
        Descent& operator=(const Descent&) = delete;
        ~Descent() {
            trail_.last_ = step_parent;
            ++trail_.depth_left_;
        }

    private:
        Trail& trail_;
    };

protected:
    explicit Trail(std::size_t max_depth) noexcept : depth_left_(max_depth) {}
    ~Trail() = default;

    /// Begins again at the outermost object.
    void forget_failure() noexcept { failure_.reset(); }

private:
    void descend() {
        if (depth_left_ == 0) fail_too_deep();
        --depth_left_;
    }
    [[noreturn]] void fail_too_deep();

    const Step* last_ = nullptr;
    std::size_t depth_left_;
    std::optional<Failure> failure_;
};

}  // namespace parley::pickle
