// The log of the verbs that serve: one line for each event, on standard error, through spdlog.
// Nobody waits for a line to be taken: it is left out then, and the number of such lines is told
// later.
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
/// What was asked for: as it is, without the time. Thread-safe.
void log_summary(std::string_view line);

/// Who it was and what went wrong.
void log_client_failure(const std::string& peer, const std::exception& error);

}  // namespace parley::tools
