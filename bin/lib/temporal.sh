# shellcheck shell=bash
# Finds the Temporal binary, and installs it with Go. Sourced after common.sh.

TEMPORAL_VERSION=v1.5.1 # newer tags have a replace directive and do not install this way

# Ours first: the version that was tried.
find_temporal() {
  if [[ -x $TOOLS/temporal ]]; then
    echo "$TOOLS/temporal"
  else
    command -v temporal
  fi
}

# The go command when it is 1.24 or newer; Go 1.21 to 1.23 would fetch a toolchain by itself, which may be forbidden.
find_go() {
  local candidate version
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
    [[ -n $candidate && -x $candidate ]] || continue
    version=$("$candidate" version | sed -n 's/.* go1\.\([0-9]*\).*/\1/p')
    if [[ ${version:-0} -ge 24 ]]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

install_temporal() {
  local go
  if [[ -x $TOOLS/temporal ]]; then
    say "$TOOLS/temporal is there already"
    return
  fi
  go=$(find_go) || fail "needs Go 1.24 or newer to build the Temporal binary: install it (go.dev/dl), or put a temporal binary on the PATH"
  mkdir -p "$TOOLS"
  say "building temporal $TEMPORAL_VERSION into $TOOLS (some minutes the first time)"
  GOBIN=$TOOLS CGO_ENABLED=0 "$go" install "github.com/temporalio/cli/cmd/temporal@$TEMPORAL_VERSION" ||
    fail "go install of temporal $TEMPORAL_VERSION failed"
}
