/* SPDX-License-Identifier: MIT */
/* fit.h: which cases somebody can say, or wants: what a program declares as `can`
 * (verify/exec/PROTOCOL.md), and what --loss, --sizes and --feature ask for. */
#ifndef EVIDENT_FIT_H
#define EVIDENT_FIT_H

#include "cases/cases.h"

enum case_fit_delays { CASE_FIT_ANY_DELAYS, CASE_FIT_WHOLE_DELAYS, CASE_FIT_NO_DELAYS };

/* What a case may not have. */
enum case_fit_feature {
    CASE_FIT_RECURRENT,  /* a projection to the same population or to one before it */
    CASE_FIT_SKIP,       /* a projection over a population in between */
    CASE_FIT_PARALLEL,   /* several projections between one pair */
    CASE_FIT_BIAS,       /* a bias other than 0 */
    CASE_FIT_RESET,      /* a reset other than 0 */
    CASE_FIT_PER_NEURON, /* constants, or delays, that differ within a population or projection */
    CASE_FIT_EQUAL_TAUS, /* tau_mem = tau_syn */
    CASE_FIT_FEATURES
};

struct case_fit {
    unsigned models, losses; /* bit k: enum case_model, enum case_loss_kind; 0: all */
    enum case_fit_delays delays;
    bool without[CASE_FIT_FEATURES];
    size_t least_layers, most_layers; /* populations of neurons; most 0: any */
    size_t least_size, most_size;     /* neurons of a population, sources among them */
    size_t most_samples;
};

/* It leaves out nothing. */
bool case_fit_is_any(const struct case_fit *fit);

enum { CASE_FIT_WHY = 80 };

/* Whether a case fits; else why not: "loss first-spike-margin", "delays", "recurrent", ... */
bool case_fits(const struct case_problem *c, const struct case_fit *fit, char why[CASE_FIT_WHY]);

/* "recurrent": as it is declared. */
const char *case_fit_feature_name(enum case_fit_feature feature);

#endif
