/* SPDX-License-Identifier: MIT */
/* explain.h: what `evident explain` finds out about a case that an engine gets wrong: where its
 * numbers leave their bounds first, forward and backward in time, and which known mistake would
 * give what it said there. Private to verify/. */
#ifndef EVIDENT_VERIFY_EXPLAIN_H
#define EVIDENT_VERIFY_EXPLAIN_H

#include "verify/judge/judge_scheme.h"

/* The first number outside its bound: forward the earliest, backward the latest in time. */
struct explain_event {
    bool found, decision; /* decision: spike or silence, not V itself */
    enum ref_grid_quantity quantity;
    size_t sample, cell;
    uint32_t step;
    double engine, grid, bound;
    int exact; /* of a decision: +1 the exact voltage spikes, -1 it does not */
};

/* One arrival of the worst weight. */
struct explain_term {
    size_t sample;
    uint32_t spike, row; /* steps: of the spike, and of the row of lambda_I that it reads */
    double engine, grid, bound;
};

enum { EXPLAIN_QUANTITIES = 5, EXPLAIN_CAUSES = 6, EXPLAIN_CAUSE = 240 };

struct explain {
    struct judge judge;
    struct ver_judgement judgement;
    struct ref_result truth; /* not run */
    struct ver_judged out;
    struct scheme scheme;
    struct case_grid grid;
    struct scheme_tallies tallies;
    struct explain_event forward, backward;

    /* Of the grid reference, [samples][steps][cells], by enum ref_grid_quantity; no slopes. */
    size_t cells, steps;
    double *value[EXPLAIN_QUANTITIES], *bound[EXPLAIN_QUANTITIES];

    bool weighed; /* a weight is outside: its terms */
    size_t projection, pre, post, parameter;
    double scale, engine_gradient, grid_gradient, gradient_bound; /* scale: of a term */
    struct explain_term *term;
    size_t terms;
    double *gradient, *gradient_bounds; /* of the grid reference, [parameters] */

    char cause[EXPLAIN_CAUSES][EXPLAIN_CAUSE];
    size_t causes;
};

enum explain_status {
    EXPLAIN_DIVERGES,
    EXPLAIN_AGREES, /* all within bounds: nothing to explain */
    EXPLAIN_CANNOT  /* reason says why */
};

/* Runs the first engine of the options and finds out. explain must be cleared in any case. */
enum explain_status explain_case(struct explain *explain, const struct case_made *made,
                                 const char *name, const struct ver_options *options, char *reason,
                                 size_t size);
void explain_clear(struct explain *explain);

/* The same of another program (explain_answer.c), which only its answer tells of: printed at once.
 * around: spikes to print before and after the first that differs. */
enum explain_status explain_program(FILE *out, const struct case_made *made, const char *name,
                                    const struct ver_options *options, unsigned around,
                                    char *reason, size_t size);

/* What the engine, or the grid, says of a cell. NaN for slopes of the grid. */
double explain_engine(const struct explain *e, enum ref_grid_quantity quantity, size_t sample,
                      uint32_t step, size_t cell);
size_t explain_place(const struct explain *e, size_t sample, uint32_t step, size_t cell);
const char *explain_quantity_name(enum ref_grid_quantity quantity);

/* Did the engine spike in that step? */
bool explain_spiked(const struct explain *e, size_t sample, size_t cell, uint32_t step);

/* How often neuron pre of a projection's source spiked in a step, by the engine or as input. */
size_t explain_spikes(const struct explain *e, size_t sample, size_t population, size_t neuron,
                      uint32_t step);

/* ---- explain_cause.c, explain_back.c: hypotheses ---- */

/* Adds a guess. */
void explain_guess(struct explain *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* engine is what a mistake would give, and not what is right. */
bool explain_fits(double engine, double mistake, double right, double size, double bound);

struct explain_cell { /* constants of one cell and step */
    double alpha, beta, kappa, kappa_back, bias, threshold, reset, tau_mem, tau_syn, dt;
    bool lif;
};
struct explain_cell explain_constants(const struct explain *e, size_t cell);

void explain_forward_causes(struct explain *e);
void explain_backward_causes(struct explain *e);
void explain_gradient_causes(struct explain *e);

/* ---- explain_text.c, explain_json.c ---- */

void explain_text(FILE *out, const struct explain *e, const char *name,
                  const struct ver_options *options, unsigned around);
int explain_json(FILE *out, const struct explain *e, const char *name, unsigned around);

#endif
