# SPDX-License-Identifier: MIT
"""Ready adapters, one file a program: `python -m evident_snn.adapters NAME` answers requests.

Each states its conventions at its top and refuses (not-run, with the reason) what its engine cannot
express. None approximates in silence.
"""
NAMES = ("numpy_eventprop", "torch_bptt", "snntorch_bptt", "norse_adjoint", "eventax_eventprop",
         "mlgenn_eventprop", "eventprop_original")
