#include "memory_limit.hpp"
#include "unpickler.hpp"

#include <parley/pickle/reader.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace parley::pickle {
namespace {

/// Holds the message until it has its value.
struct MessageHolder {
    Message* message;
    ~MessageHolder() {
        if (message != nullptr) message->release();
    }
};

std::size_t room_for(std::size_t size) noexcept {
    return 256 + 8 * std::min<std::size_t>(size, 4096);
}

std::optional<Failure> check_size(std::uint64_t size, const LoadOptions& options) {
    if (!options.max_size || size <= *options.max_size) return std::nullopt;
    return Failure(Errc::pickle_too_large,
                   std::to_string(size) + " bytes, at most " + std::to_string(*options.max_size));
}

Value finish(Message* message, Cell root) {
    if (root.is_pointer()) return Access::adopt(root, message);
    const std::uint64_t protocol = message->protocol;
    message->release();
    // What is whole in its cell keeps no message, but does remember the protocol.
    root.head |= (protocol + 1) << 16;
    return Access::adopt(root, nullptr);
}

Result<Value> read(MessageHolder& holder, std::span<std::byte> pickle, const LoadOptions& options,
                   std::vector<Buffer>& buffers) {
    if (options.max_memory) {
        holder.message->memory_limit =
            holder.message->memory() + static_cast<std::size_t>(*options.max_memory);
    }
    try {
        Result<Cell> root = Unpickler(*holder.message, pickle, options, buffers).run();
        if (root.has_error()) return std::move(root).error();
        holder.message->memory_limit = static_cast<std::size_t>(-1);
        return finish(std::exchange(holder.message, nullptr), *root);
    } catch (const MemoryLimitReached&) {
        return Failure(Errc::pickle_too_large, "the message takes more than " +
                                                   std::to_string(*options.max_memory) +
                                                   " bytes of memory");
    } catch (const std::bad_alloc&) {
        return Failure(Errc::pickle_too_large, "out of memory");
    }
}

}  // namespace

Result<Value> loads(ConstBytes bytes, const LoadOptions& options) {
    if (auto failure = check_size(bytes.size(), options)) return std::move(*failure);
    std::vector<Buffer> no_buffers;
    MessageHolder holder{Message::make(room_for(bytes.size()) + bytes.size())};
    auto* const copy = static_cast<std::byte*>(holder.message->allocate(bytes.size()));
    if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
    return read(holder, {copy, bytes.size()}, options, no_buffers);
}

Result<Value> loads(Buffer&& bytes, const LoadOptions& options) {
    return loads(std::move(bytes), options, {});
}

Result<Value> loads(Buffer&& bytes, const LoadOptions& options, std::vector<Buffer> buffers) {
    if (auto failure = check_size(bytes.size(), options)) return std::move(*failure);
    MessageHolder holder{Message::make(room_for(bytes.size()))};
    Buffer& kept = holder.message->keep(std::move(bytes));
    return read(holder, {kept.data(), kept.size()}, options, buffers);
}

}  // namespace parley::pickle
