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
    enum ver_verdict verdict;     /* of the case, before this program was asked */
    char reason[320];             /* likewise */
    size_t trains;                /* samples * lif neurons, in the order of struct answer */
};

/* ---- judge_program.c ---- */

/* Holds p->answer against the reference. 0, or -1 with verdict and reason. */
int program_judge_answer(struct program_case *p);

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

/* ---- program_difference.c ---- */

struct program_difference { /* the first number that differs; place empty: none does */
    char place[96], first[40], second[40];
    size_t numbers; /* compared */
};

/* Whether two answers differ in a bit. NaN is NaN, whatever its bits. */
bool program_differ(struct program_difference *d, const struct program_case *p,
                    const struct answer *a, const struct answer *b);

/* ---- program_again.c ---- */

/* Asks again, of what was judged since; got: what came of that. Likewise 0, or -1. */
int program_judge_again(struct program_case *p, size_t since, int got);

/* Starts the program anew and asks it about these cases. */
void program_ask_before(const struct program_case *p, char *const *name, size_t count);

/* ---- program_delay.c ---- */

/* Where something differed since: adds to the diagnosis what delays would explain it. */
void program_name_delays(struct program_case *p, size_t since);

/* ---- program_ladder.c ---- */

int program_judge_ladder(struct program_case *p);

#endif
