#include "stop_signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace parley::tools {

StopSignals::StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    descriptor_ = ::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor_ < 0) throw std::system_error(errno, std::system_category(), "signalfd");
}

StopSignals::~StopSignals() {
    ::close(descriptor_);
}

void StopSignals::let_go() const noexcept {
    signalfd_siginfo taken;
    while (::read(descriptor_, &taken, sizeof taken) > 0) {  // or what has come would end it now
    }
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace parley::tools
