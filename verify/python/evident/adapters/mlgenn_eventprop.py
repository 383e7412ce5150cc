"""mlGeNN's EventPropCompiler: a place that is kept, not an adapter yet.

No package index has ml_genn or pygenn, so nothing could be run against them, and an adapter that
was never run could be wrong where mlGeNN is right. Its gradients are in no documented interface
either: they stand in variables of the generated model, one trial late, and are read by a callback.
So every case is answered with not-run and that reason; with the packages missing, with their
absence.

What is known of its conventions (reports of others, read in its source): fixed step, float32, ms;
weight gradients of voltage losses are divided by tau_mem of the outputs; one tau_syn a population;
delays are rounded to steps; the mean is over the nominal batch.
"""
import ml_genn
import pygenn

from ..case import Case
from ..conventions import Conventions
from ..errors import NotRun
from ..result import Result
from ..serve import serve

CONVENTIONS = Conventions(
    engine="mlgenn_eventprop", version=f"ml_genn {getattr(ml_genn, '__version__', '?')}, "
    f"pygenn {getattr(pygenn, '__version__', '?')}",
    time="grid", time_unit="ms", sign=1, scale="1/tau_mem of the outputs, for voltage losses",
    loss="mean", precision="float32", provides=[], refuses=["every case: not written yet"])


def run(case: Case) -> Result:
    """Refuses."""
    raise NotRun("no adapter was ever run against mlGeNN, so none answers for it")


if __name__ == "__main__":
    serve(run, conventions=CONVENTIONS)
