# ladder.gp: error of the fixed-step scheme against its step, of spikes and of the gradient.
# ladder.tsv: 1 family, 2 case, 3 rung, 4 step (ms), 5 do spike counts agree, 6 spikes (ms),
# 7 gradient of the weights (relative).
# convergence.tsv: 1 quantity, 2 log2 of the step, 3 median of log2 of the error, 4 cases.
load ARG0[1:strstrt(ARG0, "ladder.gp") - 1]."style.gp"
eval terminal(720, 420)
table = ARG1."/ladder.tsv"
medians = ARG1."/convergence.tsv"

stats table skip 1 using (strcol(5) eq "yes" && column(6) > 0 ? log10(column(6)) : NaN) nooutput
if (!(@found)) { exit }
# Some cases of each group, faint; a line breaks between cases and where counts differ.
error(n) = strcol(5) eq "yes" && column(n) > 0 && column(n) < 10 ? column(n) : NaN
of(k) = group(strcol(1)) eq word(groups, k)
array members[6]
do for [k = 1:6] {
    stats table skip 1 using (of(k) && strcol(5) eq "yes" ? column(4) : NaN) nooutput
    members[k] = (@found) ? STATS_records : 0
}
shade(k) = group_colour[k] + 0xD0000000
# Steps that few cases reach have other cases, and so another median.
stats medians skip 1 using 4 nooutput
enough = (@found) ? STATS_max / 2 : 0
median(name) = strcol(1) eq name && column(4) >= enough ? 2 ** column(3) : NaN

eval output("ladder")
set multiplot
set logscale xy
set format "10^{%T}"
set grid linecolor rgb grey linewidth 0.3
set datafile missing NaN
set yrange [1e-6:10]
set xrange [3:2e-4]
set key bottom left
set tmargin at screen 0.86
set bmargin at screen 0.17
set xlabel "step, ms"
edge = 0.1
do for [k = 1:6] {
    if (members[k] > 0) {
        set label k word(groups, k) at screen edge,0.955 point pointtype 7 pointsize 0.6 \
            linecolor rgb group_colour[k] offset 0.8,-0.25
        edge = edge + 0.05 + 0.0125 * strlen(word(groups, k))
    }
}
do for [panel = 0:1] {
    set lmargin at screen 0.1 + 0.49 * panel
    set rmargin at screen 0.5 + 0.49 * panel
    set title panel == 0 ? "spikes, ms" : "gradient of the weights, relative" offset 0,-0.6
    name = panel == 0 ? "spikes" : "weights"
    plot for [k = 1:6] table skip 1 using (of(k) ? column(4) : NaN):(error(6 + panel)) \
            with points pointtype 7 pointsize 0.22 linecolor rgb shade(k), \
        medians skip 1 using (2 ** column(2)):(median(name)) with linespoints linewidth 2 \
            pointtype 7 pointsize 0.4 linecolor rgb black title "median", \
        x * (panel == 0 ? 3 : 0.5) with lines linecolor rgb grey dashtype (6, 6) title "slope 1"
    unset label
}
unset multiplot
