"""Matrices and spikes that stand in HDF5 files: {"hdf5": "FILE", "dataset": "/PATH"}."""
import os
from typing import Any, Optional

import numpy as np

from .values import Place, keys, show

_MOST_NUMBERS = 1 << 28


def dataset(place: Place, value: Any, directory: Optional[str], rows: Optional[int],
            columns: int) -> np.ndarray:
    """A float32 or float64 dataset of shape [rows][columns] as float64; any number of rows if
    `rows` is None. A relative path starts at `directory`, the folder of the case."""
    keys(place, value, ["hdf5", "dataset"], [], "an hdf5 object")
    for name in ("hdf5", "dataset"):
        if not isinstance(value[name], str) or not value[name]:
            place.key(name).refuse(show(value[name]), "a string that is not empty")
    try:
        import h5py
    except ImportError:
        place.refuse("an hdf5 object", "numbers, or the Python package h5py to read it with")
    path = os.path.join(directory or "", value["hdf5"])
    if not os.path.isfile(path):
        place.key("hdf5").refuse(show(path), "an HDF5 file; there is none of that name")
    try:
        with h5py.File(path, "r") as file:
            found = file.get(value["dataset"])
            if not isinstance(found, h5py.Dataset):
                place.key("dataset").refuse(show(value["dataset"]), "a dataset of that HDF5 file")
            return _read(place, found, rows, columns)
    except OSError:
        place.key("hdf5").refuse(show(path), "an HDF5 file; this one is damaged or of another kind")


def _read(place: Place, found: Any, rows: Optional[int], columns: int) -> np.ndarray:
    if found.dtype.kind != "f" or found.dtype.itemsize not in (4, 8):
        place.refuse("a dataset of another type", "IEEE float32 or float64")
    shape = "".join(f"[{n}]" for n in found.shape)
    if len(found.shape) != 2 or found.shape[1] != columns or rows not in (None, found.shape[0]):
        wanted = f"shape [{'n' if rows is None else rows}][{columns}]"
        place.refuse(f"a dataset of shape {shape}", wanted)
    if found.shape[0] * columns > _MOST_NUMBERS:
        place.refuse(f"a dataset of shape {shape}", f"at most {_MOST_NUMBERS} numbers")
    return np.asarray(found[()], dtype=float)
