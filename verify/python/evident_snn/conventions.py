# SPDX-License-Identifier: MIT
"""What an engine's numbers mean: its card, read by people and by the judge."""
from dataclasses import asdict, dataclass, field
from typing import Dict, List, Union

FORMAT = "evident-conventions-1"


@dataclass
class Conventions:
    """How an implementation counts. Answers are in the order of the case, in ms whatever its own
    unit is, or as answers_in says; a constant factor on its gradients is left in and declared."""

    engine: str
    version: str = ""  # of the implementation, e.g. "norse 1.1.0"
    time: str = "exact"  # "exact" or "grid"
    time_unit: str = "ms"  # that the implementation itself uses
    answers_in: str = "ms"  # or "s"
    sign: int = 1  # -1: gives the direction of descent
    # Known constant factor on its gradients, e.g. "1/tau_mem"; or by kind of loss, others "1".
    scale: Union[str, float, Dict[str, Union[str, float]]] = "1"
    loss: str = "mean"  # over samples: "mean" or "sum"
    precision: str = "float64"
    accuracy: float = 0  # relative, of a numerical integration: judged within it
    threshold_residual: float = 0  # by how much V misses the threshold at a spike: likewise
    repeatable: bool = True  # False: sums in no fixed order; asked again, its bits may differ
    surrogate: str = ""  # of a surrogate gradient; "" if none is used
    provides: List[str] = field(default_factory=lambda: ["loss", "spikes", "weights"])
    refuses: List[str] = field(default_factory=list)  # what it answers not-run to, in words
    note: str = ""
    # Which cases it can say, so that suites draw no others; keys as in verify/exec/PROTOCOL.md:
    # {"losses": [...], "delays": False, ...}. Empty: all.
    can: Dict[str, object] = field(default_factory=dict)

    def document(self) -> Dict[str, object]:
        """The JSON document that `--conventions` prints."""
        return {"format": FORMAT, **asdict(self)}
