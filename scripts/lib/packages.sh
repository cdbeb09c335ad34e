# The Debian packages that the scripts stand on, in groups, and install_packages, which adds the
# missing ones. A machine that has them all is left alone: no apt, no network, no root.
packages_build=(g++ cmake ninja-build libboost1.81-dev libboost-serialization1.81-dev libssl-dev)
packages_tools=(libcli11-dev libspdlog-dev libfmt-dev libedit-dev pkg-config)
packages_tests=(catch2 ccache make python3 python3-numpy iproute2 strace valgrind)
packages_bench=(libbenchmark-dev libnng-dev libzmq3-dev pkg-config python3)
packages_checks=(clang clang-format clang-tidy doxygen libclang-rt-14-dev)

# Prints those of its arguments that dpkg does not know as installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2> /dev/null |
            grep -qx installed || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        fail "installing packages needs root or sudo; as root: apt-get install ${missing[*]}"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get --quiet=2 --option DPkg::Lock::Timeout=120 --option Dpkg::Use-Pty=0 "$@"
}

# Runs a command whose words matter only if it fails.
quietly() {
    local words
    words=$("$@" 2>&1) || { printf '%s\n' "$words" >&2; return 1; }
}

# install_packages <package>...: installs what is missing of them, and says so.
install_packages() {
    command -v dpkg-query > /dev/null && command -v apt-get > /dev/null ||
        fail "this is no Debian: install the counterparts of these by hand: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    quietly apt update || fail "apt-get update failed; is there a network?"
    quietly apt install --no-install-recommends "${missing[@]}" ||
        fail "apt-get could not install: ${missing[*]}"
}

# A root that debootstrap or a container builder has made may know no localhost, which every machine
# that was installed does, and which Python programs call by name.
know_localhost() {
    getent hosts localhost > /dev/null && return 0
    say "adding localhost to /etc/hosts, which has none"
    printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' |
        as_root tee -a /etc/hosts > /dev/null
}
