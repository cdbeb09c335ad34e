#include "log.hpp"

#include "standard_streams.hpp"

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

}  // namespace parley::tools
