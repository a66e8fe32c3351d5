# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Daemons without an init system. `$run/NAME.pid` holds a process id and the time that process started, so that a later process
# with the same number is never taken for ours.

# Prints when process $1 started, in ticks since boot; fails if it is gone or a zombie.
started_at() {
    local line
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The program's name may hold anything; what follows its last parenthesis is fields.
    read -r -a fields <<<"${line##*) }"
    [ "${fields[0]}" != Z ] && printf '%s\n' "${fields[19]}"
}

# Prints the process id of daemon $1 if it runs.
pid_of() {
    local pid since
    read -r pid since 2>/dev/null <"$run/$1.pid" || return 1
    [ "$(started_at "$pid")" = "$since" ] && printf '%s\n' "$pid"
}

# launch NAME COMMAND…: starts a daemon, unless it runs already, in a session of its own.
launch() {
    local name=$1
    shift
    pid_of "$name" >/dev/null && return 0
    (
        # Whoever waits for the caller's end may do so by what its processes inherited.
        for descriptor in /proc/self/fd/*; do
            descriptor=${descriptor##*/}
            [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
        done
        exec setsid "$@"
    ) >>"$logs/$name.log" 2>&1 </dev/null &
    printf '%s %s\n' "$!" "$(started_at $!)" >"$run/$name.pid"
    disown
}

# end NAME [SECONDS]: asks a daemon to stop, kills it if it has not after so many seconds (10).
end() {
    local pid deadline=$((SECONDS + ${2:-10}))
    if pid=$(pid_of "$1"); then
        kill -TERM "$pid"
        while pid_of "$1" >/dev/null; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                say "$1 does not stop: killing it"
                kill -KILL "$pid" 2>/dev/null
                deadline=$((SECONDS + 5))
            fi
            sleep 0.05
        done
    fi
    rm -f "$run/$1.pid"
}

# await WHAT SECONDS DAEMON COMMAND…: repeats the command until it succeeds; shows the daemon's log if that ends or time is up.
await() {
    local what=$1 deadline=$((SECONDS + $2)) daemon=$3 problem=
    shift 3
    until "$@" >/dev/null 2>&1; do
        if ! pid_of "$daemon" >/dev/null; then problem="$daemon ended"
        elif [ "$SECONDS" -ge "$deadline" ]; then problem="no answer in time"
        fi
        if [ -n "$problem" ]; then
            tail -n 20 "$logs/$daemon.log" >&2
            die "waiting for $what: $problem"
        fi
        sleep 0.1
    done
}
