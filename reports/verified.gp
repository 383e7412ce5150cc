# SPDX-License-Identifier: MIT
# verified.gp: samples of a training before the reference.
# verified.tsv: 1 epoch, 2 error in units of its bound, 3 cosine to the exact gradient, 4 length over
# its, 5 exact spikes, 6 missing, 7 extra, 8 seconds.
load ARG0[1:strstrt(ARG0, "verified.gp") - 1]."style.gp"
eval terminal(720, 420)
table = ARG1."/verified.tsv"
if (int(system("test -r '".table."' && wc -l <'".table."' || echo 0")) < 2) { exit }

eval output("verified")
set datafile missing NaN
set multiplot
set lmargin at screen 0.11
set rmargin at screen 0.97
set grid linecolor rgb grey linewidth 0.3
set format x ""
set tmargin at screen 0.96
set bmargin at screen 0.56
set yrange [0:1.1]
set ylabel "error / bound" offset 0.5,0
plot table skip 1 using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb blue, \
     1 with lines linewidth 1.5 linecolor rgb orange
set format x "%g"
set tmargin at screen 0.5
set bmargin at screen 0.14
set xlabel "epoch"
set yrange [0:90]
set ytics 30
set ylabel "angle, degrees" offset 0.5,0
plot table skip 1 using 1:(acos(column(3) > 1 ? 1 : column(3)) * 180 / pi) with points \
         pointtype 7 pointsize 0.5 linecolor rgb blue
unset multiplot
