# shellcheck shell=bash disable=SC2034
# What the demo makes on the Docker engine, and how it removes exactly that. Everything carries the label evenkeel.demo=RUN.

VPN1=evenkeel-demo-vpn1 VPN2=evenkeel-demo-vpn2
LABEL=evenkeel.demo

range() { if [[ $1 == 1 ]]; then echo 19000-19004; else echo 19500-19504; fi; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port on loopback that nobody listens on; the one 1000 above it is free too (the dev server's UI).
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 8000))
    if ! listens "$port" && ! listens $((port + 1000)); then
      echo "$port"
      return
    fi
  done
  fail "found no free port on 127.0.0.1 between 20000 and 28000"
}

refuse_leftovers() {
  local port left
  left=$(docker ps -aq --filter "name=^/?$VPN1\$" --filter "name=^/?$VPN2\$")
  [[ -z $left ]] || fail "a demo is up already: bin/demo --down removes it"
  for port in {19000..19004} {19500..19504}; do
    listens "$port" && fail "something listens on 127.0.0.1:$port, which the demo's VPNs publish: stop it first"
  done
  return 0
}

# new_run TEMPORAL: names this run and its ports.
new_run() {
  RUN=$(printf '%04x%04x' $RANDOM $RANDOM)
  RUN_DIR=$STATE/demo/$RUN
  mkdir -p "$RUN_DIR"
  SERVER_PORT=$(free_port)
  TEMPORAL_MODE=$1
  case $1 in
    embedded | dev)
      TEMPORAL_PORT=$(free_port)
      TEMPORAL_ADDRESS=127.0.0.1:$TEMPORAL_PORT
      ;;
    *) TEMPORAL_PORT='' TEMPORAL_ADDRESS=$1 ;;
  esac
  FLEET=demo-$RUN
}

start_network() { docker network create --label "$LABEL=$RUN" "evenkeel-demo-$RUN" >/dev/null; }

start_vpn() {
  local ports
  ports=$(range "$1")
  docker run -d --name "evenkeel-demo-vpn$1" --label "$LABEL=$RUN" --network "evenkeel-demo-$RUN" \
    -p "127.0.0.1:$ports:$ports" -p 127.0.0.1::8000 evenkeel/standin-vpn >/dev/null
}

# The worker in a session of its own, so that Ctrl-C reaches us first. Its settings are the original's names and ours.
start_worker() {
  local patience=60
  if [[ $1 == stop ]]; then
    patience=5
    say "a stop by a person is waited for before the restart: 5 s here, 60 s by default (VPN_UNHEALTHY_RESTART_TIMEOUT_S)"
  fi
  WORKER_LOG=$RUN_DIR/worker.log
  (
    cd "$RUN_DIR" || exit
    exec setsid env VPN_MODE=redundant GLUETUN_CONTAINER_NAME=$VPN1 GLUETUN_CONTAINER_NAME_2=$VPN2 GLUETUN_API_PORT=8000 \
      "GLUETUN_PORT_RANGE_1=$(range 1)" "GLUETUN_PORT_RANGE_2=$(range 2)" MIN_REPLICAS=10 MAX_REPLICAS=10 \
      "VPN_UNHEALTHY_RESTART_TIMEOUT_S=$patience" "CONTAINER_LABEL=$LABEL=$RUN" "EVENKEEL_FLEET=$FLEET" \
      EVENKEEL_ENGINE_IMAGE=evenkeel/standin-engine "EVENKEEL_ENGINE_PREFIX=evenkeel-demo-engine" \
      "EVENKEEL_TEMPORAL=$TEMPORAL_MODE" ${TEMPORAL_PORT:+"EVENKEEL_TEMPORAL_PORT=$TEMPORAL_PORT"} \
      "EVENKEEL_TEMPORAL_DB=$RUN_DIR/temporal.db" "SERVER_PORT=$SERVER_PORT" SERVER_ADDRESS=127.0.0.1 \
      "$ROOT/bin/evenkeel" worker
  ) >"$WORKER_LOG" 2>&1 </dev/null &
  WORKER=$!
}

# end_vpn HOW: ends the first VPN and notes when. A crash is a kill -9 of its process where we may and see it, so that
# nothing but the end itself tells; else docker kill.
end_vpn() {
  local pid=0
  pid=$(docker inspect -f '{{.State.Pid}}' $VPN1)
  look_at_clock
  ENDED_AT=$NOW
  case $1 in
    crash)
      if [[ $(id -u) == 0 ]] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q serve-vpn; then
        note "kill -9 of $VPN1's process"
        kill -KILL "$pid"
      else
        note "docker kill $VPN1"
        docker kill $VPN1 >/dev/null
      fi
      ;;
    stop)
      note "docker stop $VPN1"
      docker stop $VPN1 >/dev/null &
      ;;
    recreate)
      note "docker rm -f $VPN1, and a new container of that name"
      docker rm -f $VPN1 >/dev/null
      start_vpn 1
      ;;
    *) fail "no such end: $1" ;;
  esac
}

# One line per running engine: name id startedAt vpn
engines() {
  local ids
  ids=$(docker ps -q --no-trunc --filter "label=$LABEL=$RUN" --filter label=acestream.vpn_container)
  [[ -n $ids ]] || return 0
  # shellcheck disable=SC2086 # a list of ids
  docker inspect -f '{{slice .Name 1}} {{.Id}} {{.State.StartedAt}} {{index .Config.Labels "acestream.vpn_container"}}' $ids | sort
}

# touched VPNS BEFORE AFTER: how many engines of these VPNs (12: both) are not the same start of the same container.
touched() {
  local name id at vpn count=0
  while read -r name id at vpn; do
    [[ -n $name ]] || continue
    if [[ $1 == 2 && $vpn != "$VPN2" ]]; then continue; fi
    grep -qF "$name $id $at" <<<"$3" || count=$((count + 1))
  done <<<"$2"
  echo "$count"
}

stop_worker() {
  local _
  [[ -n ${WORKER:-} ]] || return 0
  kill -TERM -- "-$WORKER" 2>/dev/null || return 0
  for _ in {1..50}; do
    kill -0 -- "-$WORKER" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$WORKER" 2>/dev/null || true
  # Its dev server outlives a worker that had no time to end it; this run's is known by its file.
  pkill -KILL -f -- "temporal server start-dev .*$RUN_DIR/" || true
}

# remove_labelled RUN: the containers and the network with this run's label.
remove_labelled() {
  local ids
  ids=$(docker ps -aq --filter "label=$LABEL=$1")
  # shellcheck disable=SC2086 # a list of ids
  [[ -z $ids ]] || docker rm -f -v $ids >/dev/null
  ids=$(docker network ls -q --filter "label=$LABEL=$1")
  # shellcheck disable=SC2086
  [[ -z $ids ]] || docker network rm $ids >/dev/null
}

remove_run() {
  stop_worker
  remove_labelled "$RUN" || say "could not remove everything with the label $LABEL=$RUN"
  rm -rf "$RUN_DIR"
}

show_log() {
  [[ -s ${WORKER_LOG:-} ]] || return 0
  cp "$WORKER_LOG" "$STATE/demo-worker.log"
  say "the end of the worker's log (all of it: .evenkeel/demo-worker.log):"
  tail -n 15 "$WORKER_LOG" >&2
}

keep_run() {
  echo "$WORKER" >"$RUN_DIR/worker.pid"
  echo "kept: worker (log $WORKER_LOG), Temporal at $TEMPORAL_ADDRESS; look with"
  echo "  EVENKEEL_TEMPORAL=$TEMPORAL_ADDRESS EVENKEEL_FLEET=$FLEET bin/evenkeel status"
  echo "  bin/demo --down removes it"
}

remove_kept() {
  local dir found=
  for dir in "$STATE"/demo/*/; do
    [[ -r $dir/worker.pid ]] || continue
    found=1
    RUN=$(basename "$dir") RUN_DIR=${dir%/} WORKER=$(cat "$dir/worker.pid")
    # A number that now belongs to somebody else's process is left alone.
    grep -qs evenkeel "/proc/$WORKER/cmdline" || WORKER=
    remove_run
    say "removed the demo $RUN"
  done
  # What a demo left that could not clean up after itself (kill -9 of it).
  for RUN in $(docker ps -aq --filter "label=$LABEL" | xargs -r docker inspect -f "{{index .Config.Labels \"$LABEL\"}}" | sort -u); do
    found=1
    remove_labelled "$RUN"
    say "removed the containers of the demo $RUN"
  done
  [[ -n $found ]] || say "no demo is up"
}
