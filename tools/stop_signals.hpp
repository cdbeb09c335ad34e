// SIGINT and SIGTERM as something to wait for, beside connections and listeners.
#pragma once

#include <signal.h>

namespace parley::tools {

/// Blocks both signals for the thread that makes it and those that it starts: to be made before any
/// other thread is. Not copyable.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    /// From now on either of them ends the process at once: for an end that may take long.
    void let_go() const noexcept;

    /// Readable once one of the signals has come.
    [[nodiscard]] int fileno() const noexcept { return descriptor_; }

private:
    sigset_t signals_{};
    int descriptor_ = -1;
};

}  // namespace parley::tools
