# SPDX-License-Identifier: MIT
"""A program to be judged whose loss is no number and whose first gradient is none, written as
json.dumps does by default: bare Infinity and NaN."""
import json
import sys

for line in sys.stdin:
    case = json.loads(line)
    weights = [[[float("nan") if (i, j) == (0, 0) else 0.0 for j in range(len(row))]
                for i, row in enumerate(projection["weights"])]
               for projection in case["projections"]]
    print(json.dumps({"format": "evident-result-1", "loss": float("inf"),
                      "gradients": {"weights": weights}}), flush=True)
