# SPDX-License-Identifier: MIT
# radius.gp: how far it is to the next change of spikes, and how much of the way is proven.
# radius.tsv: 4 where it is, 5 proven up to, 6 kind.
load ARG0[1:strstrt(ARG0, "radius.gp") - 1]."style.gp"
eval terminal(720, 400)
table = ARG1."/radius.tsv"
kinds = "grazing overtaken order end maximum none"
array kind_colour[6] = [blue, orange, green, grey, pink, black]
of(name) = strcol(6) eq name ? abs(column(4)) : NaN
stats table skip 1 using (abs(column(4))) nooutput
if (!(@found)) { exit }

eval output("radius")
set logscale x
set format x "10^{%L}"
set yrange [0:1.04]
set xlabel "distance to the next change along the line"
set ylabel "share of it that is proven"
set format y "%.1f"
set grid ytics linecolor rgb grey linewidth 0.3
set key bottom left reverse Left
plot for [k = 1:6] table skip 1 using (of(word(kinds, k))):($5 / $4) with points pointtype 7 \
    pointsize 0.4 linecolor rgb kind_colour[k] title word(kinds, k)
