/* SPDX-License-Identifier: MIT */
/* refusals_data.h: what the reader must say to each wrong text, and the right texts they come from.
 *
 * A row takes a right text, replaces the first occurrence of one piece by another, and states the
 * whole line of the refusal; without a right text, the new piece is the whole text. */
#ifndef EVIDENT_TESTS_REFUSALS_DATA_H
#define EVIDENT_TESTS_REFUSALS_DATA_H

#include <stddef.h>

// clang-format off
#define NETWORK \
    "{\"format\": \"evident-case-1\", \"name\": \"n\", \"time\": {\"end\": 40, \"step\": 0.5},\n" \
    " \"populations\": [{\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},\n" \
    "  {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5, \"threshold\": 1},\n" \
    "  {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": [5, 4]}],\n" \
    " \"projections\": [{\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[3, 1], [2, 4]]},\n" \
    "  {\"source\": \"hid\", \"target\": \"out\", \"weights\": [[1, 2], [3, 4]]}],\n" \
    " \"samples\": [{\"spikes\": {\"in\": [[1, 9], [2]]}, "
static const char label[] = NETWORK
    "\"target\": {\"label\": 1}}],\n"
    " \"loss\": {\"kind\": \"voltage-integral-cross-entropy\", \"population\": \"out\", \"weighting\": \"linear\"}}\n";
static const char spike[] = NETWORK
    "\"target\": {\"label\": 1}}],\n"
    " \"loss\": {\"kind\": \"first-spike-cross-entropy\", \"population\": \"hid\", \"tau0\": 2, \"tau1\": 8, \"alpha\": 1}}\n";
static const char times[] = NETWORK
    "\"target\": {\"times\": [5, 6.5]}}],\n"
    " \"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"hid\", \"silent_after\": 2}}\n";
static const char voltages[] = NETWORK
    "\"target\": {\"voltages\": [1, [[0, 1], [9, 2]]]}}],\n"
    " \"loss\": {\"kind\": \"voltage-squared-error\", \"population\": \"out\"}}\n";
static const char margin[] = NETWORK
    "\"target\": {\"label\": 0}}],\n"
    " \"loss\": {\"kind\": \"first-spike-margin\", \"population\": \"hid\", \"margin\": 3}}\n";

struct refusal {
    const char *right, *from, *to, *message;
};

static const struct refusal refusals[] = {
    {NULL, NULL, "", "case:1:0: found the end of the file, wanted the rest of the JSON text ('[' or '{' expected)"},
    {NULL, NULL, "   \n", "case:2:0: found the end of the file, wanted the rest of the JSON text ('[' or '{' expected)"},
    {NULL, NULL, "12", "case:1:2: found 12, wanted valid JSON ('[' or '{' expected)"},
    {NULL, NULL, "[]", "case: $: found a list of 0, wanted an object: a case"},
    {NULL, NULL, "{}", "case: $: found no such key, wanted the key \"format\" of a case"},
    {label, "\"linear\"}}", "\"linear\"}", "case:9:0: found the end of the file, wanted the rest of the JSON text ('}' expected)"},
    {label, "\"linear\"}}", "\"linear\"}} {}", "case:8:98: found {, wanted nothing after the JSON text (end of file expected)"},
    {label, "\"end\": 40", "\"end\": NaN", "case:1:61: found NaN, wanted valid JSON (invalid token)"},
    {label, "\"end\": 40", "\"end\": -Infinity", "case:1:59: found -, wanted valid JSON (invalid token)"},
    {label, "\"end\": 40", "\"end\": 1e999", "case:1:63: found 1e999, wanted a number that a double can hold; integers beyond 64 bits need a decimal point (real number overflow)"},
    {label, "\"end\": 40", "\"end\": 100000000000000000000", "case:1:79: found too big integer, wanted a number that a double can hold; integers beyond 64 bits need a decimal point"},
    {label, "\"end\": 40", "\"end\": 0x10", "case:1:60: found x, wanted valid JSON ('}' expected)"},
    {label, "\"end\": 40", "\"end\": 040", "case:1:59: found 0, wanted valid JSON (invalid token)"},
    {label, "\"end\": 40,", "\"end\": 40, \"end\": 41,", "case:1:67: found \"end\", wanted every key once (duplicate object key)"},
    {label, "\"name\": \"n\"", "\"name\": \"a\\u0000b\"", "case:1:47: found \"a\\u0000b\", wanted text without NUL (\\u0000 is not allowed without JSON_ALLOW_NUL)"},
    {label, "\"name\": \"n\"", "\"name\": \"\377\"", "case:1:38: found unable to decode byte 0xff, wanted UTF-8 text"},
    {label, "\"name\": \"n\"", "\"name\": \"a\tb\"", "case:1:39: found \"a, wanted valid JSON (control character 0x9)"},
    {label, "\"end\": 40", "\"end\": \"nan\"", "case: $.time.end: found \"nan\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \"inf\"", "case: $.time.end: found \"inf\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \"0x1p+1024\"", "case: $.time.end: found \"0x1p+1024\", wanted a number that a double can hold"},
    {label, "\"end\": 40", "\"end\": \"1e400\"", "case: $.time.end: found \"1e400\", wanted a number that a double can hold"},
    {label, "\"end\": 40", "\"end\": \"40 \"", "case: $.time.end: found \"40 \", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \" 40\"", "case: $.time.end: found \" 40\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \"40ms\"", "case: $.time.end: found \"40ms\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \"\"", "case: $.time.end: found \"\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": \"0x\"", "case: $.time.end: found \"0x\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": true", "case: $.time.end: found true, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": null", "case: $.time.end: found null, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": [40]", "case: $.time.end: found a list of 1, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": {}", "case: $.time.end: found an object, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"end\": 40", "\"end\": 0", "case: $.time.end: found 0, wanted a finite number > 0"},
    {label, "\"end\": 40", "\"end\": -1", "case: $.time.end: found -1, wanted a finite number > 0"},
    {label, "\"step\": 0.5", "\"step\": 0", "case: $.time.step: found 0, wanted a finite number > 0"},
    {label, "\"step\": 0.5", "\"step\": -0.5", "case: $.time.step: found -0.5, wanted a finite number > 0"},
    {label, "evident-case-1", "evident-case-2", "case: $.format: found \"evident-case-2\", wanted evident-case-1"},
    {label, "\"format\": \"evident-case-1\", ", "", "case: $: found no such key, wanted the key \"format\" of a case"},
    {label, "\"format\": \"evident-case-1\"", "\"format\": 1", "case: $.format: found 1, wanted evident-case-1"},
    {label, "\"name\": \"n\"", "\"name\": \"\"", "case: $.name: found \"\", wanted a name of 1 to 255 bytes of UTF-8 without control characters"},
    {label, "\"name\": \"n\"", "\"name\": 3", "case: $.name: found 3, wanted a string"},
    {label, "\"name\": \"n\"", "\"name\": \"a\\nb\"", "case: $.name: found \"a\\u000ab\", wanted a name of 1 to 255 bytes of UTF-8 without control characters"},
    {label, "\"name\": \"n\"", "\"name\": \"n\", \"note\": [\"x\"]", "case: $.note: found a list of 1, wanted a string"},
    {label, "\"name\": \"n\"", "\"name\": \"n\", \"comment\": \"x\"", "case: $: found the key \"comment\", wanted only the keys of a case: format, name, note, time, populations, projections, samples, loss"},
    {label, "\"name\": \"n\", ", "", "case: $: found no such key, wanted the key \"name\" of a case"},
    {label, "{\"end\": 40, \"step\": 0.5}", "40", "case: $.time: found 40, wanted an object: the time"},
    {label, "\"end\": 40, ", "", "case: $.time: found no such key, wanted the key \"end\" of the time"},
    {label, "\"end\": 40", "\"end\": 40, \"begin\": 0", "case: $.time: found the key \"begin\", wanted only the keys of the time: end, step"},
    {label, "\"size\": 2, \"model\": \"spike", "\"size\": 1000000000, \"model\": \"spike", "case: $.populations[0].size: found 1000000000, wanted a whole number 1 .. 16777216"},
    {label, "\"size\": 2, \"model\": \"spike", "\"size\": 0, \"model\": \"spike", "case: $.populations[0].size: found 0, wanted a whole number 1 .. 16777216"},
    {label, "\"size\": 2, \"model\": \"spike", "\"size\": 2.5, \"model\": \"spike", "case: $.populations[0].size: found 2.5, wanted a whole number 1 .. 16777216"},
    {label, "\"size\": 2, \"model\": \"spike", "\"size\": -2, \"model\": \"spike", "case: $.populations[0].size: found -2, wanted a whole number 1 .. 16777216"},
    {label, "\"size\": 2, \"model\": \"spike", "\"size\": \"two\", \"model\": \"spike", "case: $.populations[0].size: found \"two\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"lif\", ", "\"izhikevich\", ", "case: $.populations[1].model: found \"izhikevich\", wanted spike-source, lif or li"},
    {label, "\"model\": \"lif\", ", "", "case: $.populations[1]: found no such key, wanted the key \"model\" of a population"},
    {label, "\"name\": \"hid\"", "\"name\": \"in\"", "case: $.populations[1].name: found \"in\", wanted a name that no other population has"},
    {label, "\"name\": \"hid\"", "\"name\": \"\"", "case: $.populations[1].name: found \"\", wanted a name of 1 to 255 bytes of UTF-8 without control characters"},
    {label, "\"name\": \"hid\", ", "", "case: $.populations[1]: found no such key, wanted the key \"name\" of a lif population"},
    {label, "\"tau_mem\": 20, \"tau_syn\": 5,", "\"tau_mem\": -20, \"tau_syn\": 5,", "case: $.populations[1].tau_mem: found -20, wanted a finite number > 0"},
    {label, "\"tau_mem\": 20, \"tau_syn\": 5,", "\"tau_mem\": 20, \"tau_syn\": 0,", "case: $.populations[1].tau_syn: found 0, wanted a finite number > 0"},
    {label, "\"tau_mem\": 20, \"tau_syn\": 5,", "\"tau_syn\": 5,", "case: $.populations[1]: found no such key, wanted the key \"tau_mem\" of a lif population"},
    {label, "\"tau_mem\": 20, \"tau_syn\": 5,", "\"tau_mem\": 20, \"tau_syn\": [5],", "case: $.populations[1].tau_syn: found a list of 1, wanted a list of 2 numbers"},
    {label, "[5, 4]", "[5, 4, 3]", "case: $.populations[2].tau_syn: found a list of 3, wanted a list of 2 numbers"},
    {label, "[5, 4]", "[5, -4]", "case: $.populations[2].tau_syn[1]: found -4, wanted a finite number > 0"},
    {label, "[5, 4]", "[5, [4]]", "case: $.populations[2].tau_syn[1]: found a list of 1, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "[5, 4]", "[5, \"4.5.6\"]", "case: $.populations[2].tau_syn[1]: found \"4.5.6\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"threshold\": 1", "\"threshold\": 0", "case: $.populations[1].threshold: found 0, wanted a finite number > 0"},
    {label, "\"threshold\": 1", "\"threshold\": -1", "case: $.populations[1].threshold: found -1, wanted a finite number > 0"},
    {label, "\"threshold\": 1", "\"threshold\": [1, 0]", "case: $.populations[1].threshold[1]: found 0, wanted a finite number > 0"},
    {label, "\"threshold\": 1", "\"threshold\": 1, \"reset\": 1", "case: $.populations[1].threshold: found 1, wanted more than the reset, 1"},
    {label, "\"threshold\": 1", "\"threshold\": 1, \"reset\": [0, 2]", "case: $.populations[1].threshold: found 1, wanted more than the reset of that neuron, 2"},
    {label, "\"threshold\": 1", "\"threshold\": [1, 3], \"reset\": [0, 4]", "case: $.populations[1].threshold[1]: found 3, wanted more than the reset of that neuron, 4"},
    {label, "\"threshold\": 1", "\"threshold\": 1, \"tau_ref\": 2", "case: $.populations[1]: found the key \"tau_ref\", wanted only the keys of a lif population: name, size, model, tau_mem, tau_syn, threshold, reset, bias"},
    {label, "\"threshold\": 1", "\"threshold\": 1, \"bias\": \"x\"", "case: $.populations[1].bias: found \"x\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "\"model\": \"spike-source\"", "\"model\": \"spike-source\", \"tau_mem\": 20", "case: $.populations[0]: found the key \"tau_mem\", wanted only the keys of a spike-source population: name, size, model"},
    {label, "\"model\": \"li\"", "\"model\": \"li\", \"threshold\": 1", "case: $.populations[2]: found the key \"threshold\", wanted only the keys of an li population: name, size, model, tau_mem, tau_syn, bias"},
    {label, "\"source\": \"in\"", "\"source\": \"inn\"", "case: $.projections[0].source: found \"inn\", wanted the name of a population"},
    {label, "\"source\": \"in\"", "\"source\": 0", "case: $.projections[0].source: found 0, wanted the name of a population"},
    {label, "\"source\": \"in\"", "\"source\": \"out\"", "case: $.projections[0].source: found \"out\" (model li), wanted a spike-source or lif population"},
    {label, "\"target\": \"out\"", "\"target\": \"in\"", "case: $.projections[1].target: found \"in\" (model spike-source), wanted a lif or li population"},
    {label, "\"target\": \"out\"", "\"target\": \"caf\303\251\"", "case: $.projections[1].target: found \"caf\303\251\", wanted the name of a population"},
    {label, "\"target\": \"out\", ", "", "case: $.projections[1]: found no such key, wanted the key \"target\" of a projection"},
    {label, "\"delay\": 0", "\"delay\": -0.5", "case: $.projections[0].delay: found -0.5, wanted a finite number >= 0"},
    {label, "\"delay\": 0", "\"delay\": [[0, 1], [2, -3]]", "case: $.projections[0].delay[1][1]: found -3, wanted a finite number >= 0"},
    {label, "\"delay\": 0", "\"delay\": [0, 1]", "case: $.projections[0].delay[0]: found 0, wanted a list of 2 numbers"},
    {label, "\"delay\": 0", "\"delay\": [[0, 1]]", "case: $.projections[0].delay: found a list of 1, wanted a list of 2 rows of 2 (source by target), or an hdf5 object"},
    {label, "\"delay\": 0", "\"delay\": false", "case: $.projections[0].delay: found false, wanted a number, 2 rows of 2, or an hdf5 object"},
    {label, "\"delay\": 0", "\"delay\": 0, \"plastic\": true", "case: $.projections[0]: found the key \"plastic\", wanted only the keys of a projection: source, target, delay, weights"},
    {label, "[[3, 1], [2, 4]]", "[[3, 1], [2, 4], [5, 6]]", "case: $.projections[0].weights: found a list of 3, wanted a list of 2 rows of 2 (source by target), or an hdf5 object"},
    {label, "[[3, 1], [2, 4]]", "[[3, 1], [2]]", "case: $.projections[0].weights[1]: found a list of 1, wanted a list of 2 numbers"},
    {label, "[[3, 1], [2, 4]]", "[[3, 1], 2]", "case: $.projections[0].weights[1]: found 2, wanted a list of 2 numbers"},
    {label, "[[3, 1], [2, 4]]", "[[3, 1], [2, \"many\"]]", "case: $.projections[0].weights[1][1]: found \"many\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "[[3, 1], [2, 4]]", "3", "case: $.projections[0].weights: found 3, wanted a list of 2 rows of 2 (source by target), or an hdf5 object"},
    {label, "[[3, 1], [2, 4]]", "{\"hdf5\": \"w.h5\"}", "case: $.projections[0].weights: found no such key, wanted the key \"dataset\" of an hdf5 object"},
    {label, "[[3, 1], [2, 4]]", "{\"hdf5\": 1, \"dataset\": \"/w\"}", "case: $.projections[0].weights.hdf5: found 1, wanted a string that is not empty"},
    {label, "[[3, 1], [2, 4]]", "{\"hdf5\": \"none.h5\", \"dataset\": \"/w\"}", "case: $.projections[0].weights.hdf5: found \"none.h5\", wanted an HDF5 file; there is none of that name"},
    {label, "\"weights\": [[3, 1], [2, 4]]", "\"weight\": [[3, 1], [2, 4]]", "case: $.projections[0]: found the key \"weight\", wanted only the keys of a projection: source, target, delay, weights"},
    {label, "[[1, 9], [2]]", "[[1, 9, 5], [2]]", "case: $.samples[0].spikes.in[0][2]: found 5, wanted ascending times, so at least 9"},
    {label, "[[1, 9], [2]]", "[[1, 9], [40]]", "case: $.samples[0].spikes.in[1][0]: found 40, wanted a time in [0, 40)"},
    {label, "[[1, 9], [2]]", "[[-1, 9], [2]]", "case: $.samples[0].spikes.in[0][0]: found -1, wanted a time in [0, 40)"},
    {label, "[[1, 9], [2]]", "[[1, 9]]", "case: $.samples[0].spikes.in: found a list of 1, wanted a list of 2 lists of spike times, or an hdf5 object"},
    {label, "[[1, 9], [2]]", "[[1, 9], 2]", "case: $.samples[0].spikes.in[1]: found 2, wanted a list of spike times"},
    {label, "[[1, 9], [2]]", "[[1, 9], [\"x\"]]", "case: $.samples[0].spikes.in[1][0]: found \"x\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "[[1, 9], [2]]", "7", "case: $.samples[0].spikes.in: found 7, wanted a list of 2 lists of spike times, or an hdf5 object"},
    {label, "{\"in\": [[1, 9], [2]]}", "{}", "case: $.samples[0].spikes: found no such key, wanted a key for the spike-source population \"in\""},
    {label, "{\"in\": [[1, 9], [2]]}", "[]", "case: $.samples[0].spikes: found a list of 0, wanted an object: spike times by spike-source population"},
    {label, "{\"in\": ", "{\"hid\": [], \"in\": ", "case: $.samples[0].spikes.hid: found a list of 0, wanted only keys that name spike-source populations"},
    {label, "{\"in\": ", "{\"inn\": [], \"in\": ", "case: $.samples[0].spikes.inn: found a list of 0, wanted only keys that name spike-source populations"},
    {label, "\"label\": 1", "\"label\": 2", "case: $.samples[0].target.label: found 2, wanted a whole number 0 .. 1"},
    {label, "\"label\": 1", "\"label\": -1", "case: $.samples[0].target.label: found -1, wanted a whole number 0 .. 1"},
    {label, "\"label\": 1", "\"label\": 0.5", "case: $.samples[0].target.label: found 0.5, wanted a whole number 0 .. 1"},
    {label, "\"label\": 1", "\"label\": \"one\"", "case: $.samples[0].target.label: found \"one\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {label, "{\"label\": 1}", "1", "case: $.samples[0].target: found 1, wanted an object: a target of voltage-integral-cross-entropy"},
    {label, "{\"label\": 1}", "{}", "case: $.samples[0].target: found no such key, wanted the key \"label\" of a target of voltage-integral-cross-entropy"},
    {label, "{\"label\": 1}", "{\"times\": [1, 2]}", "case: $.samples[0].target: found the key \"times\", wanted only the keys of a target of voltage-integral-cross-entropy: label"},
    {label, "\"target\": {\"label\": 1}", "\"label\": 1", "case: $.samples[0]: found the key \"label\", wanted only the keys of a sample: spikes, target"},
    {times, "[5, 6.5]", "[5]", "case: $.samples[0].target.times: found a list of 1, wanted a list of 2 numbers"},
    {times, "[5, 6.5]", "5", "case: $.samples[0].target.times: found 5, wanted a list of 2 numbers"},
    {times, "[5, 6.5]", "[5, null]", "case: $.samples[0].target.times[1]: found null, wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {voltages, "[1, [[0", "[[[0", "case: $.samples[0].target.voltages: found a list of 1, wanted a list of 2, one each output"},
    {voltages, "[1, [[0", "[\"a\", [[0", "case: $.samples[0].target.voltages[0]: found \"a\", wanted a number, or a string that holds one such as \"0x1.8p-3\""},
    {voltages, "[1, [[0", "[false, [[0", "case: $.samples[0].target.voltages[0]: found false, wanted a number or a list of [time, value] steps"},
    {voltages, "[[0, 1], [9, 2]]", "[[1, 1], [9, 2]]", "case: $.samples[0].target.voltages[1][0][0]: found 1, wanted 0: the first step starts there"},
    {voltages, "[[0, 1], [9, 2]]", "[[0, 1], [0, 2]]", "case: $.samples[0].target.voltages[1][1][0]: found 0, wanted ascending times, so more than 0"},
    {voltages, "[[0, 1], [9, 2]]", "[[0, 1], [40, 2]]", "case: $.samples[0].target.voltages[1][1][0]: found 40, wanted a time in [0, 40)"},
    {voltages, "[[0, 1], [9, 2]]", "[[0, 1], [9]]", "case: $.samples[0].target.voltages[1][1]: found a list of 1, wanted a step [time, value]"},
    {voltages, "[[0, 1], [9, 2]]", "[]", "case: $.samples[0].target.voltages[1]: found no steps, wanted one at least, at time 0"},
    {label, "\"kind\": \"voltage-integral-cross-entropy\"", "\"kind\": \"voltage-integral\"", "case: $.loss.kind: found \"voltage-integral\", wanted voltage-integral-cross-entropy, instantaneous-cross-entropy, max-voltage-cross-entropy, first-spike-cross-entropy, first-spike-squared-error, first-spike-margin or voltage-squared-error"},
    {label, "\"kind\": \"voltage-integral-cross-entropy\", ", "", "case: $.loss: found no such key, wanted the key \"kind\" of the loss"},
    {label, "\"linear\"", "\"quadratic\"", "case: $.loss.weighting: found \"quadratic\", wanted uniform, exponential, linear or sigmoid"},
    {label, ", \"weighting\": \"linear\"", "", "case: $.loss: found no such key, wanted the key \"weighting\" of voltage-integral-cross-entropy"},
    {label, "\"population\": \"out\", ", "\"population\": \"hid\", ", "case: $.loss.population: found \"hid\" (model lif), wanted an li population for this loss"},
    {label, "\"population\": \"out\", ", "\"population\": \"none\", ", "case: $.loss.population: found \"none\", wanted the name of a population"},
    {label, "\"population\": \"out\", ", "\"population\": \"out\", \"alpha\": 1, ", "case: $.loss: found the key \"alpha\", wanted only the keys of voltage-integral-cross-entropy: kind, population, weighting"},
    {spike, "\"population\": \"hid\", ", "\"population\": \"out\", ", "case: $.loss.population: found \"out\" (model li), wanted a lif population for this loss"},
    {spike, "\"tau0\": 2", "\"tau0\": 0", "case: $.loss.tau0: found 0, wanted a finite number > 0"},
    {spike, ", \"tau1\": 8", "", "case: $.loss: found no such key, wanted the key \"tau1\" of first-spike-cross-entropy"},
    {spike, "\"tau1\": 8", "\"tau1\": -8", "case: $.loss.tau1: found -8, wanted a finite number > 0"},
    {spike, "\"alpha\": 1", "\"alpha\": 1, \"penalty\": \"reciprocal\"", "case: $.loss: found the key \"tau1\", wanted only the keys of first-spike-cross-entropy (reciprocal): kind, population, penalty, tau0, alpha, silent_after"},
    {spike, "\"alpha\": 1", "\"alpha\": 1, \"penalty\": \"cubic\"", "case: $.loss.penalty: found \"cubic\", wanted exponential or reciprocal"},
    {spike, "\"alpha\": 1", "\"alpha\": 1, \"silent_after\": -1", "case: $.loss.silent_after: found -1, wanted a finite number >= 0"},
    {spike, ", \"alpha\": 1", "", "case: $.loss: found no such key, wanted the key \"alpha\" of first-spike-cross-entropy"},
    {margin, ", \"margin\": 3", "", "case: $.loss: found no such key, wanted the key \"margin\" of first-spike-margin"},
    {margin, "\"margin\": 3", "\"margin\": 3, \"tau0\": 3", "case: $.loss: found the key \"tau0\", wanted only the keys of first-spike-margin: kind, population, margin, silent_after"},
    {margin, "\"population\": \"hid\"", "\"population\": \"in\"", "case: $.loss.population: found \"in\" (model spike-source), wanted a lif population for this loss"},
};
// clang-format on

#endif
