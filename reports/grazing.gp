# SPDX-License-Identifier: MIT
# grazing.gp: how large a gradient is, and how ill-conditioned, against the distance to grazing.
# points.tsv: 1 picture (norm, condition), 2 group, 3 log10 of the margin, 4 log10 of the norm or
# the condition; one point a cell of 0.15 by 0.3 decades, which is about one mark.
load ARG0[1:strstrt(ARG0, "grazing.gp") - 1]."style.gp"
eval terminal(720, 620)
points = ARG1."/points.tsv"

of(picture) = strcol(1) eq picture
margin(picture, f) = of(picture) && strcol(2) eq f ? column(3) : NaN

# About six ticks, whatever the range.
ticks(low, high) = sprintf("set ytics %d font ',13'", ceil((high - low + 1) / 7.0))
array panel_ticks[2]
do for [k = 1:2] {
    stats points skip 1 using (of(k == 1 ? "norm" : "condition") ? column(4) : NaN) nooutput
    if (!(@found)) { exit }
    panel_ticks[k] = ticks(STATS_min, STATS_max)
}
array members[6]
do for [k = 1:6] {
    stats points skip 1 using (margin("norm", word(groups, k))) nooutput
    members[k] = (@found) ? STATS_records : 0
}
stats points skip 1 using (of("norm") ? column(3) : NaN) nooutput
if (!(@found)) { exit }

eval output("grazing")
set multiplot
set lmargin at screen 0.125
set rmargin at screen 0.985
set grid linecolor rgb grey linewidth 0.3
set xrange [floor(STATS_min) - 0.3:ceil(STATS_max) + 0.3]
set xtics ceil((STATS_max - STATS_min + 1) / 7.0)
size = STATS_records > 500 ? 0.25 : 0.4
# Small marks, half transparent: many cases lie on one another.
shade(k) = group_colour[k] + 0x50000000
set tmargin at screen 0.93
set bmargin at screen 0.545
set format x ""
set format y "10^{%.0f}"
eval panel_ticks[1]
set ylabel "norm of the gradient" offset 0.5,0
# The key: names side by side.
edge = 0.14
do for [k = 1:6] {
    if (members[k] > 0) {
        set label k word(groups, k) at screen edge,0.968 point pointtype 7 pointsize 0.6 \
            linecolor rgb group_colour[k] offset 0.8,-0.25
        edge = edge + 0.05 + 0.0125 * strlen(word(groups, k))
    }
}
plot for [k = 1:6] points skip 1 using (margin("norm", word(groups, k))):4 with points \
         pointtype 7 pointsize size linecolor rgb shade(k)
unset label
set tmargin at screen 0.51
set bmargin at screen 0.125
set format x "10^{%.0f}"
eval panel_ticks[2]
set xlabel "grazing margin: smallest distance of a voltage peak from the threshold"
set ylabel "condition, largest |p dL/dp| / L"
plot for [k = 1:6] points skip 1 using (margin("condition", word(groups, k))):4 with points \
         pointtype 7 pointsize size linecolor rgb shade(k)
unset multiplot
places = "0.14 0.25 0.375 0.545 0.70"
