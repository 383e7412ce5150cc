/* SPDX-License-Identifier: MIT */
/* defect.h: the register of the published system's known defects. Private to verify/. */
#ifndef EVIDENT_VERIFY_DEFECT_H
#define EVIDENT_VERIFY_DEFECT_H

#include "gpu/gpu.h"
#include "verify/verify.h"

struct defect {
    unsigned number;       /* of the register, 1 and on */
    unsigned engine, grid; /* enum scheme_variant, enum scheme_variant; 0: no part of one trial */
    const char *what;      /* also said of an engine whose numbers are those of the defect */
    const char *where;     /* C: the paper's public code; M: mlGeNN */
    const char *effect;
};

extern const struct defect defects[]; /* by number; ends with number 0 */

#endif
