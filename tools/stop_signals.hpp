// SIGINT and SIGTERM as something to wait for, beside connections and listeners.
#pragma once

namespace parley::tools {

/// Blocks both signals for the thread that makes it and those that it starts: to be made before any
/// other thread is. Not copyable.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    /// Readable once one of the signals has come.
    [[nodiscard]] int fileno() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace parley::tools
