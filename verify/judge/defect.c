/* SPDX-License-Identifier: MIT */
/* defect.c: the register of the published system's known defects. `evident defects` prints it,
 * `--defect N` plants those that one trial of an engine can have, ref/MATH.md has it as a table. */
#include "verify/judge/defect.h"

/* Of those without a variant, 3, 8 to 13 and 15 to 17 are of training, reports and texts, and 14 is
 * another program's scheme. */
const struct defect defects[] = {
    {1, SCHEME_DRIVE_OVER_TAU, SCHEME_DRIVE_OVER_TAU, "drive of the loss divided by tau_mem",
     "C since July 2023, M",
     "gradients of integral losses times 1/tau_mem (the exact update wants the steady state); "
     "regulariser and Adam's epsilon are calibrated to it"},
    {2, SCHEME_MAX_OVER_T, SCHEME_MAX_OVER_T, "jump of the maximum divided by T", "C",
     "a constant factor"},
    {3, 0, 0, "softmax of the time average, where the text has the integral", "C",
     "a temperature T"},
    {4, SCHEME_LATE_JUMP, SCHEME_LATE_JUMP, "the jump comes one step late", "C",
     "first order in dt"},
    {5, SCHEME_BLOCKED, SCHEME_BLOCKED, "a spike in the last step blocks its neuron", "C",
     "no backward pass of that neuron: rare, silent"},
    {6, SCHEME_STALE, SCHEME_STALE, "backward with weights one update newer", "C, M",
     "one step stale"},
    {7, SCHEME_TAU_PUBLISHED, SCHEME_TAU_PUBLISHED, "tau gradients without dt, misaligned, aliased",
     "C", "a step off, and wrong in the first half of a trial (one double buffer)"},
    {8, 0, 0, "the lift of silent neurons' weights goes to all neurons", "C",
     "a drift of 0.002 an epoch"},
    {9, 0, 0, "11 taps of the delay line where the text has 10", "C", "7,700 inputs, not 7,000"},
    {10, 0, 0, "the ranking of a cross validation reads the first fold for every fold", "C",
     "noisier choice"},
    {11, 0, 0, "configurations of a comparison differ between training and plotting", "C",
     "unclear which was printed"},
    {12, 0, 0, "the reported first-spike loss is of the predicted output, not of the label", "C",
     "reporting only"},
    {13, 0, 0, "heterogeneous time constants are drawn without the seed", "C", "not reproducible"},
    {14, 0, 0, "exact propagation in C, exponential Euler with mean current in M", "C, M",
     "numbers are not interchangeable"},
    {15, 0, 0, "the speed claim holds at dt = 1 ms only", "C", "none on numbers"},
    {16, 0, 0, "the epoch of the test is chosen by training accuracy", "C",
     "no leak, no early stopping"},
    {17, 0, 0, "derivations omit tau before a time derivative in places", "notes", "typographical"},
    {18, SCHEME_FLOAT_CLOCK, SCHEME_FLOAT_CLOCK, "spikes found again by a binary32 clock", "C",
     "unsafe for dt <= 0.01 ms"},
    {0, 0, 0, NULL, NULL, NULL},
};

bool ver_defect_known(unsigned number)
{
    for (const struct defect *d = defects; d->number > 0; d++)
        if (d->number == number)
            return d->engine != 0;
    return false;
}
