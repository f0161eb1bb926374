# shellcheck shell=bash
# Finds a Docker engine that answers, and starts one where there is none and it may. Sourced after common.sh.

docker_answers() { has docker && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Installs and starts the distribution's engine. Prints nothing but what it does; returns 1 when none answers in 30 s.
start_engine() {
  local packages=() log=$STATE/dockerd.log _
  has dockerd || packages+=(docker.io)
  # From Debian 13 on the client is a package of its own.
  if ! has docker && apt_has docker-cli; then packages+=(docker-cli); fi
  if ((${#packages[@]})); then apt_install "${packages[@]}" || return 1; fi
  docker_answers && return # the package has started its service
  mkdir -p "$STATE"
  say "starting dockerd in the background (log: $log)"
  setsid nohup dockerd >"$log" 2>&1 </dev/null &
  for _ in {1..60}; do
    docker_answers && return
    sleep 0.5
  done
  tail -n 5 "$log" >&2
  return 1
}

# try_docker: 0 when an engine answers; else the reason in $DOCKER_MISSING.
try_docker() {
  DOCKER_MISSING=
  docker_answers && return
  if [[ -n ${DOCKER_HOST:-} ]]; then
    DOCKER_MISSING="no Docker engine answers at DOCKER_HOST=$DOCKER_HOST"
    has docker || DOCKER_MISSING="there is no docker command on the PATH to talk to DOCKER_HOST=$DOCKER_HOST"
  elif ! may_install; then
    DOCKER_MISSING="no Docker engine answers on the default socket, and only root on Debian or Ubuntu may install one (package docker.io)"
  elif ! start_engine; then
    DOCKER_MISSING="no Docker engine answers, and the distribution's could not be started"
  fi
  [[ -z $DOCKER_MISSING ]]
}

need_docker() { try_docker || fail "needs a Docker engine: $DOCKER_MISSING"; }

# own_engine_missing: why no engine of its own may be started beside the one that is there; nothing where one may.
own_engine_missing() {
  local tool
  [[ $(id -u) == 0 ]] || { echo "it starts a dockerd of its own: only root may" && return; }
  for tool in dockerd docker unshare ip; do
    has "$tool" || { echo "it needs $tool (packages docker.io, util-linux, iproute2)" && return; }
  done
}

# The stand-in images are made of the host's static busybox.
need_busybox() {
  local candidate
  for candidate in "${BUSYBOX:-}" /bin/busybox /usr/bin/busybox; do
    if [[ -x $candidate ]] && ! ldd "$candidate" >/dev/null 2>&1; then return; fi
  done
  if may_install && apt_install busybox-static; then return; fi
  fail "needs a static busybox for the stand-in images: install the package busybox-static"
}
