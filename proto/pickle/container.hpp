// Puts Values into a new message: what list(), dict() and the like are made with.
#pragma once

#include <parley/pickle/message.hpp>
#include <parley/value.hpp>

#include <cstddef>

namespace parley::pickle {

/// A message in the making. Keeps the messages whose values it takes, and notes what is shared.
class Container {
public:
    explicit Container(std::size_t room) : message_(Message::make(room)) {}
    Container(const Container&) = delete;
    Container& operator=(const Container&) = delete;
    ~Container() {
        if (message_ != nullptr) message_->release();
    }

    [[nodiscard]] Message& message() noexcept { return *message_; }
    /// The cell for a value that the new message now refers to.
    [[nodiscard]] Cell take(const Value& value);
    /// The finished value. The container is then of no more use.
    [[nodiscard]] Value finish(Cell root) noexcept;

private:
    [[nodiscard]] Cell take_whole(Cell cell) noexcept;

    Message* message_;
};

}  // namespace parley::pickle
