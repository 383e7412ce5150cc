# SPDX-License-Identifier: MIT
# progress.sh: for scripts that take minutes, to be sourced: a line on standard error every 30 s, so
# that in a log silence means that nothing runs.
#     progress COMMAND [ARGUMENT]...    from now on, what COMMAND prints then
#     progress_end                      no more
# It ends by itself with the script. Its pauses hold no file of the script open: who reads the
# script's output through a pipe sees its end at once.
# shellcheck shell=bash
progress_process=
progress() {
    local name=${0##*/}
    (
        started=$SECONDS
        while sleep 30 >/dev/null 2>&1; do
            kill -0 $$ 2>/dev/null || exit 0
            printf '%s: %s, %d s\n' "$name" "$("$@" 2>/dev/null)" $((SECONDS - started)) >&2
        done
    ) >/dev/null &
    progress_process=$!
}
progress_end() {
    [ -n "$progress_process" ] || return 0
    kill "$progress_process" 2>/dev/null
    wait "$progress_process" 2>/dev/null
    progress_process=
}
