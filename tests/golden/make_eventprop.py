#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes eventprop.inc or epoch0.txt from published EventProp runs (README.md here); needs numpy.

Usage: make_eventprop.py DIRECTORY > tests/golden/eventprop.inc
       make_eventprop.py DIRECTORY epoch0 > tests/golden/epoch0.txt
DIRECTORY holds yinyang_seed0.npz to yinyang_seed4.npz; the former needs two of them.
"""
import sys

import numpy

SAMPLES = 40  # test samples 0 .. 39 at initial weights
WRONG_ROWS = (2, 3)  # rows of first_spikes of seed 0: after epochs 10 and 20
BATCH = 32
SEEDS = 5  # 0 .. 4, of epoch0.txt


def doubles(values):
    words = ["SILENT" if numpy.isnan(v) else float(v).hex() for v in numpy.ravel(values)]
    return ",\n".join(", ".join(words[k : k + 4]) for k in range(0, len(words), 4))


def network(run, seed, row):
    if row == 0:
        w1, w2, epoch = run["w1_init"], run["w2_init"], -1
    else:
        w1, w2, epoch = run["w1"][row - 1], run["w2"][row - 1], run["w_after_epoch"][row - 1]
    return "{%d, %d, {\n%s}, {\n%s}},\n" % (seed, epoch, doubles(w1), doubles(w2))


def trial(index, sample, published, exact):
    return "{%d, %d, {%s},\n{%s}},\n" % (index, sample, doubles(published), doubles(exact))


def trained():
    """A column a seed: w1, then w2, after epoch 0; repr is read back to the same double."""
    columns = []
    for seed in range(SEEDS):
        run = numpy.load("%s/yinyang_seed%d.npz" % (sys.argv[1], seed))
        row = list(run["w_after_epoch"]).index(0)
        columns.append(numpy.concatenate([run[name][row].ravel() for name in ("w1", "w2")]))
    print("# Made by make_eventprop.py; not to be edited. Sources and licence: README.md here.")
    print("# Published weights after epoch 0: w1[5][200], then w2[200][3]; a column a seed.")
    for row in zip(*columns):
        print(" ".join(repr(float(w)) for w in row))


def main():
    if len(sys.argv) == 3 and sys.argv[2] == "epoch0":
        return trained()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    runs = [numpy.load("%s/yinyang_seed%d.npz" % (sys.argv[1], s)) for s in (0, 1)]
    networks = [(0, 0), (1, 0)] + [(0, row) for row in WRONG_ROWS]
    print("/* Made by make_eventprop.py; not to be edited. Sources and licence: README.md here. */")
    print("static const struct golden_network NETWORK[] = {")
    for seed, row in networks:
        print(network(runs[seed], seed, row), end="")
    print("};\n\nstatic const struct golden_trial AGREED[] = {")
    for index in (0, 1):
        for sample in range(SAMPLES):
            times = runs[index]["first_spikes"][0, sample]
            print(trial(index, sample, times, times), end="")
    print("};\n\nstatic const struct golden_trial WRONG[] = {")
    places, values = runs[0]["exact_diff_index"], runs[0]["exact_diff_value"]
    for index, row in enumerate(WRONG_ROWS, 2):
        for sample in sorted(set(places[places[:, 0] == row, 1])):
            published = runs[0]["first_spikes"][row, sample]
            exact = published.copy()
            for place, value in zip(places, values):
                if place[0] == row and place[1] == sample:
                    exact[place[2]] = value
            print(trial(index, sample, published, exact), end="")
    print("};\n\nstatic const struct golden_batch BATCH = {0, {")
    order = [str(k) for k in runs[0]["epoch0_order"][:BATCH]]
    print(",\n".join(", ".join(order[k : k + 16]) for k in range(0, BATCH, 16)))
    print("}, %s, {\n" % float(runs[0]["batch0_loss"]).hex(), end="")
    for name in ("batch0_sample_losses", "batch0_grad_w1"):
        print(doubles(runs[0][name]) + "}, {")
    print(doubles(runs[0]["batch0_grad_w2"]) + "}};")


if __name__ == "__main__":
    main()
