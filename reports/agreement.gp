# SPDX-License-Identifier: MIT
# agreement.gp: how many digits the derivatives agree to, as a share of all comparisons (ECDF).
# agreement.tsv: 1 group of families, 2 digits, 3 comparisons with at most so many, 4 their share.
load ARG0[1:strstrt(ARG0, "agreement.gp") - 1]."style.gp"
eval terminal(720, 400)
table = ARG1."/agreement.tsv"

stats table skip 1 using 2 nooutput
if (!(@found)) { exit }
low = STATS_min > 5 ? floor(STATS_min / 5 - 0.2) * 5 : 0
high = ceil(STATS_max / 5) * 5
of(name) = strcol(1) eq name ? column(2) : NaN
# NaN is missing, so that a curve does not start anew after it.
set datafile missing NaN
array count[6]
do for [k = 1:6] {
    stats table skip 1 using (of(word(groups, k))):3 nooutput
    count[k] = (@found) ? STATS_max_y : 0
}

eval output("agreement")
set xrange [low:high]
set yrange [0:1.02]
set xlabel "digits to which reference and witness agree"
set ylabel "share of comparisons, at most so many"
set format y "%.1f"
set grid ytics linecolor rgb grey linewidth 0.3
set key bottom right reverse Left
if (low <= 20) {
    set arrow 1 from 20,0 to 20,1 nohead linecolor rgb grey dashtype (4, 4)
    set label 1 "fewest that pass" at 20,0.04 offset 0.6,0 textcolor rgb grey font ",13"
}
plot for [k = 1:6] table skip 1 using (of(word(groups, k))):4 with steps linewidth 1.4 \
    linecolor rgb group_colour[k] \
    title count[k] > 0 ? sprintf("%s (%.0f)", word(groups, k), count[k]) : ""
