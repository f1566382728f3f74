# What the commands of this project need of a machine: each function says what is missing and how to get it, or gets it
# where this is root on Debian or Ubuntu. Sourced by the commands, from the top of the project.

missing() { echo "${0##*/}: $1 is missing: $2" >&2; exit 1; }

# Installs packages of the system where that can be done.
install_packages() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

need_rust() {
    command -v cargo >/dev/null || missing "cargo" "install Rust 1.94 or newer, see https://rustup.rs"
}

need_cc() {
    command -v cc >/dev/null || install_packages gcc libc6-dev ||
        missing "a C compiler (cc)" "install gcc or clang with your system's package manager"
}

node_is_there() { command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]; }

need_node() {
    node_is_there || { install_packages nodejs npm && node_is_there; } ||
        missing "Node 20 or newer, with npm" "see https://nodejs.org/en/download"
}

need_python() {
    python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3 python3-venv ||
        missing "Python 3 with venv" "install it with your system's package manager"
}

# Sets CHROMIUM to a Chromium or Chrome for the tests of the UI.
need_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && CHROMIUM=$(command -v "$name") && export CHROMIUM && return
    done
    install_packages chromium && CHROMIUM=$(command -v chromium) && export CHROMIUM ||
        missing "Chromium" "install chromium or Google Chrome, or say where one is: CHROMIUM=/path/to/chrome"
}
