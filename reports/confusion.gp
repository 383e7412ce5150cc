# SPDX-License-Identifier: MIT
# confusion.gp: what a trained network takes samples for.
# confusion.tsv: 1 label, 2 prediction, 3 samples, 4 share of the label's.
load ARG0[1:strstrt(ARG0, "confusion.gp") - 1]."style.gp"
table = ARG1."/confusion.tsv"
stats table skip 1 using 1 nooutput
if (!(@found)) { exit }
classes = STATS_max + 1
eval terminal(720, 520)

eval output("confusion")
set size ratio -1
set xrange [-0.6:classes - 0.4]
set yrange [classes - 0.4:-0.6]
set xtics 0, (classes > 12 ? 2 : 1)
set ytics 0, (classes > 12 ? 2 : 1)
set grid linecolor rgb grey linewidth 0.3
set xlabel "taken for"
set ylabel "is" offset 0.5,0
set style fill solid 1 noborder
radius(share) = 0.48 * sqrt(share)
plot table skip 1 using (column(1) == column(2) ? column(2) : NaN):1:(radius(column(4))) \
         with circles linecolor rgb blue, \
     table skip 1 using (column(1) != column(2) && column(3) > 0 ? column(2) : NaN):1:\
         (radius(column(4))) with circles linecolor rgb orange
