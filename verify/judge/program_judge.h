/* program_judge.h: what the files that judge another program share. Private to verify/.
 *
 * A program is held against the reference by its digits. One that says its times are exact must
 * agree within what rounding moves the truth itself by (program_move.c); one with a fixed step must
 * come nearer as its step shrinks (program_ladder.c). Direction, scale and sign are told apart; of
 * spikes the first that is missing or extra, and of those that are there the one furthest off. */
#ifndef EVIDENT_VERIFY_PROGRAM_JUDGE_H
#define EVIDENT_VERIFY_PROGRAM_JUDGE_H

#include "verify/judge/clock.h"
#include "verify/exec/program.h"

struct program_case {
    struct judge *judge;
    const struct engine *engine;
    struct engine_options options; /* that it is asked with, but for the step */
    bool single;                   /* it answers in binary32 */
    struct ver_clock *out;
    struct result *answer;
    double step;                  /* ms, that it was asked with; 0: none */
    double size[CASE_QUANTITIES]; /* largest gradient of the reference */
    enum ver_verdict verdict;     /* of the case, before this program was asked */
    char reason[320];             /* likewise */
    size_t trains;                /* samples * lif neurons, in the order of struct result */
    char unjudged[192];           /* a gradient that it gave and that nothing can be said of, why */
};

/* ---- judge_program.c ---- */

/* Fills size and trains. */
void program_measure(struct program_case *p);

/* Holds p->answer against the reference. 0, or -1 with verdict and reason. */
int program_judge_answer(struct program_case *p);

/* A fresh comparison of this program; NULL if memory is short. */
struct ver_comparison *program_compare(struct program_case *p, enum ver_kind kind,
                                       const char *quantity);

/* Asks at a step, applies the conventions and counts the time. 0; 1 if the program does not run it
 * (reason says why); -1 with verdict and reason. */
int program_ask_at(struct program_case *p, struct result *answer, double step,
                   char reason[RESULT_REASON]);

const char *program_quantity_name(enum case_quantity quantity);

/* Whether its numbers can say x: finite, and in the range of its precision. What has no derivative
 * is no number. */
bool program_says(const struct program_case *p, const arb_t x);
const char *program_beyond(const struct program_case *p); /* "beyond double precision", or single */

/* A comparison that decides nothing: numbers that are counted, and why. 0, or -1. */
int program_set_apart(struct program_case *p, const char *quantity, size_t numbers,
                      const char *why);

/* ---- program_input.c: every number that a case gives ---- */

/* Which inputs move: number `group` alone; or those that fall into a group, by their places, each
 * up or down by its place and the pattern. No groups: none. */
struct program_design {
    size_t groups, group;
    bool alone;
    unsigned pattern;
};

/* The case with some inputs moved, numbers by nudge relative to themselves and times by time ms,
 * and how many inputs there are. *apart: one moved that no rounding moves (a zero; one delay of
 * many that are the same), to see what hangs on it. To be freed; NULL if memory is short. */
struct case_problem *program_input_move(const struct judge *judge,
                                        const struct program_design *design, double nudge,
                                        double time, size_t *inputs, bool *apart);

/* ---- program_terms.c: what cancels in a derivative ---- */

/* A derivative by a time is a difference: w (lambda_V - lambda_I), summed over what a spike
 * reaches. Its terms are rounded, however small it is. */
struct program_terms {
    double *neuron;    /* [lif neurons]: sizes of the terms of dL/dt of its spikes, 1/ms */
    double *parameter; /* [parameters]: of all terms of a derivative */
};

/* Fills in neuron, and parameter with the terms of delays and input times. 0, or -1 if memory is
 * short. */
int program_terms_init(struct program_terms *terms, const struct judge *judge);
void program_terms_clear(struct program_terms *terms);

/* moved: what became of the truth when the parameters by which c differs from the case were moved.
 * What dL/dt of a spike is rounded by reaches them as they reach the spike; share of it counts. */
void program_terms_add(struct program_terms *terms, const struct judge *judge,
                       const struct case_problem *c, const struct ref_result *moved, double share);

/* ---- program_move.c: how far rounding may move the truth ---- */

struct program_move {
    double nudge, time; /* what rounding amounts to: relative, in ms (bounds.h) */
    /* Bounds: of the loss, [samples], [margins], [spikes] in ms in the order of the truth,
     * [parameters]; one block of memory, which loss begins. */
    double *loss, *sample_loss, *margin, *spike, *parameter;
    const char *near; /* NULL, or what rounding may cross: nothing can be said */
    /* The same numbers in one row: the truth, a moved one, sums of moves. */
    size_t numbers;
    arb_srcptr *row, *moved;
    double *sum;
    struct program_terms terms;
};

/* false if a neuron spikes more or less often. */
bool program_same_counts(const struct ref_result *a, const struct ref_result *b);

/* whole: all that rounding can do, and what it may cross; otherwise some part of it. 0, or -1 with
 * verdict and reason; clear whatever comes out. */
int program_move_measure(struct program_move *move, const struct program_case *p, bool whole);
void program_move_clear(struct program_move *move);

/* ---- program_spikes.c ---- */

struct program_spikes {
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
void program_compare_spikes(struct program_spikes *spikes, const struct program_case *p,
                            const struct result *answer, const double *bound, double common);

/* The comparisons "spike_counts" and "spikes". *same: all counts are the reference's. 0, or -1. */
int program_judge_spikes(struct program_case *p, const struct program_move *move, bool *same);

/* ---- program_gradient.c ---- */

/* Who agrees with gradients that are all exactly zero has shown nothing of its backward pass. */
#define PROGRAM_ALL_ZERO "the true gradients are all zero"

/* |got - want| / bound; 0 of identical numbers, whatever the bound. */
double program_ratio(double got, double want, double bound);

/* All gradients that it provides, value by value, and by direction, scale and sign. */
int program_judge_gradients(struct program_case *p, const struct program_move *move);

/* Direction and scale of one quantity in words; empty if the truth is zero. */
void program_describe(char *text, size_t size, const struct program_case *p, const double *gradient,
                      enum case_quantity quantity);

/* The cosine between a gradient and the truth; NaN of fewer than two numbers. */
double program_cosine(const struct program_case *p, const double *gradient,
                      enum case_quantity quantity);

/* From block *b on, the next of a quantity; false if there is none. */
bool program_next_block(size_t *b, const struct judge *judge, enum case_quantity quantity);

/* ---- program_diagnose.c ---- */

/* What a wrong gradient looks like: a factor, a transposed matrix. bound[parameters] or NULL; bits:
 * how exact a factor is. */
void program_diagnose(struct program_case *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits);

/* ---- program_difference.c ---- */

struct program_difference { /* the first number that differs; place empty: none does */
    char place[96], first[40], second[40];
    size_t numbers; /* compared */
};

/* Whether two answers differ in a bit. NaN is NaN, whatever its bits. */
bool program_differ(struct program_difference *d, const struct program_case *p,
                    const struct result *a, const struct result *b);

/* ---- program_again.c ---- */

/* Asks again, of what was judged since; got: what came of that. Likewise 0, or -1. */
int program_judge_again(struct program_case *p, size_t since, int got);

/* Starts the program anew and asks it about these cases. */
void program_ask_before(const struct program_case *p, char *const *name, size_t count);

/* ---- program_delay.c ---- */

/* Where something differed since: adds to the diagnosis what delays would explain it. */
void program_name_delays(struct program_case *p, size_t since);

/* ---- program_shift.c: how far a step may move the truth ---- */

struct program_shift {
    double step;      /* ms; 0: not measured */
    double *block;    /* [blocks], L2 norms: the largest moves of the gradient that were seen */
    const char *near; /* NULL, or why nothing can be said: it is another network a step beside */
};

/* Of the case moved by a step in ms. 0, or -1 with verdict and reason; clear whatever comes out. */
int program_shift_measure(struct program_shift *shift, const struct program_case *p, double step);
void program_shift_clear(struct program_shift *shift);

/* Relative: what the program's precision loses of a voltage over a time constant (bounds.h). */
double program_grid_rounding(const struct program_case *p, double step);

/* ---- program_track.c: one thing that must come nearer to the truth ---- */

/* The loss, the spikes, or the gradient by the parameters of one block. */
struct program_track {
    const char *name;               /* "ladder_weights" */
    enum ver_ladder_quantity like;  /* it behaves like spikes, or like a gradient */
    const struct case_block *block; /* NULL: of no gradient */
    struct ver_ladder ladder;       /* [like] is its error: absolute */
    double size;                    /* L2 norm of the truth; of the others what it is relative to */
    double factor[VER_RUNGS], cosine[VER_RUNGS]; /* of a gradient; or NaN */
};

struct program_ladder {
    struct program_case *p;
    struct program_track *track;
    size_t tracks, rungs;
    double *gradient[VER_RUNGS]; /* [rungs], as answered: [parameters] */
    struct program_shift shift;  /* at the step that it was last asked for */
    char event[112];             /* the first that differs at the finest rung */
};

/* Of the whole block, or one row of it; parameters without a derivative are left out. The truth's
 * norm, and of x: distance, factor in front of the truth, cosine (NaN: x or the truth is zero). */
struct program_fit {
    double size, own, error, factor, cosine;
};
struct program_fit program_fit_block(const struct judge *judge, const struct case_block *block,
                                     size_t first, size_t count, const double *x);

struct program_weighed {
    enum ver_outcome outcome;
    const char *why;     /* of one that is no evidence */
    double bound, ratio; /* of the finest rung; NaN: there is none */
    bool constant;       /* it differs: a constant factor */
};

/* A reason: of a gradient whose terms nearly cancel. */
extern const char program_too_small[];

/* 0, or -1 with verdict and reason. */
int program_weigh_track(struct program_weighed *weighed, struct program_ladder *ladder,
                        const struct program_track *track);

/* The rung after which its error grows again; the last if it does not. */
size_t program_best_rung(const struct program_track *track);

/* ---- program_rung.c: one answer of a ladder ---- */

/* All that the answer at the case's own step provides. 0, or -1 if memory is short. */
int program_add_tracks(struct program_ladder *ladder);

/* The answer at a step. 0, or -1 with verdict and reason. */
int program_take_rung(struct program_ladder *ladder, const struct result *answer, double step);

/* A NaN is wrong whatever the step. 0, or -1 with verdict and reason; *bad: it was told. */
int program_judge_finite(bool *bad, struct program_case *p, const struct result *a, double step);

/* ---- program_ladder.c ---- */

int program_judge_ladder(struct program_case *p);

/* p->answer and the answers at halves of its step become rungs, which are judged. 0, or -1 with
 * verdict and reason; first: what p->answer is by itself is told. */
int program_climb(struct program_ladder *ladder, bool first);
void program_ladder_clear(struct program_ladder *ladder);

/* The same of an engine that has double precision, where rounding is not seen; fills the ladder of
 * the judgement. 0, or -1 with verdict and reason. */
int convergence_judge(struct clock *clock);

#endif
