// StopEvent: one thread's, or a signal handler's, word to those that wait.
#pragma once

namespace parley {

/// Something to wait for that is set once and for all: `wait` and `serve` take its descriptor.
/// Neither copied nor moved. `set` may be called from any thread and from a signal handler.
class StopEvent {
public:
    /// Throws `Error` with the system's code.
    StopEvent();
    StopEvent(const StopEvent&) = delete;
    StopEvent& operator=(const StopEvent&) = delete;
    ~StopEvent();

    /// Async-signal-safe; keeps errno. Setting twice is allowed.
    void set() const noexcept;
    [[nodiscard]] bool is_set() const noexcept;
    /// Readable once it is set, for `wait`, poll(2) and the like; not to be read from.
    [[nodiscard]] int fileno() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace parley
