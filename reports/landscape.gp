# SPDX-License-Identifier: MIT
# landscape.gp: losses along a line, broken where spikes are born or lost.
# line.tsv: 1 network, 2 loss, 3 h, 4 value, 5 gradient; blank lines between pieces.
load ARG0[1:strstrt(ARG0, "landscape.gp") - 1]."style.gp"
eval terminal(720, 400)
table = ARG1."/line.tsv"
names = "L_sum_exp L_time"
array loss_colour[2] = [blue, orange]
of(name) = strcol(2) eq name && column(1) == 0 ? column(4) : NaN
stats table skip 1 using 3 nooutput
if (!(@found)) { exit }

eval output("landscape")
set xlabel "change of the weight"
set ylabel "loss"
set grid ytics linecolor rgb grey linewidth 0.3
set key top right reverse Left
plot for [k = 1:2] table skip 1 using 3:(of(word(names, k))) with lines linewidth 1.4 \
    linecolor rgb loss_colour[k] title word(names, k) noenhanced
