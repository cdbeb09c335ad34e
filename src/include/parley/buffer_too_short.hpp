// The one exception that carries a message: multiprocessing.BufferTooShort.
#pragma once

#include <parley/buffer.hpp>
#include <parley/error.hpp>

#include <memory>
#include <span>
#include <utility>

namespace parley {

/// A message was longer than the buffer that `recv_bytes_into` was given. The message is here,
/// whole, and the connection goes on with the next one (multiprocessing.BufferTooShort, `args[0]`).
class BufferTooShort : public Error {
public:
    BufferTooShort(const Failure& failure, Buffer message)
        : Error(failure), message_(std::make_shared<const Buffer>(std::move(message))) {}

    /// The message that did not fit. Valid as long as a copy of this exception is.
    [[nodiscard]] std::span<const std::byte> message() const noexcept {
        return {message_->data(), message_->size()};
    }

private:
    std::shared_ptr<const Buffer> message_;
};

}  // namespace parley
