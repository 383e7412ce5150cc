#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A program to be judged that keeps something of what it was asked: answers every case by
# `evident run` of PROGRAM, a line a case, and
#     add     every answer after the first has another loss
#     leak    an answer after another case (not after the same) has another loss
#     third   an answer after the case OTHER, some time before, has another loss
#     break   an answer after another case is none
#     end     it dies at the second case
#     short   delays of 1 and of 0.5 ms are 0.5 ms less
#     noise   every second answer has two digits less
# In place of conventions it prints $CONVENTIONS.
# Usage: [OTHER=NAME] [CONVENTIONS={...}] tests/state.sh PROGRAM MODE
program=$1 mode=$2 asked=0 last='' seen=
if [ "${3:-}" = --conventions ]; then
    printf '%s\n' "${CONVENTIONS:-}"
    exit
fi
while IFS= read -r case; do
    name=${case#*\"name\": \"} name=${name%%\"*} digits=17 wrong=
    others=$([ "$asked" = 0 ] || [ "$name" = "$last" ] || echo yes)
    case $mode in
    add) [ "$asked" = 0 ] || wrong=yes ;;
    leak | break) wrong=$others ;;
    third) wrong=$seen ;;
    end) [ -z "$others" ] || exit 3 ;;
    short)
        case=${case//\"delay\": 0.5,/\"delay\": 0,}
        case=${case//\"delay\": 1,/\"delay\": 0.5,}
        ;;
    noise) digits=$((17 - asked % 2 * 2)) ;;
    esac
    answer=$(printf '%s\n' "$case" | "$program" run - --digits $digits | tr '\n' ' ')
    if [ "$wrong" ] && [ "$mode" = break ]; then
        answer='no answer'
    elif [ "$wrong" ]; then
        answer=${answer//\"loss\": \"/\"loss\": \"1}
    fi
    printf '%s\n' "$answer"
    asked=$((asked + 1)) last=$name
    [ "$name" != "${OTHER:-}" ] || seen=yes
done
