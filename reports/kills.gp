# SPDX-License-Identifier: MIT
# kills.gp: which kind of check sees which planted fault: a square whose side grows with the
# logarithm of the number of failing comparisons, in the colour of the place of the fault.
# kills.tsv: 1 fault, 2 name, 3 where, then a column a kind, kinds, verdict.
load ARG0[1:strstrt(ARG0, "kills.gp") - 1]."style.gp"
table = ARG1."/kills.tsv"

stats table skip 1 using 1 nooutput
if (!(@found)) { exit }
rows = STATS_records
stats table skip 1 nooutput
kinds = int(STATS_columns) - 5
eval terminal(900, 170 + 17 * rows)
eval output("kills")

# Colours of the places a fault is in; ref/ is three things.
place(x) = x[1:4] eq "gpu/" ? 3 : x[1:6] eq "cases/" ? 5 : x[1:7] eq "verify/" ? 6 : \
    strstrt(x, "ref/witness") == 1 ? 2 : strstrt(x, "ref/grid") == 1 ? 4 : 1
array ink[6] = [blue, green, orange, pink, grey, black]
places = "reference witness clock-engine grid-reference cases judge"
size(n) = 0.45 + 0.3 * log10(n) < 1.5 ? 0.45 + 0.3 * log10(n) : 1.5

set border 0
set lmargin 52
set tmargin 8
set bmargin 5
set yrange [rows + 0.2:-1]
set xrange [0.4:kinds + 0.6]
set x2range [0.4:kinds + 0.6]
unset xtics
set x2tics scale 0 rotate by 45 textcolor rgb black
set ytics scale 0 font ",11" noenhanced
set grid ytics x2tics linecolor rgb grey linewidth 0.2
set key at screen 0.5,screen 0.02 center bottom horizontal maxrows 1 samplen 0.5 font ",11" \
    width -2
heading(k) = system(sprintf("head -n 1 '%s' | cut -f %d", table, k + 3))
do for [k = 1:kinds] { set x2tics add (heading(k) k) }
plot for [k = 1:kinds] table skip 1 \
        using (column(k + 3) > 0 ? k : NaN):0:(size(column(k + 3))):(ink[place(strcol(3))]):ytic(strcol(1)."  ".strcol(2)) \
        axes x2y1 with points pointtype 5 pointsize variable linecolor rgb variable, \
    for [p = 1:6] NaN with points pointtype 5 pointsize 1 linecolor rgb ink[p] \
        title word(places, p)
