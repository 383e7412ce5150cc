# SPDX-License-Identifier: MIT
"""How far a gradient is valid: what `evident validity` says, line by line."""
import json
import subprocess
from typing import Any, Dict, List, Optional, Union

from .errors import EvidentError, one_line
from .judge import find_evident


def validity(case: Union[str, Dict[str, Any]], along: Optional[str] = None, prove: bool = False,
             within: float = 10.0) -> List[Dict[str, Any]]:
    """The next change of spikes on both sides of a case (an address, a file, or its document),
    for every parameter or along one direction: a parameter such as "weights[0][0][0]",
    "random:SEED" or "gradient". A dictionary a side: "kind", "at" (a decimal string, signed),
    "neuron", "spike", "loss" and "derivative" before and behind it; "proven" with prove."""
    document = None if isinstance(case, str) else json.dumps(case)
    command = [find_evident(), "validity", case if isinstance(case, str) else "-", "--json",
               "--within", repr(float(within))]
    command += ["--along", along] if along is not None else []
    command += ["--prove"] if prove else []
    ran = subprocess.run(command, input=document, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise EvidentError(one_line(ran.stderr, 400))
    return [json.loads(line) for line in ran.stdout.splitlines()]
