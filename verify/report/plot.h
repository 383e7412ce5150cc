/* SPDX-License-Identifier: MIT */
/* plot.h: one case as a picture. Private to verify/. */
#ifndef EVIDENT_VERIFY_PLOT_H
#define EVIDENT_VERIFY_PLOT_H

#include "verify/options/options.h"
#include "verify/diagnose/explain.h"

struct plot_neuron {
    size_t population, neuron;
    size_t cell; /* lif and li neurons are counted so; of others without meaning */
};

struct plot {
    const struct case_problem *problem;
    size_t sample, most;
    const char *title;
    struct ref_result truth;
    bool decided;            /* truth has numbers */
    struct explain *explain; /* of the engine asked for; NULL without one */
    bool engine;             /* explain has numbers of an engine */

    struct plot_neuron trace[PLOT_MOST], source[PLOT_MOST];
    size_t traces, sources, other_traces, other_sources; /* other: left out */
};

/* The most interesting neurons: those of the failing event and of the worst weight, outputs, then
 * those that spike most; in the order of the case. */
void plot_choose(struct plot *plot);

/* Writes the tables that reports/case.gp draws. 0, or -1 and error. */
int plot_tables(const struct plot *plot, const struct ref_probe *probe, size_t probes,
                const char *directory, struct case_error *error);

#endif
