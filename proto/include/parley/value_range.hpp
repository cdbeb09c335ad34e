// What a Value hands out of its inside: the items of containers, and plain C++ values by get<T>().
// Part of parley/value.hpp.
#pragma once

#include <parley/value.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parley {
namespace pickle {

/// The way into a Value for parley's own code.
struct Access {
    [[nodiscard]] static const Cell& cell(const Value& value) noexcept { return value.cell_; }
    [[nodiscard]] static Message* message(const Value& value) noexcept { return value.message_; }
    /// A value in the message, with a reference of its own.
    [[nodiscard]] static Value make(Cell cell, Message* message) noexcept {
        cell.head &= ~(Cell::fetched_bit | Cell::foreign_bit);
        if (!cell.is_pointer() || message == nullptr) return {cell, nullptr};
        message->retain();
        return {cell, message};
    }
    /// A value that takes over a reference to the message.
    [[nodiscard]] static Value adopt(Cell cell, Message* message) noexcept {
        return {cell, message};
    }
    /// Another value of the same message, without counting.
    static void point(Value& value, const Cell& cell) noexcept {
        value.cell_ = cell;
        value.cell_.head &= ~(Cell::fetched_bit | Cell::foreign_bit);
    }
};

}  // namespace pickle

/// The items of a list, tuple, set or frozenset, or the keys or values of a dict: a range of Values
/// that keeps its container alive. Iterating costs no reference counting. Thread-safe as Values
/// are, iterators as those of the standard library.
class Elements {
public:
    struct Sentinel {
        const pickle::Cell* end;
    };

    class Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = Value;
        using difference_type = std::ptrdiff_t;
        using pointer = const Value*;
        using reference = const Value&;

        Iterator() = default;
        Iterator(const pickle::Cell* cell, std::size_t stride, std::size_t offset,
                 pickle::Message* message)
            : cell_(cell), stride_(stride), offset_(offset) {
            if (message != nullptr) message->retain();
            value_ = pickle::Access::adopt({}, message);
        }
        Iterator(const Iterator& other)
            : Iterator(other.cell_, other.stride_, other.offset_,
                       pickle::Access::message(other.value_)) {}
        Iterator(Iterator&& other) noexcept = default;
        Iterator& operator=(Iterator other) noexcept {
            cell_ = other.cell_;
            stride_ = other.stride_;
            offset_ = other.offset_;
            value_ = std::move(other.value_);
            return *this;
        }
        ~Iterator() = default;

        /// Valid until the iterator moves on; copy it to keep it.
        [[nodiscard]] const Value& operator*() const noexcept {
            pickle::Access::point(value_, cell_[offset_]);
            return value_;
        }
        [[nodiscard]] const Value* operator->() const noexcept { return &**this; }
        Iterator& operator++() noexcept {
            cell_ += stride_;
            return *this;
        }
        void operator++(int) noexcept { cell_ += stride_; }
        [[nodiscard]] friend bool operator==(const Iterator& left, const Sentinel& right) noexcept {
            return left.cell_ == right.end;
        }

    private:
        const pickle::Cell* cell_ = nullptr;
        std::size_t stride_ = 1;
        std::size_t offset_ = 0;
        mutable Value value_;
    };

    /// Every `stride`th cell, counted from `offset`.
    Elements(std::span<const pickle::Cell> cells, std::size_t stride, pickle::Message* message,
             std::size_t offset = 0);
    [[nodiscard]] Iterator begin() const {
        return {cells_.data(), stride_, offset_, pickle::Access::message(owner_)};
    }
    [[nodiscard]] Sentinel end() const noexcept { return {cells_.data() + cells_.size()}; }
    [[nodiscard]] std::size_t size() const noexcept { return cells_.size() / stride_; }
    [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }
    /// By position from 0. The position must be below `size()`.
    [[nodiscard]] Value operator[](std::size_t position) const {
        return pickle::Access::make(cells_[position * stride_ + offset_],
                                    pickle::Access::message(owner_));
    }

private:
    std::span<const pickle::Cell> cells_;
    std::size_t stride_;
    std::size_t offset_;
    Value owner_;
};

/// One entry of a dict.
struct Entry {
    Value key;
    Value value;
};

/// The entries of a dict in order, as a range of `Entry` that keeps the dict alive. Iterating costs
/// no reference counting.
class Entries {
public:
    using Sentinel = Elements::Sentinel;

    class Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = Entry;
        using difference_type = std::ptrdiff_t;
        using pointer = const Entry*;
        using reference = const Entry&;

        Iterator() = default;
        Iterator(const pickle::Cell* cell, pickle::Message* message) : cell_(cell) {
            if (message != nullptr) {
                message->retain();
                message->retain();
            }
            entry_.key = pickle::Access::adopt({}, message);
            entry_.value = pickle::Access::adopt({}, message);
        }
        Iterator(const Iterator& other)
            : Iterator(other.cell_, pickle::Access::message(other.entry_.key)) {}
        Iterator(Iterator&& other) noexcept = default;
        Iterator& operator=(Iterator other) noexcept {
            cell_ = other.cell_;
            entry_ = std::move(other.entry_);
            return *this;
        }
        ~Iterator() = default;

        /// Valid until the iterator moves on; copy it to keep it.
        [[nodiscard]] const Entry& operator*() const noexcept {
            pickle::Access::point(entry_.key, cell_[0]);
            pickle::Access::point(entry_.value, cell_[1]);
            return entry_;
        }
        [[nodiscard]] const Entry* operator->() const noexcept { return &**this; }
        Iterator& operator++() noexcept {
            cell_ += 2;
            return *this;
        }
        void operator++(int) noexcept { cell_ += 2; }
        [[nodiscard]] friend bool operator==(const Iterator& left, const Sentinel& right) noexcept {
            return left.cell_ == right.end;
        }

    private:
        const pickle::Cell* cell_ = nullptr;
        mutable Entry entry_;
    };

    Entries(std::span<const pickle::Cell> cells, pickle::Message* message);
    [[nodiscard]] Iterator begin() const {
        return {cells_.data(), pickle::Access::message(owner_)};
    }
    [[nodiscard]] Sentinel end() const noexcept { return {cells_.data() + cells_.size()}; }
    [[nodiscard]] std::size_t size() const noexcept { return cells_.size() / 2; }
    [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }
    /// By position from 0, in order of insertion. The position must be below `size()`.
    [[nodiscard]] Entry operator[](std::size_t position) const {
        pickle::Message* const message = pickle::Access::message(owner_);
        return {pickle::Access::make(cells_[2 * position], message),
                pickle::Access::make(cells_[2 * position + 1], message)};
    }

private:
    std::span<const pickle::Cell> cells_;
    Value owner_;
};

/// Range-for over a Value: `for (const Value& item : value)`. Throws TypeError (wrong_type) for
/// what Python does not iterate over, and for text and bytes.
[[nodiscard]] inline Elements::Iterator begin(const Value& value) {
    return value.elements().begin();
}
[[nodiscard]] inline Elements::Sentinel end(const Value& value) {
    return value.elements().end();
}

template <>
struct FromValue<Value> {
    static Value from(const Value& value) { return value; }
};
template <>
struct FromValue<bool> {
    static bool from(const Value& value) { return value.as_bool(); }
};
template <IntegerLike T>
struct FromValue<T> {
    static T from(const Value& value) {
        const std::int64_t wide = value.as_int();
        if (std::in_range<T>(wide)) return static_cast<T>(wide);
        throw_failure(
            {Errc::out_of_range, std::to_string(wide) + " does not fit the type asked for"});
    }
};
template <>
struct FromValue<std::uint64_t> {
    static std::uint64_t from(const Value& value);
};
template <std::floating_point T>
struct FromValue<T> {
    static T from(const Value& value) { return static_cast<T>(value.as_number()); }
};
template <>
struct FromValue<std::complex<double>> {
    static std::complex<double> from(const Value& value) { return value.as_complex(); }
};
template <>
struct FromValue<std::string_view> {
    static std::string_view from(const Value& value);
};
template <>
struct FromValue<std::string> {
    static std::string from(const Value& value) {
        return std::string(value.get<std::string_view>());
    }
};
template <>
struct FromValue<std::span<const std::byte>> {
    static std::span<const std::byte> from(const Value& value);
};

}  // namespace parley
