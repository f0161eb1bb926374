# shellcheck shell=bash disable=SC2034,SC2153
# What the demo shows while it runs: which engines answer HTTP through their VPN's published ports (asked ten times a
# second), and what the worker says about the VPNs and the outage. No other judge than the sockets and docker inspect.

STORY=() SEEN_PHASE='' SEEN_UP='' DRAWN=0 UP1=0 UP2=0 SAMPLE_AT=0 UP=' ' VPNS='' CLOCK=0

# Sets NOW, in microseconds. No subshell, which a Ctrl-C would end without an answer.
look_at_clock() { NOW=${EPOCHREALTIME/[.,]/}; }

# seconds MICROSECONDS: N.NN
seconds() { printf '%d.%02d' $(($1 / 1000000)) $(($1 % 1000000 / 10000)); }

# One line per sample: microseconds, then the ports that answered 200.
start_sampler() {
  local port
  SAMPLES=$RUN_DIR/samples
  : >"$SAMPLES"
  for port in {19000..19004} {19500..19504}; do
    printf 'url = "http://127.0.0.1:%s/webui/api/service?method=get_version"\noutput = /dev/null\n' "$port"
  done >"$RUN_DIR/urls"
  (
    trap - EXIT INT TERM
    while :; do
      up=$(curl -q -s -Z --parallel-immediate --noproxy '*' --max-time 0.4 -K "$RUN_DIR/urls" -w '%{http_code} %{urlnum} %{url_effective}\n' |
        sed -n 's|^200 .*127\.0\.0\.1:\([0-9]*\)/.*|\1|p' | sort | tr '\n' ' ') || true
      echo "${EPOCHREALTIME/[.,]/} $up"
      sleep 0.07
    done
  ) >>"$SAMPLES" 2>/dev/null &
  SAMPLER=$!
}

stop_sampler() {
  [[ -n ${SAMPLER:-} ]] || return 0
  kill "$SAMPLER" 2>/dev/null || true
  wait "$SAMPLER" 2>/dev/null || true
  SAMPLER=
}

# Reads the last sample into UP, UP1, UP2 and SAMPLE_AT.
read_sample() {
  local line port
  line=$(tail -n 1 "$SAMPLES")
  [[ -n $line ]] || return 0
  SAMPLE_AT=${line%% *} UP=" ${line#* } " UP1=0 UP2=0
  for port in ${line#* }; do
    if ((port < 19500)); then UP1=$((UP1 + 1)); else UP2=$((UP2 + 1)); fi
  done
}

# Reads the worker's word into VPNS: a line for each object that starts with a name. A worker that is busy leaves its last word.
read_fleet() {
  local word
  word=$(curl -q -sf --noproxy '*' --max-time 0.5 "http://127.0.0.1:$SERVER_PORT/fleet" 2>/dev/null | tr -d '\n' | sed 's/{ *"name"/\n&/g') || return 0
  [[ -z $word ]] || VPNS=$word
}

# field VPN NAME: a text or number of that VPN in the worker's word; empty when it says nothing.
field() { grep -F "\"$1\"" <<<"$VPNS" | grep -F '"forwardedPort"' | grep -o "\"$2\" *: *\"\?[^\",}]*" | head -n 1 | sed 's/.*: *"\{0,1\}//' || true; }

balance() { echo "$UP1/$UP2"; }

# note TEXT: a line of the story, with the seconds since the VPN's end.
note() {
  local at='        ' passed
  if [[ -n ${ENDED_AT:-} ]]; then
    look_at_clock
    passed=$((NOW - ENDED_AT))
    at=$(printf '%+7ss' "+$(seconds "$passed")")
  fi
  STORY+=("$at  $1")
  if [[ -n $PLAIN ]]; then echo "$at  $1"; fi
}

# Tells what has changed since the last look.
tell() {
  local vpn phase phases=''
  if [[ "$UP1/$UP2" != "$SEEN_UP" ]]; then
    SEEN_UP=$UP1/$UP2
    note "engines that answer: $UP1 of 5 on $VPN1, $UP2 of 5 on $VPN2"
  fi
  for vpn in $VPN1 $VPN2; do
    phase=$(field "$vpn" phase)
    [[ -z $phase ]] || phases+="$vpn: $phase; "
  done
  phases=${phases%; }
  if [[ $phases != "$SEEN_PHASE" ]]; then
    note "${phases:-no outage is open}"
    SEEN_PHASE=$phases
  fi
}

dots() { # dots RANGE: a dot per port, green when it answers
  local port
  for ((port = ${1%-*}; port <= ${1#*-}; port++)); do
    if [[ $UP == *" $port "* ]]; then printf '\e[32m●\e[0m '; else printf '\e[31m○\e[0m '; fi
  done
}

draw() {
  local vpn n line lines=()
  lines+=("\e[1mEvenkeel demo\e[0m  run $RUN  Temporal: $TEMPORAL_MODE${CLOCK:+  $CLOCK}" "")
  for n in 1 2; do
    vpn=evenkeel-demo-vpn$n
    lines+=("  $(printf '%-20s %-11s' "$vpn" "$(field "$vpn" state)") $(dots "$(range $n)") port $(printf '%-6s' "$(field "$vpn" forwardedPort)") $(field "$vpn" phase)")
  done
  lines+=("")
  for line in "${STORY[@]:$((${#STORY[@]} > 12 ? ${#STORY[@]} - 12 : 0))}"; do lines+=("  $line"); done
  if ((DRAWN)); then printf '\e[%dA' "$DRAWN"; fi
  for line in "${lines[@]}"; do printf '%b\e[K\n' "$line"; done
  DRAWN=${#lines[@]}
}

view_begin() { [[ -n $PLAIN ]] || printf '\e[?25l'; }
view_end() { [[ -n $PLAIN ]] || printf '\e[?25h'; }

# watch_until CONDITION SECONDS: looks and shows until the condition holds; 1 when the time is up or the worker has ended.
watch_until() {
  local until
  look_at_clock
  until=$((NOW + $2 * 1000000))
  while :; do
    read_sample
    read_fleet
    CLOCK=
    look_at_clock
    if [[ -n ${ENDED_AT:-} ]]; then CLOCK=+$(seconds $((NOW - ENDED_AT)))\ s; fi
    tell
    [[ -n $PLAIN ]] || draw
    if "$1"; then return 0; fi
    if ((NOW > until)); then return 1; fi
    if ! kill -0 "$WORKER" 2>/dev/null; then
      say "the worker has ended"
      return 1
    fi
    sleep 0.05
  done
}

# Ten engines answer, and the worker knows all of them.
all_answer() { ((UP1 == 5 && UP2 == 5)) && [[ $(field "$VPN1" reachable)/$(field "$VPN2" reachable) == 5/5 ]]; }

# All ten answer in a sample, and each of the ended VPN's engines is newer than its VPN's new start and older than that
# sample: before, it was the old one that still answered.
restored() {
  local at vpn_at started vpn
  ((UP1 == 5 && UP2 == 5 && SAMPLE_AT > ENDED_AT)) || return 1
  at=$SAMPLE_AT
  # During the VPN's teardown its inspect does not answer.
  vpn_at=$(timeout 1 docker inspect -f '{{.State.StartedAt}} {{.State.Running}}' "$VPN1" 2>/dev/null) || return 1
  [[ $vpn_at == *' true' ]] || return 1
  vpn_at=${vpn_at%% *}
  (($(date -d "$vpn_at" +%s%6N) > ENDED_AT)) || return 1
  while read -r _ _ started vpn; do
    [[ $vpn == "$VPN1" ]] || continue
    [[ ! ${started%Z} < ${vpn_at%Z} ]] && (($(date -d "$started" +%s%6N) < at)) || return 1
  done < <(engines)
  RESTORED_AT=$at
}

outage_closed() { [[ -n $VPNS && -z $(field "$VPN1" phase) ]]; }

# The phases as the outage's own report has them, and what the samples saw.
summary() {
  local json phases
  json=$(EVENKEEL_TEMPORAL=$TEMPORAL_ADDRESS EVENKEEL_FLEET=$FLEET "$ROOT/bin/evenkeel" outages --json 2>"$RUN_DIR/outages.err" | tr -d '\n') || json=
  phases=$(sed 's/{ *"vpn"/\n&/g' <(echo "$json") | grep -F "\"$VPN1\"" | head -n 1 | grep -o '"phase" *: *"[a-z]*" *, *"seconds" *: *[0-9.E-]*' |
    sed 's/"phase" *: *"\([a-z]*\)" *, *"seconds" *: *\(.*\)/\1 \2/') || phases=
  if [[ -n $phases ]]; then
    echo "phases of the outage:"
    while read -r phase took; do LC_ALL=C printf '  %-12s %6.2f s\n' "$phase" "$took"; done <<<"$phases"
  else
    say "no phases to show: $(head -n 1 "$RUN_DIR/outages.err")"
  fi
  awk -v from="$ENDED_AT" '$1 >= from { all = NF - 1; two = 0; for (i = 2; i <= NF; i++) if ($i >= 19500) two++
      if (!n++ || all < low) low = all; if (n == 1 || two < low2) low2 = two }
    END { printf "in %d samples at least %d of 10 engines answered, and at least %d of 5 on the other VPN\n", n, low, low2 }' "$SAMPLES"
  if [[ $TEMPORAL_MODE == dev ]]; then
    echo "Temporal's UI (while the demo is up: --keep): http://127.0.0.1:$((TEMPORAL_PORT + 1000))/namespaces/default/workflows"
  fi
}
