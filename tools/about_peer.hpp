// Who it was and what went wrong, for the log.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace parley::tools {

/// An error's own words end with the peer, who comes first here.
[[nodiscard]] inline std::string about_peer(const std::string& peer, std::string_view what) {
    for (const std::string& tail : {", peer " + peer, ": peer " + peer}) {
        if (what.ends_with(tail)) what.remove_suffix(tail.size());
    }
    return fmt::format("{}: {}", peer, what);
}

}  // namespace parley::tools
