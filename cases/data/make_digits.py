#!/usr/bin/env python3
"""Writes cases/families/digits_data.c from hd_spikes_700ch.npz (see README.md here).

Usage: make_digits.py hd_spikes_700ch.npz > cases/families/digits_data.c
"""
import array
import ast
import struct
import sys
import zipfile

ROWS = (308, 306, 45, 54, 131, 236, 162, 167)  # of the archive; few spikes first
CHANNELS = 700
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
WIDTH = 92
CODES = {"|u1": "B", "<u2": "H", "<i4": "i"}

BANNER = """\
/* digits_data.c: the spikes of eight spoken digits, as a table. Made by cases/data/make_digits.py;
 * not to be edited.
 *
 * Heidelberg Digits (Cramer, Stradmann, Schemmel, Zenke 2020), CC BY 4.0, encoded anew with the
 * lauscher cochlea model: see cases/data/README.md. The format is described in digits_data.h. */
#include "cases/families/digits_data.h"

/* clang-format off */
"""


def read_column(archive, name):
    """A one-dimensional array of an .npz file (.npy format, version 1)."""
    data = archive.read(name + ".npy")
    if data[:8] != b"\x93NUMPY\x01\x00":
        sys.exit(name + ": not a .npy array of version 1")
    (length,) = struct.unpack_from("<H", data, 8)
    header = ast.literal_eval(data[10 : 10 + length].decode())
    column = array.array(CODES[header["descr"]], data[10 + length :])
    if sys.byteorder == "big":
        column.byteswap()
    if header["shape"] != (len(column),):
        sys.exit(name + ": wrong length")
    return column


def encode(number):
    text = ""
    while number >= 32:
        text += ALPHABET[32 + number % 32]
        number //= 32
    return text + ALPHABET[number]


def lines_of(words):
    line = ""
    for word in words:
        if len(line) + len(word) > WIDTH:
            yield line
            line = ""
        line += word
    yield line


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    archive = zipfile.ZipFile(sys.argv[1])
    unit, delta, count, label, speaker, trial = (
        read_column(archive, name)
        for name in ("unit", "dt", "n_spikes", "label", "speaker", "trial")
    )
    print(BANNER)
    for row in ROWS:
        first = sum(count[:row])
        words = [encode(CHANNELS * delta[s] + unit[s]) for s in range(first, first + count[row])]
        print("/* speaker %d, trial %d */" % (speaker[row], trial[row]))
        print("static const char *const row_%d[] = {" % row)
        for line in lines_of(words):
            print('"%s",' % line)
        print("NULL};\n")
    print("const struct case_digits_recording case_digits[CASE_DIGITS_RECORDINGS] = {")
    for row in ROWS:
        print("    {row_%d, %d, %d}," % (row, count[row], label[row]))
    print("};\n/* clang-format on */")


if __name__ == "__main__":
    main()
