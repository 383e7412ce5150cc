#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cases/data/digits.h5 from hd_spikes_700ch.npz (see README.md here). Needs numpy and h5py.

Usage: make_digits.py hd_spikes_700ch.npz cases/data/digits.h5
"""
import sys

import h5py
import numpy

ROWS = (308, 306, 45, 54, 131, 236, 162, 167)  # of the archive; few spikes first


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    archive = numpy.load(sys.argv[1])
    first = numpy.concatenate(([0], numpy.cumsum(archive["n_spikes"], dtype=numpy.int64)))
    with h5py.File(sys.argv[2], "w") as out:
        out["labels"] = archive["label"][list(ROWS)].astype("<f4")[:, None]
        for k, row in enumerate(ROWS):
            part = slice(first[row], first[row + 1])
            tick = numpy.cumsum(archive["dt"][part], dtype=numpy.int64)
            spikes = numpy.stack([archive["unit"][part], tick], axis=1).astype("<f4")
            out.create_dataset(str(k), data=spikes, compression=9, shuffle=True)


if __name__ == "__main__":
    main()
