#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A program to be judged: answers every case, changed by the sed expression MOVE, by `evident run` of
# PROGRAM, changed by a filter, one line a case. In place of conventions it prints $CONVENTIONS.
# Usage: [FILTER='sed s/a/b/'] [MOVE=s/a/b/] [CONVENTIONS={...}] tests/answers.sh PROGRAM
program=$1
if [ "${2:-}" = --conventions ]; then
    printf '%s\n' "${CONVENTIONS:-}"
    exit
fi
while IFS= read -r case; do
    printf '%s\n' "$case" | sed -E "${MOVE:-}" | "$program" run - --digits 17 | tr '\n' ' ' | eval "${FILTER:-cat}"
    echo
done
