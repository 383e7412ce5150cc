# SPDX-License-Identifier: MIT
# ratios.gp: error of an engine in units of its bound, by quantity, as a share of all numbers.
# ratios.tsv: 1 engine, 2 quantity, 3 log2 of the most in the bin, 4 count, 5 largest.
load ARG0[1:strstrt(ARG0, "ratios.gp") - 1]."style.gp"
eval terminal(720, 400)
table = ARG1."/ratios.tsv"

stats table skip 1 using 3 nooutput
if (!(@found)) { exit }
names = "V I slope lambda_V lambda_I loss weights delays tau_mem tau_syn"
shown = "V I slope λ_V λ_I loss weights delays tau_{mem} tau_{syn}"
array ink[10] = [blue, blue, black, orange, orange, grey, green, pink, green, pink]
array dash[10] = [1, 2, 1, 1, 2, 1, 1, 1, 2, 2]
first = ""
stats table skip 1 using (first = first eq "" ? strcol(1) : first, column(3)) nooutput
low = STATS_min > -16 ? STATS_min : -16; high = STATS_max > 0 ? STATS_max : 0
of(name) = strcol(1) eq first && strcol(2) eq name
array all[10]
do for [k = 1:10] {
    all[k] = 0
    stats table skip 1 using (all[k] = all[k] + (of(word(names, k)) ? column(4) : 0), 1) nooutput
}
eval output("ratios")
set xrange [low - 0.5:high + 0.7]
set yrange [0:*]
set xtics 2
set format x "2^{%.0f}"
set format y "%.0f%%"
set xlabel "error / bound, at most"
set ylabel "share of the numbers"
set grid ytics linecolor rgb grey linewidth 0.3
set key top left reverse Left
set datafile missing NaN
set arrow 1 from 0.25,graph 0 to 0.25,graph 1 nohead linecolor rgb grey dashtype (4, 4)
set label 1 "fails" at 0.25,graph 0.93 offset 0.5,0 textcolor rgb grey font ",13"
plot for [k = 1:10] table skip 1 \
    using (of(word(names, k)) ? column(3) : NaN):(100.0 * column(4) / (all[k] > 0 ? all[k] : 1)) \
    with linespoints pointtype 7 pointsize 0.35 linewidth 1.3 dashtype dash[k] \
    linecolor rgb ink[k] title all[k] > 0 ? word(shown, k) : ""
