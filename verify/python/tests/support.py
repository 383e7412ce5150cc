# SPDX-License-Identifier: MIT
"""What the tests share. Without NumPy every test module is skipped, and counted as not run."""
import importlib
import importlib.util
import json
import os
import shutil
import sys
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "cases", "examples")
sys.path.insert(0, PACKAGE)

if importlib.util.find_spec("numpy") is None:
    raise unittest.SkipTest("NumPy is not installed here")

NETWORK = {
    "format": "evident-case-1", "name": "n", "time": {"end": 40, "step": 0.5},
    "populations": [
        {"name": "in", "size": 2, "model": "spike-source"},
        {"name": "hid", "size": 2, "model": "lif", "tau_mem": 20, "tau_syn": 5, "threshold": 1},
        {"name": "out", "size": 2, "model": "li", "tau_mem": 20, "tau_syn": [5, 4]}],
    "projections": [
        {"source": "in", "target": "hid", "delay": 0, "weights": [[3, 1], [2, 4]]},
        {"source": "hid", "target": "out", "weights": [[1, 2], [3, 4]]}],
    "samples": [{"spikes": {"in": [[1, 9], [2]]}, "target": {"label": 1}}],
    "loss": {"kind": "voltage-integral-cross-entropy", "population": "out",
             "weighting": "linear"}}


def needs(*packages):
    """Of a test class: it is not run, test by test, where one of them or evident is absent."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    why = f"{missing[0]} is not installed here" if missing else (
        "the program evident is not in $EVIDENT or PATH")
    return unittest.skipUnless(not missing and program(), why)


def network():
    """A fresh copy of a small case's document."""
    return json.loads(json.dumps(NETWORK))


def put(document, path, value):
    """Sets, adds or (value None) removes what stands at a path of keys and indices."""
    for step in path[:-1]:
        document = document[step]
    if value is None:
        del document[path[-1]]
    else:
        document[path[-1]] = value


def stand_in(modules):
    """Modules by name, with their members, in the place of packages that are not here."""
    for name, members in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module


def fresh_adapter(name):
    """The module of a ready adapter, imported anew, with what stands in for its packages now."""
    sys.modules.pop(f"evident_snn.adapters.{name}", None)
    return importlib.import_module(f"evident_snn.adapters.{name}")


def forget(*packages):
    """Takes packages out again."""
    for name in [n for n in sys.modules if n.split(".")[0] in packages]:
        del sys.modules[name]


def program():
    """The program evident, or None: $EVIDENT, else PATH."""
    return shutil.which(os.environ.get("EVIDENT") or "evident")
