# SPDX-License-Identifier: MIT
# ladder.gp: error of the fixed-step scheme against its step, of spikes and of the gradient.
# points.tsv: 1 picture (spikes, weights), 2 group, 3 log10 of the step (ms), 4 log10 of the error
# (ms, or relative); one point a tenth of a decade of error and a quarter octave of step.
# convergence.tsv: 1 quantity, 2 log2 of the step, 3 median of log2 of the error, 4 cases.
load ARG0[1:strstrt(ARG0, "ladder.gp") - 1]."style.gp"
eval terminal(720, 420)
table = ARG1."/points.tsv"
medians = ARG1."/convergence.tsv"

stats table skip 1 using (strcol(1) eq "spikes" ? column(4) : NaN) nooutput
if (!(@found)) { exit }
of(name, k) = strcol(1) eq name && strcol(2) eq word(groups, k)
array members[6]
do for [k = 1:6] {
    stats table skip 1 using (of("spikes", k) ? column(4) : NaN) nooutput
    members[k] = (@found) ? STATS_records : 0
}
shade(k) = group_colour[k] + 0x90000000
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
    plot for [k = 1:6] table skip 1 using (of(name, k) ? 10 ** column(3) : NaN):(10 ** column(4)) \
            with points pointtype 7 pointsize 0.22 linecolor rgb shade(k), \
        medians skip 1 using (2 ** column(2)):(median(name)) with linespoints linewidth 2 \
            pointtype 7 pointsize 0.4 linecolor rgb black title "median", \
        x * (panel == 0 ? 3 : 0.5) with lines linecolor rgb grey dashtype (6, 6) title "slope 1"
    unset label
}
unset multiplot
