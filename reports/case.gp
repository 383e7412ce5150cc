# SPDX-License-Identifier: MIT
# case.gp: one case: its spikes, voltages and adjoints on one axis of time. Lines are the reference,
# dots an engine.
# case_facts.gp: what there is. case_traces.tsv, case_engine.tsv: 1 time (ms), 2 neuron, 3 V,
# 4 lambda_V, 5 lambda_I. case_spikes.tsv: 1 time (ms), 2 row, 3 whether an engine's.
load ARG0[1:strstrt(ARG0, "case.gp") - 1]."style.gp"
load ARG1."/case_facts.gp"
rows = sources + traces
height = 780 + 20 * (rows > 8 ? rows - 8 : 0)
eval terminal(760, height)
lines = ARG1."/case_traces.tsv"
dots = ARG1."/case_engine.tsv"
spikes = ARG1."/case_spikes.tsv"
array neuron_colour[5] = [blue, orange, green, pink, black]
colour(k) = neuron_colour[(k - 1) % 5 + 1]
ink(row) = row > sources ? colour(row - sources) : grey
of(k, n) = column(2) == k ? column(n) : NaN
# More dots than a panel has room for make a line and a large file: every so many-th step.
stats dots skip 1 using (of(1, 1)) nooutput
thin = (@found) && STATS_records > 160 ? ceil(STATS_records / 120.0) : 1
dot(k, n) = int(column(0)) % thin == 0 ? of(k, n) : NaN
shown = (decided ? "lines: the reference" : "").(decided && engine ne "" ? ", " : "").\
    (engine ne "" ? "dots: ".engine : "").\
    (engine ne "" && thin > 1 ? sprintf(", every %d steps", thin) : "")
others(n, what) = n > 0 ? sprintf(", %d more %s", n, what) : ""

eval output("case")
set datafile missing NaN
set multiplot
set lmargin at screen 0.15
set rmargin at screen 0.84
set xrange [0:end]
set format x ""
set grid xtics linecolor rgb grey linewidth 0.3
set xzeroaxis linecolor rgb grey linewidth 0.5
panel(top, bottom) = sprintf("set tmargin at screen %g; set bmargin at screen %g", top, bottom)
# The first panel grows with its rows; the others share what is left.
pixels(n) = n / real(height)
top = 1 - pixels(74)
low = top - pixels(20 * rows + 12)
below = pixels(74)
gap = pixels(24)
each = (low - below - 3 * gap) / 3.0
edge(k) = low - gap - k * (each + gap)

set label 101 title at screen 0.15,(1 - pixels(20)) left noenhanced font ",15"
set label 102 shown.others(other_sources, "inputs").others(other_traces, "neurons") \
    at screen 0.15,(1 - pixels(40)) left noenhanced textcolor rgb grey font ",13"
if (event == event) {
    set arrow 50 from first event,graph 0 to first event,graph 1 nohead \
        linecolor rgb black dashtype (3, 3) linewidth 1.2
    if (event < 0.5 * end) {
        set label 103 "first out of bounds: ".event_says at first event,screen (1 - pixels(61)) \
            left noenhanced textcolor rgb black font ",13"
    } else {
        set label 103 "first out of bounds: ".event_says at first event,screen (1 - pixels(61)) \
            right noenhanced textcolor rgb black font ",13"
    }
}

eval panel(top, low)
set ylabel "spikes" offset -3.5,0
set yrange [rows + 0.5:0.5]
set border 1
unset ytics
do for [k = 1:rows] {
    set label k row_name[k] at graph 1.01,first k left noenhanced textcolor rgb ink(k) font ",13"
}
plot for [k = 1:rows] spikes skip 1 using (column(3) == 0 ? of(k, 1) : NaN):(k - 0.32):(0):(0.64) \
    with vectors nohead linewidth 1.4 linecolor rgb ink(k), \
    for [k = 1:rows] spikes skip 1 using (column(3) == 1 ? of(k, 1) : NaN):(k + 0.3) \
    with points pointtype 7 pointsize 0.3 linecolor rgb ink(k)
unset label
set border 3
set ytics autofreq nomirror out scale 0.6 textcolor rgb black font ',13'
set yrange [*:*]
set offsets 0, 0, graph 0.06, graph 0.06

trace(n) = sprintf("plot for [k = 1:traces] lines skip 1 using 1:(of(k, %d)) with lines ".\
    "linewidth 1.2 linecolor rgb colour(k) dashtype 1 + (k > 5), for [k = 1:traces] dots ".\
    "skip 1 using 1:(dot(k, %d)) with points pointtype 7 pointsize 0.17 linecolor rgb colour(k)", n, n)

marked = 0
do for [k = 1:traces] {
    if (threshold[k] == threshold[k]) {
        set arrow k from graph 0,first threshold[k] to graph 1,first threshold[k] nohead \
            linecolor rgb grey dashtype (6, 6)
        if (!marked) {
            set label 1 "threshold" at graph 1.01,first threshold[k] textcolor rgb grey font ",13"
        }
        marked = 1
    }
}
eval panel(edge(0), edge(0) - each)
set ylabel "voltage V" offset 0.8,0
eval trace(3)
do for [k = 1:traces] {
    if (threshold[k] == threshold[k]) { unset arrow k }
}
unset label

eval panel(edge(1), edge(1) - each)
set ylabel "adjoint λ_V" offset 0.8,0
eval trace(4)

eval panel(edge(2), edge(2) - each)
set ylabel "adjoint λ_I" offset 0.8,0
set format x "%g"
set xlabel "time, ms"
eval trace(5)
unset multiplot
