# shellcheck shell=bash
# Words that every command uses. Sourced, never run. Callers set -euo pipefail first.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=$ROOT/.evenkeel # caches and logs of the commands; may be deleted at any time
TOOLS=$ROOT/.tools/bin # binaries that the commands installed
export ROOT STATE TOOLS

# What a person reads goes to stderr: stdout belongs to the answer.
say() { echo "$(basename "$0"): $*" >&2; }

# One clear line, exit code 2: the machine lacks something, or the usage is wrong.
fail() {
  say "$*"
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether this person may install the distribution's packages: root on Debian or Ubuntu.
may_install() { [[ $(id -u) == 0 ]] && has apt-get; }

# apt_install PACKAGE...: quiet; its whole output is shown when it fails.
apt_install() {
  mkdir -p "$STATE"
  local log=$STATE/apt.log
  say "installing $* (apt-get)"
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    return 1
  fi
}

apt_has() {
  apt-cache show "$1" >/dev/null 2>&1 || { apt-get update -qq >/dev/null 2>&1 && apt-cache show "$1" >/dev/null 2>&1; }
}
