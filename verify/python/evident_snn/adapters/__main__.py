# SPDX-License-Identifier: MIT
"""python -m evident_snn.adapters NAME: serves a ready adapter.

Where the packages that it needs are missing, it answers not-run with the reason to every case, so
that nobody takes silence for agreement.
"""
import importlib
import sys
import warnings

from ..case import Case
from ..conventions import Conventions
from ..errors import NotRun, one_line
from ..result import Result
from ..serve import serve
from . import NAMES


def main() -> int:
    """Serves the adapter that the command line names."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print("usage: python -m evident_snn.adapters NAME [--conventions]\n"
              f"NAME: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    name = sys.argv[1]
    warnings.simplefilter("ignore")  # of other people's packages
    try:
        module = importlib.import_module(f"evident_snn.adapters.{name}")
    except ImportError as error:
        missing = (error.name or str(error)).split(".")[0]
        reason = one_line(f"{missing} is not installed here ({type(error).__name__}: {error})")

        def absent(case: Case) -> Result:
            raise NotRun(reason)

        serve(absent, conventions=Conventions(name, note=reason))
        return 0
    serve(module.run, conventions=module.CONVENTIONS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
