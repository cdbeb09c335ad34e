#include "log.hpp"

#include "standard_streams.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace parley::tools {
namespace {

/// Of a line, with its time and level, a pipe that has room takes as much at once.
constexpr std::size_t most_shown = 3000;

std::string shown(std::string_view line) {
    std::string text = one_line(line);
    if (text.size() > most_shown) text.replace(most_shown, std::string::npos, "...");
    return text;
}

/// Whoever is to read the log may have stopped, and no server may wait for that: what is not taken
/// at once is left out, and the next line that is taken comes after the number of those.
class Sink final : public spdlog::sinks::ansicolor_stderr_sink_mt {
public:
    void log(const spdlog::details::log_msg& message) override {
        put([this, &message] { ansicolor_stderr_sink::log(message); });
    }
    void put_plain(std::string_view line) {
        put([line] { inform(line); });
    }

private:
    template <typename Write>
    void put(Write write) {
        const std::lock_guard lock(turn_);
        if (left_out_ > 0 && standard_error_has_room()) {
            inform(fmt::format("parley: {} lines left out, since nobody read on", left_out_));
            left_out_ = 0;
        }
        if (left_out_ > 0 || !standard_error_has_room())
            ++left_out_;
        else
            write();
    }

    std::mutex turn_;
    std::uint64_t left_out_ = 0;
};

std::shared_ptr<Sink> sink;

}  // namespace

void open_log(bool verbose) {
    sink = std::make_shared<Sink>();
    const auto logger = std::make_shared<spdlog::logger>("parley", sink);
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger->set_level(verbose ? spdlog::level::info : spdlog::level::warn);
    logger->set_error_handler([](const std::string&) {});  // nobody is left to be told
    spdlog::set_default_logger(logger);
}

void log_failure(std::string_view line) {
    spdlog::warn("{}", shown(line));
}

void log_detail(std::string_view line) {
    spdlog::info("{}", shown(line));
}

void log_summary(std::string_view line) {
    sink->put_plain(shown(line));
}

void log_client_failure(const std::string& peer, const std::exception& error) {
    std::string_view what = error.what();
    // An error's own words end with the peer.
    for (const std::string& tail : {", peer " + peer, ": peer " + peer}) {
        if (what.ends_with(tail)) what.remove_suffix(tail.size());
    }
    log_failure(fmt::format("{}: {}", peer, what));
}

}  // namespace parley::tools
