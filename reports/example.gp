# SPDX-License-Identifier: MIT
# example.gp: one small network: its spikes, voltages and adjoints on one axis of time.
# example_traces.tsv: 1 time (ms), 2 population, 3 neuron, 4 V, 5 I, 6 lambda_V, 7 lambda_I.
# example_spikes.tsv: 1 time (ms), 2 population, 3 neuron.
load ARG0[1:strstrt(ARG0, "example.gp") - 1]."style.gp"
eval terminal(720, 780)
traces = ARG1."/example_traces.tsv"
spikes = ARG1."/example_spikes.tsv"
array neuron_colour[5] = [blue, orange, green, pink, black]
colour(k) = neuron_colour[(k - 1) % 5 + 1]

# Neurons by name: sources, which only spike, then those with traces, e.g. " in:0 in:1 hid:0 out:0".
# A neuron has the colour of its place among the traces; sources are grey.
name(k) = strcol(2).":".strcol(3)
with_new(list, neuron) = strstrt(list." ", " ".neuron." ") ? list : list." ".neuron
neurons = ""
sources = ""
stats traces skip 1 using (neurons = with_new(neurons, name(0)), column(1)) nooutput
if (!(@found)) { exit }
end = ceil(STATS_max)
stats spikes skip 1 using (sources = strstrt(neurons." ", " ".name(0)." ") ? sources : \
    with_new(sources, name(0)), column(1)) nooutput
all = sources.neurons
rows = words(all)
count = words(neurons)
place(neuron) = sum [k = 1:count] (word(neurons, k) eq neuron ? k : 0)
ink(neuron) = place(neuron) > 0 ? colour(place(neuron)) : grey
label(neuron) = neuron[1:strstrt(neuron, ":") - 1]." ".neuron[strstrt(neuron, ":") + 1:*]
spikes_of(neuron) = name(0) eq neuron ? column(1) : NaN
of(neuron, n) = name(0) eq neuron ? column(n) : NaN

eval output("example")
set datafile missing NaN
set multiplot
set lmargin at screen 0.13
set rmargin at screen 0.89
set xrange [0:end]
set format x ""
set grid xtics linecolor rgb grey linewidth 0.3
set xzeroaxis linecolor rgb grey linewidth 0.5
panel(top, bottom) = sprintf("set tmargin at screen %g; set bmargin at screen %g", top, bottom)

eval panel(0.99, 0.775)
set ylabel "spikes" offset -3.5,0
set yrange [rows + 0.5:0.5]
set border 1
unset ytics
do for [k = 1:rows] {
    set label k label(word(all, k)) at graph 1.01,first k left textcolor rgb ink(word(all, k)) \
        font ",13"
}
plot for [k = 1:rows] spikes skip 1 using (spikes_of(word(all, k))):(k - 0.32):(0):(0.64) \
    with vectors nohead linewidth 1.4 linecolor rgb ink(word(all, k))
unset label
set border 3
set ytics autofreq nomirror out scale 0.6 textcolor rgb black font ',13'
set yrange [*:*]
set offsets 0, 0, graph 0.06, graph 0.06

# The threshold is where the voltage of a neuron that spikes turns back; samples just miss it, so it
# is the next multiple of 0.05.
spiked = ""
stats spikes skip 1 using (spiked = with_new(spiked, name(0)), column(1)) nooutput
stats traces skip 1 using (strstrt(spiked." ", " ".name(0)." ") ? column(4) : NaN) nooutput
if (@found) {
    threshold = ceil(STATS_max * 20) / 20.0
    set arrow 1 from graph 0,first threshold to graph 1,first threshold nohead linecolor rgb grey \
        dashtype (6, 6)
    set label 1 "threshold" at graph 1.01,first threshold textcolor rgb grey font ",13"
}
eval panel(0.745, 0.54)
set ylabel "voltage V" offset 0.8,0
plot for [k = 1:count] traces skip 1 using 1:(of(word(neurons, k), 4)) with lines \
    linewidth 1.2 linecolor rgb colour(k)

eval panel(0.51, 0.31)
unset arrow
unset label
set ylabel "adjoint λ_V" offset 0.8,0
plot for [k = 1:count] traces skip 1 using 1:(of(word(neurons, k), 6)) with lines \
    linewidth 1.2 linecolor rgb colour(k)

eval panel(0.28, 0.085)
set ylabel "adjoint λ_I" offset 0.8,0
set format x "%g"
set xlabel "time, ms"
plot for [k = 1:count] traces skip 1 using 1:(of(word(neurons, k), 7)) with lines \
    linewidth 1.2 linecolor rgb colour(k)
unset multiplot
