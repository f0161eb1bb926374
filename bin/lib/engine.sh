# shellcheck shell=bash
# Builds a current Docker engine into the project's tool folder, beside the distribution's old one. Sourced after temporal.sh.

ENGINE=$ROOT/.tools/engine
MOBY_VERSION=v2.0.0-beta.24 # Docker Engine 29
CONTAINERD_VERSION=v2.2.1
RUNC_VERSION=v1.3.4 # the distribution's is too old for it

# Each binary is moved to its place when it is whole.
install_engine() {
  local go build=$ENGINE.new
  if [[ -x $ENGINE/runc && -x $ENGINE/dockerd ]]; then return; fi
  go=$(find_go) || fail "needs Go 1.24 or newer to build the engine: install it (go.dev/dl)"
  # runc is the only one with C in it.
  if ! { has gcc && has pkg-config && pkg-config --exists libseccomp; }; then
    may_install && apt_install gcc pkg-config libseccomp-dev ||
      fail "needs gcc, pkg-config and libseccomp's headers to build runc: install the packages gcc, pkg-config and libseccomp-dev"
  fi
  has iptables || { may_install && apt_install iptables; } || fail "the engine needs iptables: install the package iptables"
  say "building a current Docker engine ($MOBY_VERSION) into $ENGINE (5 to 10 minutes the first time)"
  rm -rf "$build"
  mkdir -p "$build"
  if ! {
    GOBIN=$build CGO_ENABLED=0 "$go" install -tags 'exclude_graphdriver_btrfs no_systemd' \
      "github.com/moby/moby/v2/cmd/dockerd@$MOBY_VERSION" "github.com/moby/moby/v2/cmd/docker-proxy@$MOBY_VERSION" &&
      GOBIN=$build CGO_ENABLED=0 "$go" install \
        "github.com/containerd/containerd/v2/cmd/containerd@$CONTAINERD_VERSION" \
        "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2@$CONTAINERD_VERSION" &&
      GOBIN=$build CGO_ENABLED=1 "$go" install -tags seccomp "github.com/opencontainers/runc@$RUNC_VERSION"
  } >"$STATE/engine-build.log" 2>&1; then
    tail -n 20 "$STATE/engine-build.log" >&2
    fail "the engine could not be built; all of it: $STATE/engine-build.log"
  fi
  rm -rf "$ENGINE"
  mv "$build" "$ENGINE"
}
