// The log of the verbs that serve: one line for each event, on standard error, through spdlog.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace parley::tools {

/// To be called before the first line. With `verbose` the comings and goings of peers are told too.
void open_log(bool verbose);

/// What befell one peer. Thread-safe.
void log_failure(std::string_view line);
/// What is only told when verbose. Thread-safe.
void log_detail(std::string_view line);

/// Who it was and what went wrong.
void log_client_failure(const std::string& peer, const std::exception& error);

}  // namespace parley::tools
