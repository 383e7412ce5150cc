# SPDX-License-Identifier: MIT
# ucurve.gp: error of a central difference against its step, at three precisions.
# ucurve.tsv: 1 precision (bits), 2 step (log2 of it), 3 relative error.
load ARG0[1:strstrt(ARG0, "ucurve.gp") - 1]."style.gp"
eval terminal(720, 400)
table = ARG1."/ucurve.tsv"
array bits[3] = [53, 128, 512]
array bits_colour[3] = [orange, blue, black]

# An error of zero has no logarithm; errors far above 1 say nothing more.
error(k) = (column(1) == bits[k] && column(3) > 0 && column(3) < 1e6) ? log10(column(3)) : NaN
low_step = 0; low_error = 0
array best_step[3]; array best_error[3]
do for [k = 1:3] {
    stats table skip 1 using 2:(error(k)) nooutput
    best_step[k] = (@found) ? STATS_pos_min_y : NaN
    best_error[k] = (@found) ? STATS_min_y : NaN
    if (@found && STATS_min_y < low_error) { low_error = STATS_min_y }
    if (@found && STATS_min_x < low_step) { low_step = STATS_min_x }
}

if (low_error == 0) { exit }
eval output("ucurve")
# Far left of its best step, a difference only loses more digits.
left = 1.35 * best_step[3]
low_step = floor((left > low_step ? left : low_step) / 10) * 10
low_error = floor(low_error / 20 - 0.4) * 20
set xrange [low_step:0]
set rmargin 9
set yrange [low_error:6]
set format x "2^{%.0f}"
set format y "10^{%.0f}"
set xlabel "step h of the central difference"
set ylabel "relative error"
set grid ytics linecolor rgb grey linewidth 0.3
do for [k = 1:3] {
    if (best_error[k] < 0) {
        set label k sprintf("%d bits\n%.0f digits", bits[k], -best_error[k]) left \
            at best_step[k],best_error[k] offset 1.6,-0.4 textcolor rgb bits_colour[k] font ",13"
    }
}
# A line of slope 2 beside the truncation error of the largest precision.
guide(step) = best_error[3] + 2 * (step - best_step[3]) * log10(2) - 0.05 * low_error
first = 0.8 * best_step[3]
last = 0.4 * best_step[3]
set label 9 "error = c h^2" at 0.6 * best_step[3],guide(0.6 * best_step[3]) offset -1,0.5 right \
    textcolor rgb grey font ",13"
plot sample [first:last] "+" using 1:(guide($1)) with lines linecolor rgb grey \
        linewidth 0.8 dashtype (6, 6), \
    for [k = 1:3] table skip 1 using 2:(error(k)) with lines linewidth 1.1 \
        linecolor rgb bits_colour[k], \
    for [k = 1:3] [0:1] "+" using (best_step[k]):(best_error[k]) every ::0::0 with points \
        pointtype 7 pointsize 0.5 linecolor rgb bits_colour[k]
