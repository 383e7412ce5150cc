# SPDX-License-Identifier: MIT
# raster.gp: the spikes of one sample.
# raster.tsv: 1 ms, 2 neuron, 3 population: 0 inputs, 1 hidden, 2 outputs.
load ARG0[1:strstrt(ARG0, "raster.gp") - 1]."style.gp"
eval terminal(720, 420)
table = ARG1."/raster.tsv"
stats table skip 1 using 1 nooutput
if (!(@found)) { exit }
last = STATS_max
size = STATS_records > 2000 ? 0.13 : STATS_records > 300 ? 0.3 : 0.6

eval output("raster")
set datafile missing NaN
set multiplot
set lmargin at screen 0.11
set rmargin at screen 0.97
set xrange [0:last * 1.02]
set yrange [-1:*]
of(kind) = column(3) == kind ? column(2) : NaN
stats table skip 1 using (column(3) == 2 ? 1 : NaN) nooutput
outputs = @found
set format x ""
set tmargin at screen 0.97
set bmargin at screen (outputs ? 0.62 : 0.57)
set ylabel "input" offset 0.5,0
plot table skip 1 using 1:(of(0)) with points pointtype 7 pointsize size linecolor rgb grey
set tmargin at screen (outputs ? 0.58 : 0.53)
set bmargin at screen (outputs ? 0.3 : 0.13)
set ylabel "hidden" offset 0.5,0
stats table skip 1 using (column(3) == 1 ? 1 : NaN) nooutput
if (!(@found)) { set yrange [-1:1] } # a silent network has a place, too
if (!outputs) { set format x "%g"; set xlabel "ms" }
plot table skip 1 using 1:(of(1)) with points pointtype 7 pointsize size linecolor rgb blue
if (outputs) {
    set format x "%g"
    set xlabel "ms"
    set tmargin at screen 0.26
    set bmargin at screen 0.13
    set ytics 1
    set yrange [-1:*]
    set ylabel "output" offset 0.5,0
    plot table skip 1 using 1:(of(2)) with points pointtype 7 pointsize 0.5 linecolor rgb orange
}
unset multiplot
