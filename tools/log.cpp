#include "log.hpp"

#include "standard_streams.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace parley::tools {

void open_log(bool verbose) {
    const auto logger = spdlog::stderr_color_mt("parley");
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger->set_level(verbose ? spdlog::level::info : spdlog::level::warn);
    logger->set_error_handler([](const std::string&) {});  // nobody is left to be told
    spdlog::set_default_logger(logger);
}

void log_failure(std::string_view line) {
    spdlog::warn("{}", one_line(line));
}

void log_detail(std::string_view line) {
    spdlog::info("{}", one_line(line));
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
