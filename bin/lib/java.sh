# shellcheck shell=bash
# Finds a JDK 25 or newer and Maven. Sourced after common.sh.

# jdk_version HOME: the feature version of the JDK (not a bare JRE) in that folder, 0 when there is none.
jdk_version() {
  local version=0
  if [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  fi
  echo "${version:-0}"
}

find_jdk() {
  local candidate on_path=
  if has javac; then
    on_path=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
  fi
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/*jdk* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
    if [[ -n $candidate && $(jdk_version "$candidate") -ge 25 ]]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Sets JAVA_HOME and PATH to a JDK 25 or newer, installing the distribution's where it may.
need_jdk() {
  local home
  if ! home=$(find_jdk); then
    if may_install && apt_has openjdk-25-jdk-headless && apt_install openjdk-25-jdk-headless; then
      home=$(find_jdk) || true
    fi
  fi
  [[ -n $home ]] || fail "needs a JDK 25 or newer: none in JAVA_HOME, PATH or /usr/lib/jvm. Install one (package openjdk-25-jdk, or adoptium.net) and set JAVA_HOME."
  export JAVA_HOME=$home PATH=$home/bin:$PATH
}

need_maven() {
  has mvn && return
  if may_install && apt_install maven && has mvn; then
    return
  fi
  fail "needs Maven 3.8.7 or newer on the PATH: install the package maven."
}

# stale TARGET SOURCE...: whether TARGET is missing or something in SOURCE is newer.
stale() {
  local target=$1
  shift
  [[ ! -e $target ]] || [[ -n $(find "$@" -newer "$target" -type f -not -path '*/target/*' -print -quit 2>/dev/null) ]]
}

# begin_build, end_build: note the build that made the jars by its start, so that a change while it ran counts as newer.
begin_build() {
  mkdir -p "$STATE"
  : >"$STATE/build-started"
}
end_build() { mv "$STATE/build-started" "$STATE/built"; }

# Packages the modules when a jar is missing or older than the sources; says so, since it takes a while.
need_build() {
  local modules=("$ROOT/pom.xml") module stamp=$STATE/built
  for module in workflows activities worker starter bench; do
    modules+=("$ROOT/$module/pom.xml" "$ROOT/$module/src/main")
  done
  if [[ -e $WORKER_JAR && -e $STARTER_JAR ]] && ! stale "$stamp" "${modules[@]}"; then
    return
  fi
  need_maven
  begin_build
  say "building (mvn package)"
  local log=$STATE/build.log
  if ! mvn -B -q -f "$ROOT/pom.xml" -DskipTests package >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "the build failed; all of it: $log"
  fi
  [[ -e $WORKER_JAR && -e $STARTER_JAR ]] || fail "the build left no $WORKER_JAR or $STARTER_JAR"
  end_build
}

WORKER_JAR=$ROOT/worker/target/evenkeel-worker-exec.jar
STARTER_JAR=$ROOT/starter/target/evenkeel-starter.jar
STARTER_LIBS=$ROOT/starter/target/lib
export WORKER_JAR STARTER_JAR STARTER_LIBS

# The flags of everything that is over soon. No performance data: two processes of one number in two containers fight for its file.
BRIEF_FLAGS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData --enable-native-access=ALL-UNNAMED)
STARTER_RUN=(-cp "$STARTER_JAR:$STARTER_LIBS/*" io.evenkeel.starter.Starter)

# The flags of every worker. C1 alone: a recovery is over before C2's code would have paid for its making, on the very cores
# that the recovery needs (docs/benchmarks.md).
# The heap grows as it must, and no further: a share of the machine's memory, as the JVM takes by itself, is far too much.
WORKER_FLAGS=(-Xms24m -Xmx256m -Xss512k -XX:ReservedCodeCacheSize=48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+UseCompactObjectHeaders -XX:-UsePerfData --enable-native-access=ALL-UNNAMED)

# worker_command: fills WORKER_COMMAND. The jar is extracted and its start-up trained once per build and JDK (JDK 25's AOT
# cache): a worker that is started again after a crash is ready in half the time. Without a cache it runs all the same.
worker_command() {
  local home=$STATE/worker-$(jdk_version "$JAVA_HOME") cache log=$STATE/worker-training.log
  cache=$home/worker.aot
  # Not the jar's own time: a reproducible build gives each the same.
  if [[ ! $home/built -nt $STATE/built ]]; then
    say "preparing the worker's start-up cache (some seconds, once per build)"
    rm -rf "$home"
    mkdir -p "$home"
    "$JAVA_HOME/bin/java" -Djarmode=tools -jar "$WORKER_JAR" extract --destination "$home/app" >"$log" 2>&1 || fail "could not extract $WORKER_JAR: $log"
    if ! train_worker "$home" "$cache" >>"$log" 2>&1; then
      say "the worker starts without a cache; why: $log"
      rm -f "$cache"
    fi
    : >"$home/built"
  fi
  WORKER_COMMAND=("$JAVA_HOME/bin/java" "${WORKER_FLAGS[@]}")
  [[ ! -e $cache ]] || WORKER_COMMAND+=("-XX:AOTCache=$cache" -Xlog:aot=off -Xlog:aot=off:stderr)
  WORKER_COMMAND+=(${EVENKEEL_JAVA_OPTS:-} -jar "$home/app/$(basename "$WORKER_JAR")")
}

# train_worker HOME CACHE: a worker with Temporal in memory and a Docker socket that is not there; it touches nothing.
train_worker() {
  local trainee status=0 _
  env -i PATH="$PATH" HOME="$1" EVENKEEL_TEMPORAL=embedded EVENKEEL_TEMPORAL_PORT="$(unused_port)" SERVER_PORT=0 EVENKEEL_DATA_DIR="$1" \
    DOCKER_HOST="unix://$1/no.sock" "$JAVA_HOME/bin/java" "${WORKER_FLAGS[@]}" "-XX:AOTCacheOutput=$2" -jar "$1/app/$(basename "$WORKER_JAR")" >"$1/training.out" 2>&1 &
  trainee=$!
  for _ in {1..120}; do
    grep -q "Docker does not answer" "$1/training.out" && break
    kill -0 "$trainee" 2>/dev/null || break
    sleep 0.25
  done
  kill -TERM "$trainee" 2>/dev/null || true
  wait "$trainee" || status=$?
  cat "$1/training.out"
  [[ -s $2 && $status == 143 ]]
}

unused_port() {
  local port
  for _ in {1..50}; do
    port=$((28000 + RANDOM % 4000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}
