# SPDX-License-Identifier: MIT
# counts.gp: spikes that the fixed-step scheme loses or makes up, against its step.
# counts.tsv: 1 log2 of the step (ms), 2 ladders, 3 spikes of the reference, 4 missing, 5 extra.
load ARG0[1:strstrt(ARG0, "counts.gp") - 1]."style.gp"
eval terminal(720, 330)
table = ARG1."/counts.tsv"
stats table skip 1 using 2 nooutput
if (!(@found)) { exit }
# Steps that few cases reach have other cases.
enough = STATS_max / 4.0
share(n) = column(2) >= enough && column(n) > 0 ? 100.0 * column(n) / column(3) : NaN
stats table skip 1 using (share(4) > 0 ? 1 : share(5) > 0 ? 1 : NaN) nooutput
if (!(@found)) { exit }

eval output("counts")
set datafile missing NaN
set logscale xy
set format x "10^{%T}"
set format y "%g%%"
set grid linecolor rgb grey linewidth 0.3
set xrange [*:*] reverse
set xlabel "step, ms"
set ylabel "share of all spikes" offset 0.5,0
set key top right
plot table skip 1 using (2 ** column(1)):(share(4)) with linespoints linewidth 2 pointtype 7 \
         pointsize 0.5 linecolor rgb blue title "lost", \
     table skip 1 using (2 ** column(1)):(share(5)) with linespoints linewidth 2 pointtype 5 \
         pointsize 0.5 linecolor rgb orange title "made up"
