# SPDX-License-Identifier: MIT
# orders.gp: observed orders of convergence of the fixed-step scheme, how many cases of each.
# orders.tsv: 1 family, 2 case, 3 rungs, 4 spikes, 5 weights, 6 delays, 7 tau_mem, 8 tau_syn.
load ARG0[1:strstrt(ARG0, "orders.gp") - 1]."style.gp"
eval terminal(720, 340)
table = ARG1."/orders.tsv"

order(n) = column(n) > -0.5 && column(n) < 2.5 ? column(n) : NaN
stats table skip 1 using (order(5)) nooutput
if (!(@found)) { exit }
width = STATS_records > 500 ? 0.04 : 0.1
bin(x) = width * floor(x / width) + width / 2
eval output("orders")
set datafile missing NaN
set xrange [0:2]
set yrange [0:*]
set xlabel "observed order"
set ylabel "cases"
set grid ytics linecolor rgb grey linewidth 0.3
set arrow 1 from 1,graph 0 to 1,graph 1 nohead linecolor rgb grey dashtype (4, 4)
set key top right reverse Left
plot table skip 1 using (bin(order(4))):(1.0) smooth frequency with steps linewidth 1.4 \
        linecolor rgb blue title "spikes", \
    table skip 1 using (bin(order(5))):(1) smooth frequency with steps linewidth 1.4 \
        linecolor rgb orange title "weights", \
    table skip 1 using (bin(order(7))):(1) smooth frequency with steps linewidth 1.4 \
        linecolor rgb green title "tau_{mem}"
