# What every script of this folder starts with: strict mode, the root of the tree as the working
# folder, and one way to speak and to fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# turn_among <number>: whose turn it is among so many, from 0, by the commit. Where not all commits
# are there to be counted the last one's name decides.
turn_among() {
    local number
    if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
        number=$((16#$(git rev-parse HEAD | cut -c1-8)))
    else
        number=$(git rev-list --count HEAD)
    fi
    echo $((number % $1))
}

# A compiler cache is used where there is one; it changes nothing but the time. What one folder has
# compiled serves another: the users' projects of tests/install build the library again, with the
# flags that it was built with. To ask the compiler what it read is cheaper than to run the
# preprocessor first, and matters where the cache is cold.
use_compiler_cache() {
    local folder
    folder=$(ccache --get-config cache_dir 2> /dev/null) || return 0
    mkdir -p "$folder" 2> /dev/null && [ -w "$folder" ] || return 0
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER:-ccache}
    export CCACHE_DEPEND=1 CCACHE_NOHASHDIR=1
}
use_compiler_cache
