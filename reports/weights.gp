# SPDX-License-Identifier: MIT
# weights.gp: histograms of weights before and after training.
# weights.tsv: 1 kind (0 input, 1 recurrent, 2 between layers and to the output), 2 middle of a bin,
# 3 share at the start, 4 share now.
load ARG0[1:strstrt(ARG0, "weights.gp") - 1]."style.gp"
eval terminal(720, 260)
table = ARG1."/weights.tsv"
stats table skip 1 using 2 nooutput
if (!(@found)) { exit }

eval output("weights")
set datafile missing NaN
array kind_name[3] = ["input", "recurrent", "output"]
kinds = 0
array there[3]
do for [k = 0:2] {
    undefine STATS_*
    stats table skip 1 using (column(1) == k ? column(2) : NaN) nooutput
    there[k + 1] = @found
    kinds = kinds + there[k + 1]
}
set multiplot layout 1, kinds margins 0.07, 0.98, 0.2, 0.88 spacing 0.07
set yrange [0:*]
unset ytics
set border 1
set key top right
set xtics rotate by -40
do for [k = 0:2] {
    if (!there[k + 1]) { continue }
    set label 1 kind_name[k + 1] at graph 0.02, 0.95
    plot table skip 1 using (column(1) == k ? column(2) : NaN):3 with lines linewidth 2 \
             linecolor rgb grey title "before", \
         table skip 1 using (column(1) == k ? column(2) : NaN):4 with lines linewidth 2 \
             linecolor rgb blue title "after"
}
unset multiplot
