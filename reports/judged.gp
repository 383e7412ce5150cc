# SPDX-License-Identifier: MIT
# judged.gp: for every engine that was judged, or the reference where there is none: got against
# want, and how many comparisons are how far off, in bounds and in relative size.
# against.tsv: 1 engine, 2 whether it fails, 3 whether the sign is another, 4 log10 of want, 5 of got.
# errors.tsv: 1 engine, 2 bounds or relative, 3 log10 (a bin of half a decade begins), 4 comparisons,
# 5 of those that fail.
load ARG0[1:strstrt(ARG0, "judged.gp") - 1]."style.gp"
points = ARG1."/against.tsv"
table = ARG1."/errors.tsv"
engines = ""
last = ""
note(name) = (last = name, engines = engines.(engines eq "" ? "" : "\t").name, 0)
stats table skip 1 using (strcol(1) ne last ? note(strcol(1)) : 0, column(4)) nooutput
if (!(@found)) { exit }
# word() cuts at blanks, which names of programs have.
array engine[4]
rows = 0
do for [k = 1:4] {
    cut = strstrt(engines, "\t")
    engine[k] = cut > 0 ? engines[1:cut - 1] : engines
    engines = cut > 0 ? engines[cut + 1:*] : ""
    rows = rows + (engine[k] ne "" ? 1 : 0)
}
each = 330
eval terminal(860, each * rows)
eval output("judged")
set datafile missing NaN
set multiplot
set grid xtics ytics linecolor rgb grey linewidth 0.3
set key top left reverse Left samplen 0.6 font ",12"
set tics font ",12"
short(name) = strlen(name) > 84 ? name[1:80]."..." : name
high(row, part) = 1 - (row - 1 + part) / real(rows)
array lefts[3] = [0.085, 0.405, 0.725]
array rights[3] = [0.345, 0.675, 0.995]
place(row, k) = sprintf("set tmargin at screen %g; set bmargin at screen %g; ".\
    "set lmargin at screen %g; set rmargin at screen %g", \
    high(row, 0.13), high(row, 0.82), lefts[k], rights[k])
stride(range) = range > 12 ? 4 * ceil(range / 28.0) : range > 5 ? 2 : 1
of(row, value) = strcol(1) eq engine[row] ? value : NaN
bin(row, what, value) = strcol(1) eq engine[row] && strcol(2) eq what ? value : NaN
do for [row = 1:rows] {
    eval place(row, 1)
    if (rows > 1) { set label 1 short(engine[row]) at screen 0.075,high(row, 0.06) left noenhanced }
    set xlabel "|want|" offset 0,0.4
    set ylabel "|got|" offset 2.2,0
    set format xy "10^{%.0f}"
    set xrange [*:*] # or what is outside is no part of stats
    set yrange [*:*]
    stats points skip 1 using (of(row, column(4))):(of(row, column(5))) nooutput
    some = exists("STATS_records") && STATS_records > 0
    low = some ? floor(STATS_min_x < STATS_min_y ? STATS_min_x : STATS_min_y) : -1
    top = some ? ceil(STATS_max_x > STATS_max_y ? STATS_max_x : STATS_max_y) : 1
    low = low < -24 ? -24 : low
    top = top > 24 ? 24 : top
    set xrange [low:top]
    set yrange [low:top]
    step = stride(top - low)
    set xtics step
    set ytics step
    plot x with lines linecolor rgb grey linewidth 0.8, \
        points skip 1 using (of(row, column(2) == 0 ? column(4) : NaN)):5 with points pointtype 7 \
            pointsize 0.3 linecolor rgb blue title "passes", \
        points skip 1 using (of(row, column(2) == 1 && column(3) == 0 ? column(4) : NaN)):5 \
            with points pointtype 7 pointsize 0.35 linecolor rgb orange title "fails", \
        points skip 1 using (of(row, column(2) == 1 && column(3) == 1 ? column(4) : NaN)):5 \
            with points pointtype 2 pointsize 0.5 linewidth 1.6 linecolor rgb orange title "fails, other sign"
    unset label 1
    set ytics autofreq
    set format y "%.0f"
    set ylabel "comparisons" offset 1.2,0
    set style fill solid 1 noborder
    set boxwidth 0.46
    do for [k = 2:3] {
        what = k == 2 ? "bounds" : "relative"
        eval place(row, k)
        set xlabel (k == 2 ? "error / bound" : "error / |want|") offset 0,0.4
        set xrange [*:*]
        set yrange [*:*]
        stats table skip 1 using (bin(row, what, column(3) > -20 ? column(3) : NaN)) nooutput
        some = exists("STATS_records") && STATS_records > 0
        low = some ? floor(STATS_min) - 1 : -2
        low = k == 2 && low < -8 ? -8 : low
        top = some ? ceil(STATS_max + 0.5) : 1
        top = k == 2 && top < 1 ? 1 : top
        set xrange [low - 0.5:top]
        set yrange [0:*]
        step = stride(top - low)
        set xtics step
        if (k == 2) {
            set arrow 1 from 0,graph 0 to 0,graph 1 nohead linecolor rgb grey dashtype (4, 4)
        }
        at(x) = x < low ? low : x
        plot table skip 1 using (at(bin(row, what, column(3))) + 0.25):4 smooth frequency with boxes \
                linecolor rgb blue, \
            table skip 1 using (at(bin(row, what, column(3))) + 0.25):5 smooth frequency with boxes \
                linecolor rgb orange
        unset arrow 1
        set ylabel ""
    }
}
unset multiplot
