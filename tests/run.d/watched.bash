# Runs a command under a time limit; when the limit passes, shows where every thread stands, then
# ends it.
#
#   watched SECONDS COMMAND…     the command's status, or 124 when the limit passed
#
# The caller sets `target` (the build folder) and `step` (a name for the messages). The command runs
# in a process group of its own, so that Ctrl-C, a limit and an early exit can end it with
# everything it started (but a process that left both its group and its parent). It has no input.
# `STEP_LIMIT` in the environment overrides SECONDS. Works with bash 3.2 or later.

job=      # the command that runs, if one does
timer=    # the sleeper that sends SIGUSR1 when the limit passes
timed_out=

trap 'timed_out=yes' USR1
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP
trap 'end_job; end_timer' EXIT

watched() {
    local limit=${STEP_LIMIT:-$1} status
    shift
    timed_out=
    set -m # a process group for each of the two
    "$@" </dev/null &
    job=$!
    (sleep "$limit" && kill -USR1 $$) >/dev/null 2>&1 </dev/null &
    timer=$!
    set +m
    wait "$job" 2>/dev/null
    status=$?
    if [ -n "$timed_out" ]; then
        echo "TIMED OUT: step \`$step\` did not end within $limit s: $*"
        show_stacks
        status=124
    fi
    end_job
    end_timer
    return "$status"
}

interrupted() {
    trap '' INT TERM HUP
    echo "interrupted in step \`$step\`; ending what it started"
    exit "$1" # the EXIT trap ends the job
}

end_timer() {
    [ -n "$timer" ] || return 0
    kill -KILL -- "-$timer" 2>/dev/null
    wait "$timer" 2>/dev/null
    timer=
}

# Ends the job and all below it: our programs by SIGABRT (a core file, where those are on), the rest
# by SIGTERM, and whatever is left a moment later by SIGKILL. The rest goes first, or cargo would
# start the next program.
end_job() {
    local pid all ours
    [ -n "$job" ] || return 0
    all=$(job_processes)
    ours=$(of_target $all)
    for pid in $all; do
        case " $ours " in *" $pid "*) ;; *) kill -TERM "$pid" 2>/dev/null ;; esac
    done
    [ -z "$ours" ] || kill -ABRT $ours 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        any_alive $all || break
        sleep 0.1
    done
    [ -z "$all" ] || kill -KILL $all 2>/dev/null
    kill -KILL -- "-$job" 2>/dev/null
    wait "$job" 2>/dev/null
    job=
}

any_alive() {
    local pid
    for pid in "$@"; do
        [ "$pid" = "$job" ] || ! kill -0 "$pid" 2>/dev/null || return 0
    done
    return 1
}

# The job and all processes below it, on one line; nothing when it has ended.
job_processes() {
    parents | awk -v root="$job" '
        { parent[$1] = $2 }
        END {
            for (pid in parent) {
                up = pid
                for (steps = 0; up != root && (up in parent) && steps < 1000; steps++) up = parent[up]
                if (up == root) printf "%s ", pid
            }
        }'
}

# One line a process: its id and its parent's.
parents() {
    local file line
    if [ ! -r /proc/self/stat ]; then
        ps -A -o pid= -o ppid=
        return
    fi
    for file in /proc/[0-9]*/stat; do
        { read -r line <"$file"; } 2>/dev/null || continue
        set -- ${line##*) } # the name stands in parentheses and may hold anything
        [ "$1" = Z ] || echo "${line%% *} $2"
    done
}

# Those of the given processes whose program lies in the build folder, on one line.
of_target() {
    local pid found=
    for pid in "$@"; do
        case $(program_of "$pid") in "$target"/*) found="$found $pid" ;; esac
    done
    echo "${found# }"
}

program_of() {
    if [ -d /proc/self ]; then readlink "/proc/$1/exe" 2>/dev/null; else ps -o comm= -p "$1"; fi
}

show_stacks() {
    local pid all ours
    all=$(job_processes)
    ours=$(of_target $all)
    if [ -z "$ours" ]; then
        echo "none of our programs was running; these were:"
        for pid in $all; do echo "  $pid $(program_of "$pid")"; done
        return
    fi
    find_debugger
    for pid in $ours; do
        echo "--- process $pid: $(program_of "$pid")"
        show_with_debugger "$pid" || show_with_proc "$pid" || echo "its stacks cannot be seen here"
    done
    echo "--- end of the stacks"
}

# A debugger makes the picture better; without one /proc must do.
find_debugger() {
    command -v gdb >/dev/null && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
    echo "installing gdb to see the stacks"
    {
        limited 120 apt-get install -y -q gdb || { limited 60 apt-get update -q && limited 120 apt-get install -y -q gdb; }
    } >/dev/null 2>&1 </dev/null
}

show_with_debugger() {
    local stacks
    command -v gdb >/dev/null || return 1
    stacks=$(DEBUGINFOD_URLS='' limited 60 gdb -nx -p "$1" -batch -ex 'set pagination off' -ex 'thread apply all bt' \
        2>/dev/null </dev/null | sed -n '/^Thread [0-9]/,$p')
    [ -n "$stacks" ] && echo "$stacks"
}

show_with_proc() {
    local task file
    [ -d "/proc/$1/task" ] || return 1
    for task in /proc/"$1"/task/*; do
        echo "thread ${task##*/}"
        for file in comm wchan syscall stack; do
            echo "  $file: $(cat "$task/$file" 2>/dev/null | tr '\n' ' ')"
        done
    done
}

limited() {
    if command -v timeout >/dev/null; then timeout -k 5 "$@"; else shift && "$@"; fi
}
