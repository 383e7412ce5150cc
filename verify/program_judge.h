/* program_judge.h: what the files that judge another program share. Private to verify/.
 *
 * A program is held against the reference by its digits. One that says its times are exact must
 * agree within what rounding moves the truth itself by (program_move.c); one with a fixed step must
 * come nearer as its step shrinks (program_ladder.c). Direction, scale and sign are told apart, and
 * of spikes the first event that differs. */
#ifndef EVIDENT_VERIFY_PROGRAM_JUDGE_H
#define EVIDENT_VERIFY_PROGRAM_JUDGE_H

#include "verify/clock.h"
#include "verify/program.h"

struct program_case {
    struct judge *judge;
    const struct program *program;
    struct ver_clock *out;
    struct answer *answer;
    double step;                  /* ms, that it was asked with; 0: none */
    double size[CASE_QUANTITIES]; /* largest gradient of the reference */
    double effect;                /* largest gradient times the natural size of its parameter */
    size_t trains;                /* samples * lif neurons, in the order of struct answer */
    char unjudged[192];           /* a gradient that it gave and that nothing can be said of, why */
};

/* ---- judge_program.c ---- */

/* A fresh comparison of this program; NULL if memory is short. */
struct ver_comparison *program_compare(struct program_case *p, enum ver_kind kind,
                                       const char *quantity);

/* Asks at a step, applies the conventions and counts the time. 0; 1 if the program does not run it
 * (reason says why); -1 with verdict and reason. */
int program_ask_at(struct program_case *p, struct answer *answer, double step,
                   char reason[PROGRAM_REASON]);

const char *program_quantity_name(enum case_quantity quantity);

/* What a parameter is measured by: itself or the mean of its block; a time by the shortest time
 * constant, in which what it moves changes. */
double program_natural(const struct judge *judge, const struct case_block *block, size_t parameter);

/* ---- program_move.c: how far rounding may move the truth ---- */

struct program_move {
    double nudge;                              /* relative: what rounding amounts to (bounds.h) */
    double loss, *sample_loss, *train, *block; /* bounds, [samples], [trains] in ms, [blocks] */
    const char *near; /* NULL, or the margin that rounding may cross: nothing can be said */
};

/* 0, or -1 with verdict and reason; clear whatever comes out. */
int program_move_measure(struct program_move *move, const struct program_case *p);
void program_move_clear(struct program_move *move);

/* ---- program_spikes.c ---- */

struct program_spikes {
    size_t numbers, trains_differ;            /* spikes compared; trains of another count */
    double worst;                             /* ratio; NaN is worst of all */
    size_t sample, population, neuron, index; /* of it */
    double got, want;
    char first[112]; /* the first event that differs; empty if none does */
    size_t first_sample, first_population, first_neuron, first_train, first_index; /* of it */
};

/* bound[trains] in ms; NULL: common for all. */
void program_compare_spikes(struct program_spikes *spikes, const struct program_case *p,
                            const struct answer *answer, const double *bound, double common);

/* The comparisons "spike_counts" and "spikes". *same: all counts are the reference's. 0, or -1. */
int program_judge_spikes(struct program_case *p, const struct program_move *move, bool *same);

/* ---- program_gradient.c ---- */

/* All gradients that it provides, value by value, and by direction, scale and sign. */
int program_judge_gradients(struct program_case *p, const struct program_move *move);

/* Direction and scale of one quantity in words; empty if the truth is zero. */
void program_describe(char *text, size_t size, const struct program_case *p, const double *gradient,
                      enum case_quantity quantity);

/* What a wrong gradient looks like: a factor, a transposed matrix. bits: how exact a factor is. */
void program_diagnose(struct program_case *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits);

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
    double factor[VER_ANSWER_RUNGS], cosine[VER_ANSWER_RUNGS]; /* of a gradient; or NaN */
};

struct program_ladder {
    struct program_case *p;
    struct program_track *track;
    size_t tracks, rungs;
    double *gradient[VER_ANSWER_RUNGS]; /* [rungs], as answered: [parameters] */
    struct program_shift shift;         /* at the step that it was last asked for */
    char event[112];                    /* the first that differs at the finest rung */
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
int program_take_rung(struct program_ladder *ladder, const struct answer *answer, double step);

/* A NaN is wrong whatever the step. 0, or -1 with verdict and reason; *bad: it was told. */
int program_judge_finite(bool *bad, struct program_case *p, const struct answer *a, double step);

/* ---- program_ladder.c ---- */

int program_judge_ladder(struct program_case *p);

#endif
