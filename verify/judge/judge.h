/* SPDX-License-Identifier: MIT */
/* judge.h: what the files of the judge share about one case. Private to verify/. */
#ifndef EVIDENT_VERIFY_JUDGE_H
#define EVIDENT_VERIFY_JUDGE_H

#include "verify/verify.h"
#include "verify/judge/bounds.h"

/* Of a case's time limit, what the reference may take: its process still has to say what ran away.
 */
#define VER_SHARE_OF_TIME 0.9

struct judge {
    struct ver_judgement *out;
    const struct case_made *made;
    const struct case_problem *problem;
    const struct ver_options *options;
    uint64_t key; /* of the random numbers of this case */
    struct case_block *block;
    size_t blocks, parameters;
    double *scale;               /* [parameters]: natural size, > 0 */
    bool *boundary;              /* [parameters]: no central difference there */
    bool *none;                  /* [parameters]: the reference says there is no derivative */
    bool *covered;               /* [parameters]: some comparison of its derivative agreed */
    struct ref_nudge *nudge; /* [parameters], scratch */
    struct ref_probe probe[VER_PROBES];
    size_t probes;
    bool thorough; /* not left out by options->every, which chooses by the case's name */
    bool many;     /* arrivals: one simulation may take seconds (bounds.h) */
    bool costly;   /* that, or a witness that does: fewer differences */
    struct ref_result *truth;
    arb_t all; /* sum over all parameters of |derivative| times natural size */
    struct witness_share *share;
};

/* ---- judge_direction.c ---- */

/* Fills key, blocks, scale, boundary, none, covered, nudge, probes, thorough and costly. 0, or -1
 * if memory is short. */
int judge_prepare(struct judge *judge);
void judge_release(struct judge *judge);

/* The size of the voltages of a neuron, > 0: its threshold, or of an output the largest weight into
 * it; 1 where that is 0. */
double judge_voltage_size(const struct case_problem *c, size_t population, size_t neuron);

/* A random direction over all regular parameters that have a derivative, into nudge; how many. */
size_t judge_random_direction(struct judge *judge, uint64_t number);

/* The direction of all boundary parameters that have one, each coefficient positive; how many. */
size_t judge_boundary_direction(struct judge *judge);

/* One of so many spikes, > 0. */
size_t judge_random_spike(const struct judge *judge, size_t spikes);

/* Smallest gap in ms of a probe to an event of its neuron, by the reference's spikes. */
double judge_probe_gap(const struct judge *judge, const struct ref_probe *probe);

/* ---- judge_forward.c: spikes, losses, known truths ---- */

/* 0, or -1 with verdict and reason. */
int judge_forward(struct judge *judge);
int judge_known(struct judge *judge);

/* ---- judge_promise.c: digits, and margins by what the witness saw ---- */

int judge_promise(struct judge *judge);
int judge_margins(struct judge *judge, const struct witness_run *run);

/* ---- judge_backward.c: gradients against differences ---- */

/* The slope along a direction and its natural size. */
struct judge_slope {
    arb_t truth, scale;
};

void judge_slope_init(struct judge_slope *slope);
void judge_slope_clear(struct judge_slope *slope);
void judge_slope_add(struct judge_slope *slope, const struct judge *judge, const arb_t derivative,
                     double coefficient);

/* A derivative that the witness is asked for. */
struct judge_question {
    enum ver_kind kind;
    const char *quantity;
    char index[112];
    const struct judge_slope *slope;
    struct witness_direction direction;
    enum witness_side side;
};

/* Compares it, on each side by itself where events change places along the direction; what agrees
 * covers the parameters that were moved. 0, or -1 with verdict and reason. */
int judge_ask(struct judge *judge, const struct judge_question *question);

int judge_backward(struct judge *judge);

/* ---- judge_adjoint.c: adjoints against impulses and against each other ---- */

int judge_adjoints(struct judge *judge);

/* ---- judge_metamorphic.c: the reference after changes that must not matter ---- */

/* 0, or -1 with verdict and reason. */
int judge_metamorphic(struct judge *judge);
/* One change by its number in change.h. Likewise, or 1 if it does not apply to this case. */
int judge_change(struct judge *judge, size_t choice);

/* ---- judge_engines.c: all engines asked for ---- */

/* 0, or -1 with verdict and reason. */
int judge_engines(struct judge *judge);

/* ---- judge_answer.c: one engine that is another program ---- */

/* 0, or -1 with verdict and reason. */
int judge_free_engine(struct judge *judge, const struct engine *engine, struct ver_judged *out);

/* ---- judge_measure.c ---- */

void judge_measure_case(struct judge *judge);
/* Also fills none and all. */
void judge_measure_truth(struct judge *judge);
/* Samples times steps times cells, each population taking up whole vectors of so many lanes (0: 1):
 * what a run costs. 0 without a step. */
double judge_cost(const struct case_problem *c, double step, unsigned lanes);

/* ---- judgement.c ---- */

/* An empty comparison at the end of a judgement, or NULL if memory is short. */
struct ver_comparison *judge_comparison(struct ver_judgement *judgement);

/* How many comparisons differ, from that number on. */
size_t judge_differing(const struct ver_judgement *judgement, size_t since);

/* A fresh comparison at the end of the judgement, or NULL if memory is short. */
struct ver_comparison *judge_compare(struct judge *judge, enum ver_kind kind, const char *quantity);

/* Ends the judgement: sets verdict and reason, returns -1. */
int judge_end(struct judge *judge, enum ver_verdict verdict, const char *reason);
int judge_no_memory(struct judge *judge);
/* What becomes of a case whose witness returned that status, which is not WITNESS_OK. */
int judge_no_witness(struct judge *judge, enum witness_status status);

/* ---- judge_compare.c ---- */

void judge_number_text(char *text, size_t size, mpfr_srcptr x);

#endif
