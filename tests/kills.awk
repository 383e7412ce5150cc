#!/usr/bin/awk -f
# SPDX-License-Identifier: MIT
# The kill matrix: lines FAULT, name, where, wanted kinds, state, "KIND COUNT, ..." become a table of
# faults by kinds (tabs, to standard output), a summary for people (to standard error) and an exit
# status: 0 if every fault is caught by two kinds, 1 if not, 2 if one could not be planted.
BEGIN {
    FS = OFS = "\t"
    columns = split(kinds, kind, " ")
    printf "fault\tname\twhere"
    for (k = 1; k <= columns; k++) printf "\t%s", kind[k]
    printf "\tkinds\tverdict\n"
}
{
    delete count
    caught = 0
    list = ""
    parts = split($6, part, ", ")
    for (p = 1; p <= parts; p++) {
        split(part[p], word, " ")
        count[word[1]] = word[2]
    }
    printf "%s\t%s\t%s", $1, $2, $3
    for (k = 1; k <= columns; k++) {
        printf "\t%d", count[kind[k]]
        if (count[kind[k]] > 0) {
            caught++
            kills[kind[k]]++
            list = list (list ? ", " : "") kind[k] " " count[kind[k]]
        }
    }
    verdict = $5 != "ran" ? $5 : caught >= 2 ? "caught" : caught == 1 ? "one kind" : "survived"
    wanted = split($4, want, " ")
    for (w = 1; w <= wanted; w++)
        if (verdict == "caught" && !(count[want[w]] > 0)) verdict = "not by " want[w]
    printf "\t%d\t%s\n", caught, verdict
    verdicts[verdict]++
    faults++
    if (verdict ~ /^no /) broken++
    if (verdict == "needs nvcc") without++
    else if (verdict != "caught") missed++
    printf "%5s  %-50.50s %-28.28s %-9s %s\n", $1, $2, $3, verdict, list >"/dev/stderr"
}
END {
    for (k = 1; k <= columns; k++)
        if (!kills[kind[k]]) none = none " " kind[k]
    if (none) print "kills nothing:" none " (see tests/kinds.tsv)" >"/dev/stderr"
    print faults + 0 " faults, " faults - missed - without " caught by at least two kinds, " missed - broken \
        " not, " broken + 0 " not planted, " without + 0 " not run without nvcc" >"/dev/stderr"
    exit broken ? 2 : missed || faults == without ? 1 : 0
}
