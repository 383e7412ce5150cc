# SPDX-License-Identifier: MIT
# folds.gp: how configurations do on groups that are held out in turn, epoch by epoch.
# folds.tsv, a block a configuration: 1 its number, 2 epoch, 3 mean over groups, 4 least, 5 most,
# 6 whether it was chosen.
load ARG0[1:strstrt(ARG0, "folds.gp") - 1]."style.gp"
eval terminal(720, 320)
table = ARG1."/folds.tsv"
stats table skip 1 using 3 nooutput
if (!(@found)) { exit }
blocks = STATS_blocks

eval output("folds")
set lmargin at screen 0.11
set rmargin at screen 0.97
set grid linecolor rgb grey linewidth 0.3
set xlabel "epoch"
set ylabel "right, %" offset 0.5,0
set yrange [0:100]
set key bottom right
if (blocks == 1) { set key off }
plot table skip 1 using 2:(column(6) == 1 ? 100 * column(4) : NaN):(100 * column(5)) with filledcurves \
         fillstyle transparent solid 0.15 noborder linecolor rgb grey notitle, \
     for [k = 0:blocks - 1] table skip 1 index k using 2:(100 * column(3)) \
         with lines linewidth 2 dashtype k + 1 linecolor rgb blue title sprintf("%d", k + 1)
