# SPDX-License-Identifier: MIT
# trend.gp: the complete runs of one suite with the same options, in their order.
# trend.tsv: 1 run, 6 cases that fail, 8 seconds of all processes.
load ARG0[1:strstrt(ARG0, "trend.gp") - 1]."style.gp"
eval terminal(720, 330)
table = ARG1."/trend.tsv"
# Without a store there is no such table, and of one run there is no trend.
if (int(system("test -r '".table."' && wc -l <'".table."' || echo 0")) < 3) { exit }

eval output("trend")
set multiplot
set lmargin at screen 0.11
set rmargin at screen 0.97
set grid linecolor rgb grey linewidth 0.3
set xtics 1
set format x ""
set offsets 0.3, 0.3, 0, 0
set tmargin at screen 0.94
set bmargin at screen 0.58
set yrange [0:*]
set ylabel "seconds, all processes" offset 0.5,0
plot table skip 1 using 0:8 with linespoints linewidth 2 pointtype 7 pointsize 0.5 \
         linecolor rgb blue
set tmargin at screen 0.52
set bmargin at screen 0.17
set xlabel "run"
set ylabel "cases that fail" offset 0.5,0
set yrange [0:*]
stats table skip 1 using 6 nooutput
if (STATS_max < 1) { set yrange [0:1]; set ytics 1 }
plot table skip 1 using 0:6:xticlabels(1) with linespoints linewidth 2 pointtype 7 \
         pointsize 0.5 linecolor rgb orange
unset multiplot
