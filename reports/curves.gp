# SPDX-License-Identifier: MIT
# curves.gp: a training, epoch by epoch.
# log.tsv: 1 epoch, 2 rate, 3 loss, 4 accuracy, 5 validation loss, 6 validation accuracy, 7 spikes,
# 8 silent, 9 silent labels, 10 seconds.
load ARG0[1:strstrt(ARG0, "curves.gp") - 1]."style.gp"
eval terminal(720, 480)
table = ARG1."/log.tsv"
stats table skip 1 using 4 nooutput
if (!(@found)) { exit }

eval output("curves")
set datafile missing NaN
set multiplot
set lmargin at screen 0.11
set rmargin at screen 0.9
set grid linecolor rgb grey linewidth 0.3
set format x ""
set tmargin at screen 0.96
set bmargin at screen 0.48
set yrange [0:100]
set ylabel "right, %" offset 0.5,0
set key bottom right
plot table skip 1 using 1:(100 * column(4)) with lines linewidth 2 linecolor rgb blue \
         title "training", \
     table skip 1 using 1:(100 * column(6)) with lines linewidth 2 linecolor rgb orange \
         title "held out"
set format x "%g"
set tmargin at screen 0.44
set bmargin at screen 0.14
set xlabel "epoch"
set ylabel "spikes / neuron" offset 0.5,0
set yrange [0:*]
set offsets 0, 0, graph 0.25, 0
set y2range [0:*]
set y2tics nomirror
set ytics nomirror
set y2label "silent neurons"
set border 11
set key top right
plot table skip 1 using 1:7 with lines linewidth 2 linecolor rgb blue title "spikes", \
     table skip 1 using 1:8 axes x1y2 with lines linewidth 2 dashtype 2 linecolor rgb pink \
         title "silent"
unset multiplot
