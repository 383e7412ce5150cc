/* SPDX-License-Identifier: MIT */
/* mistake.h: what the reference can be asked to do wrong on its way back (ref_options.mistakes). */
#ifndef EVIDENT_MISTAKE_H
#define EVIDENT_MISTAKE_H

/* Mistakes that a backward pass can have: what it would say with them tells what is wrong with one
 * that says the same. Numbers are those of ref/MATH.md; S is what (E13) divides by. */
enum ref_mistake {
    REF_NO_RESET = 1 << 0,      /* h lambda_V(+) of (E13) is left out */
    REF_NO_CARRY = 1 << 1,      /* lambda_V(+) before the bracket of (E13) is left out */
    REF_NO_SLOPE = 1 << 2,      /* S = 1 */
    REF_SLOPE_PER_MS = 1 << 3,  /* S = V', where it is tau_m V' */
    REF_SLOPE_AFTER = 1 << 4,   /* S = I - r + b, of after the reset */
    REF_SLOPE_CURRENT = 1 << 5, /* S = I + b: V is left out */
    REF_SLOPE_NO_BIAS = 1 << 6, /* S = I - theta */
    REF_NO_RECURRENCE = 1 << 7, /* (E13) sums over arrivals in other populations alone */
    REF_NO_ARRIVALS = 1 << 8,   /* (E13) has no sum over arrivals */
    REF_NO_LAMBDA_V = 1 << 9,   /* lambda_V of (E11) is left out */
    REF_NO_LAMBDA_I = 1 << 10,  /* lambda_I of (E11) is left out */
    REF_EVERY_SPIKE = 1 << 11,  /* all spikes of an output get dl/dt of its first */
    REF_DRIVE_PER_MS = 1 << 12, /* dl/dV of an integral is divided by tau_m */
    REF_BY_E12 = 1 << 13        /* S stands in V'(t-) of (E12): all of p(-) is divided by it */
};

#endif
