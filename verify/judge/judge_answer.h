/* SPDX-License-Identifier: MIT */
/* judge_answer.h: what the files share that hold an answer against the truth: of another program,
 * of a shared object, of an engine in double precision. Private to verify/.
 *
 * A program is held against the reference by its digits. One that says its times are exact must
 * agree within what rounding moves the truth itself by (agree_move.c); one with a fixed step must
 * come nearer as its step shrinks (convergence.c). Direction, scale and sign are told apart; of
 * spikes the first that is missing or extra, and of those that are there the one furthest off. */
#ifndef EVIDENT_VERIFY_JUDGE_ANSWER_H
#define EVIDENT_VERIFY_JUDGE_ANSWER_H

#include "verify/judge/judge_scheme.h"
#include "verify/exec/program.h"

struct judge_answer {
    struct judge *judge;
    const struct engine *engine;
    struct engine_options options; /* that it is asked with, but for the step */
    bool single;                   /* it answers in binary32 */
    struct ver_judged *out;
    struct result *answer;
    double step;                  /* ms, that it was asked with; 0: none */
    double size[CASE_QUANTITIES]; /* largest gradient of the reference */
    enum ver_verdict verdict;     /* of the case, before this program was asked */
    char reason[320];             /* likewise */
    size_t trains;                /* samples * lif neurons, in the order of struct result */
    enum ver_cause cause;         /* a gradient that it gave and nothing can be said of, why */
    char unjudged[192];           /* likewise, which and why; "" without */
};

/* ---- judgement.c ---- */

const char *cause_text(enum ver_cause cause); /* as it is said of one case; "" of none */

/* ---- judge_answer.c ---- */

/* Fills size and trains. */
void answer_measure(struct judge_answer *p);

/* Holds p->answer against the reference. 0, or -1 with verdict and reason. */
int answer_judge(struct judge_answer *p);

/* A fresh comparison of this program; NULL if memory is short. */
struct ver_comparison *answer_compare(struct judge_answer *p, enum ver_kind kind,
                                      const char *quantity);

/* Asks at a step, applies the conventions and counts the time. 0; 1 if the program does not run it
 * (reason says why); -1 with verdict and reason. */
int answer_ask(struct judge_answer *p, struct result *answer, double step,
               char reason[RESULT_REASON]);

/* Whether its numbers can say x: finite, and in the range of its precision. What has no derivative
 * is no number. */
bool answer_says(const struct judge_answer *p, const arb_t x);
/* Digits that agree, at most those of a double; NaN where there is nothing to measure by. */
double answer_digits(double off, double size);
const char *answer_beyond(const struct judge_answer *p); /* "beyond double precision", or single */

/* A comparison that decides nothing: numbers that are counted, and why. 0, or -1. */
int answer_set_apart(struct judge_answer *p, const char *quantity, size_t numbers, const char *why);

/* ---- agree_input.c: every number that a case gives ---- */

/* Which inputs move: number `group` alone; or those that fall into a group, by their places, each
 * up or down by its place and the pattern. No groups: none. */
struct agree_design {
    size_t groups, group;
    bool alone;
    unsigned pattern;
    double residual; /* that a threshold moves by at least */
};

/* The case with some inputs moved, numbers by nudge relative to themselves and times by time ms,
 * and how many inputs there are. *apart: one moved that no rounding moves (a zero; one delay of
 * many that are the same), to see what hangs on it. To be freed; NULL if memory is short. */
struct case_problem *agree_input_move(const struct judge *judge, const struct agree_design *design,
                                      double nudge, double time, size_t *inputs, bool *apart);

/* ---- agree_terms.c: what cancels in a derivative ---- */

/* A derivative by a time is a difference: w (lambda_V - lambda_I), summed over what a spike
 * reaches. Its terms are rounded, however small it is. */
struct agree_terms {
    double *neuron;    /* [lif neurons]: sizes of the terms of dL/dt of its spikes, 1/ms */
    double *parameter; /* [parameters]: of all terms of a derivative */
};

/* Fills in neuron, and parameter with the terms of delays and input times. 0, or -1 if memory is
 * short. */
int agree_terms_init(struct agree_terms *terms, const struct judge *judge);
void agree_terms_clear(struct agree_terms *terms);

/* moved: what became of the truth when the parameters by which c differs from the case were moved.
 * What dL/dt of a spike is rounded by reaches them as they reach the spike; share of it counts. */
void agree_terms_add(struct agree_terms *terms, const struct judge *judge,
                     const struct case_problem *c, const struct ref_result *moved, double share);

/* ---- agree_move.c: how far rounding may move the truth ---- */

struct agree_move {
    double nudge, time; /* what rounding amounts to: relative, in ms (bounds.h) */
    /* Bounds: of the loss, [samples], [margins], [spikes] in ms in the order of the truth,
     * [parameters]; one block of memory, which loss begins. */
    double *loss, *sample_loss, *margin, *spike, *parameter;
    const char *near; /* NULL, or what rounding may cross: nothing can be said */
    /* The same numbers in one row: the truth, a moved one, sums of moves. */
    size_t numbers;
    arb_srcptr *row, *moved;
    double *sum;
    struct agree_terms terms;
};

/* false if a neuron spikes more or less often. */
bool agree_same_counts(const struct ref_result *a, const struct ref_result *b);

/* whole: all that rounding can do, and what it may cross; otherwise some part of it. 0, or -1 with
 * verdict and reason; clear whatever comes out. */
int agree_move_measure(struct agree_move *move, const struct judge_answer *p, bool whole);
void agree_move_clear(struct agree_move *move);

/* ---- agree_spikes.c ---- */

struct agree_spikes {
    size_t numbers, trains_differ; /* spikes compared; trains with one missing or extra */
    double worst;                  /* ratio; NaN is worst of all */
    char furthest[112];            /* the spike of that ratio */
    double got, want;              /* of it */
    /* What differs most: the first that is missing, extra or no number, else the furthest outside
     * its bound; empty if none does. */
    char first[112];
    size_t first_sample, first_population, first_neuron, first_train, first_index; /* of it */
};

/* bound[spikes] in ms in the order of the truth; NULL: common for all. */
void agree_compare_spikes(struct agree_spikes *spikes, const struct judge_answer *p,
                          const struct result *answer, const double *bound, double common);

/* The comparisons "spike_counts" and "spikes". *same: all counts are the reference's. 0, or -1. */
int agree_judge_spikes(struct judge_answer *p, const struct agree_move *move, bool *same);

/* ---- agree_gradient.c ---- */

/* Who agrees with gradients that are all exactly zero has shown nothing of its backward pass. */
#define AGREE_ALL_ZERO "the true gradients are all zero"

/* |got - want| / bound; 0 of identical numbers, whatever the bound. */
double agree_ratio(double got, double want, double bound);

/* All gradients that it provides, value by value, and by direction, scale and sign. */
int agree_judge_gradients(struct judge_answer *p, const struct agree_move *move);

/* Direction and scale of one quantity in words; empty if the truth is zero. */
void agree_describe(char *text, size_t size, const struct judge_answer *p, const double *gradient,
                    enum case_quantity quantity);

/* The cosine between a gradient and the truth; NaN of fewer than two numbers. */
double agree_cosine(const struct judge_answer *p, const double *gradient,
                    enum case_quantity quantity);

/* From block *b on, the next of a quantity; false if there is none. */
bool answer_next_block(size_t *b, const struct judge *judge, enum case_quantity quantity);

/* ---- reading_look.c ---- */

/* Names what a wrong gradient looks like by itself: a factor, a transposed matrix.
 * bound[parameters] or NULL; bits: how exact a factor is. */
void reading_gradient(struct judge_answer *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits);

/* ---- again_difference.c ---- */

struct again_difference { /* the first number that differs; place empty: none does */
    char place[96], first[40], second[40];
    size_t numbers; /* compared */
};

/* Whether two answers differ in a bit. NaN is NaN, whatever its bits. */
bool again_differ(struct again_difference *d, const struct judge_answer *p, const struct result *a,
                  const struct result *b);

/* ---- again.c ---- */

/* Asks again, of what was judged since; got: what came of that. Likewise 0, or -1. */
int again_judge(struct judge_answer *p, size_t since, int got);

/* Starts the program anew and asks it about these cases. */
void again_ask_before(const struct judge_answer *p, char *const *name, size_t count);

/* ---- convergence_shift.c: how far a step may move the truth ---- */

struct convergence_shift {
    double step;         /* ms; 0: not measured */
    double *block;       /* [blocks], L2 norms: the largest moves of the gradient that were seen */
    enum ver_cause near; /* why nothing can be said: it is another network a step beside */
};

/* Of the case moved by a step in ms. 0, or -1 with verdict and reason; clear whatever comes out. */
int convergence_shift_measure(struct convergence_shift *shift, const struct judge_answer *p,
                              double step);
void convergence_shift_clear(struct convergence_shift *shift);

/* Relative: what the program's precision loses of a voltage over a time constant (bounds.h). */
double convergence_rounding(const struct judge_answer *p, double step);

/* ---- convergence_part.c: one thing that must come nearer to the truth ---- */

/* The loss, the spikes, or the gradient by the parameters of one block. */
struct convergence_part {
    const char *name;               /* "ladder_weights" */
    enum ver_ladder_quantity like;  /* it behaves like spikes, or like a gradient */
    const struct case_block *block; /* NULL: of no gradient */
    struct ver_ladder ladder;       /* [like] is its error: absolute */
    double size;                    /* L2 norm of the truth; of the others what it is relative to */
    double factor[VER_RUNGS], cosine[VER_RUNGS]; /* of a gradient; or NaN */
};

struct convergence {
    struct judge_answer *p;
    struct convergence_part *track;
    size_t tracks, rungs;
    double *gradient[VER_RUNGS];    /* [rungs], as answered: [parameters] */
    struct convergence_shift shift; /* at the step that it was last asked for */
    struct result finest;           /* the answer at the finest rung, if kept */
    bool kept;
    char event[112]; /* the first that differs there */
    char reason[RESULT_REASON];     /* why there are no more steps */
};

/* Of the whole block, or one row of it; parameters without a derivative are left out. The truth's
 * norm, and of x: distance, factor in front of the truth, cosine (NaN: x or the truth is zero). */
struct convergence_fit {
    double size, own, error, factor, cosine;
};
struct convergence_fit convergence_fit_block(const struct judge *judge,
                                             const struct case_block *block, size_t first,
                                             size_t count, const double *x);

struct convergence_verdict {
    enum ver_outcome outcome;
    enum ver_cause why;  /* of one that is no evidence */
    double bound, ratio; /* of the finest rung; NaN: there is none */
    bool constant;       /* it differs: a constant factor */
};

/* 0, or -1 with verdict and reason. */
int convergence_weigh(struct convergence_verdict *weighed, struct convergence *ladder,
                      const struct convergence_part *track);

/* The rung after which its error grows again; the last if it does not. */
size_t convergence_best_step(const struct convergence_part *track);

/* ---- convergence_step.c: one answer of a ladder ---- */

/* All that the answer at the case's own step provides. 0, or -1 if memory is short. */
int convergence_add_parts(struct convergence *ladder);

/* The answer at a step. 0, or -1 with verdict and reason. */
int convergence_take_step(struct convergence *ladder, const struct result *answer, double step);

/* A NaN is wrong whatever the step. 0, or -1 with verdict and reason; *bad: it was told. */
int convergence_judge_finite(bool *bad, struct judge_answer *p, const struct result *a,
                             double step);

/* ---- convergence_reading.c: what a ladder that fails looks like ---- */

/* Takes an answer over: as the finest one, or to be cleared. */
void convergence_keep(struct convergence *ladder, struct result *answer, bool good);

/* Names what the limit of one part looks like by itself. */
void convergence_name_gradient(struct convergence *ladder, const struct convergence_part *track);

/* Names what explains all of the limit. */
void convergence_explain(struct convergence *ladder);

/* ---- convergence.c ---- */

int convergence_judge_program(struct judge_answer *p);

/* p->answer and the answers at halves of its step become rungs, which are judged. 0, or -1 with
 * verdict and reason; first: what p->answer is by itself is told. */
int convergence_judge(struct convergence *ladder, bool first);
void convergence_clear(struct convergence *ladder);

/* The same of an engine that has double precision, where rounding is not seen; fills the ladder of
 * the judgement. 0, or -1 with verdict and reason. */
int scheme_judge_convergence(struct scheme *scheme);

#endif
