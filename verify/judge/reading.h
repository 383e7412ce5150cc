/* SPDX-License-Identifier: MIT */
/* reading.h: readings: what wrong numbers look like, in words and no verdict. A reading is the
 * reference with one thing changed: the case (a swapped pair of constants, delays some steps off),
 * a term of its backward pass that is left out, or the numbers that it says. If that is what a
 * program says, it is named. Private to verify/. */
#ifndef EVIDENT_VERIFY_READING_H
#define EVIDENT_VERIFY_READING_H

#include "verify/judge/judge_answer.h"

/* What is to be explained, and how exactly it is known. */
struct reading_answer {
    bool has_loss;
    double loss, loss_within;        /* relative */
    const struct case_train *spikes; /* in the order of struct result; NULL: none */
    double time_within;              /* ms */
    const double *gradient;          /* [parameters] */
    const bool *provides;            /* [CASE_QUANTITIES] */
    double within; /* of a gradient, relative to the largest of its projection or population */
};

/* One reading that is tried. */
struct reading_trial {
    const struct judge_answer *p;
    unsigned variant;       /* which of those of its row */
    struct case_problem *c; /* a copy of the case, to be changed */
    double loss, *gradient; /* [parameters]: what the reference says of it, to be changed */
    double time;            /* factor on spike times */
    bool other_inputs;      /* derivatives by input times stand in other places */
    char detail[96];        /* ends the sentence; "" */
};

/* What reads one quantity of an answer as it is; fills text. */
struct reading_part {
    const struct judge_answer *p;
    const double *gradient;
    enum case_quantity quantity;
    const double *bound; /* [parameters], or NULL */
    int bits;            /* how exact a factor is known */
};

struct reading {
    const char *key;   /* stands in stores: short, and never another */
    const char *says;  /* begins the sentence */
    unsigned defect;   /* of the register (defect.h): a variant of the grid reference */
    unsigned variants; /* that are tried one after the other; 0: one */
    unsigned mistakes; /* of the reference, enum ref_mistake */
    /* Changes the case, before the reference is asked; what it says, after that. false: there is no
     * such variant, or it changes nothing here. */
    bool (*change)(struct reading_trial *t);
    bool (*numbers)(struct reading_trial *t);
    bool (*look)(const struct reading_part *part, char *text, size_t size);
    /* Sees it in the answer as it is, which the reference does not say; fills t->detail. */
    bool (*see)(struct reading_trial *t, const struct reading_answer *a);
    bool weak; /* of look: a fact that explains nothing; others may */
};

/* All rows (reading_table.c), the first that fits is named; ends with a NULL key. */
extern const struct reading reading_table[];

/* ---- reading.c ---- */

/* Names the first row that explains all numbers of an answer, or the nearest one, unless one that
 * is not weak has been named. */
void reading_explain(struct judge_answer *p, const struct reading_answer *a);

/* Likewise of an answer at exact times in which something differed since. */
void reading_explain_exact(struct judge_answer *p, size_t since);

/* Names a reading; what stands there is kept before it if `beside`. */
void reading_name(struct judge_answer *p, const char *key, bool beside, const char *text);

/* ---- reading_look.c: what one quantity looks like ---- */

bool reading_look_factor(const struct reading_part *part, char *text, size_t size);
bool reading_look_transposed(const struct reading_part *part, char *text, size_t size);
bool reading_look_zero(const struct reading_part *part, char *text, size_t size);
bool reading_look_factor_of_part(const struct reading_part *part, char *text, size_t size);
bool reading_look_solved(const struct reading_part *part, char *text, size_t size);
bool reading_look_single(const struct reading_part *part, char *text, size_t size);
bool reading_look_direction(const struct reading_part *part, char *text, size_t size);

/* ---- reading_see.c: what all of an answer looks like ---- */

bool reading_see_grid(struct reading_trial *t, const struct reading_answer *a);
bool reading_see_integration(struct reading_trial *t, const struct reading_answer *a);

/* ---- reading_change.c: changes of a case ---- */

/* How many variants there are: of steps that delays are off, up and down (beyond, it is no slip of
 * an index); of projections that are transposed, all or one, with their gradients or without; of
 * shifts, up and down, around or not; of scales of a weight. */
enum {
    READING_DELAY_STEPS = 2 * 4,
    READING_TRANSPOSITIONS = 2 * (1 + 4),
    READING_SHIFTS = 4,
    READING_SCALES = 5
};

bool reading_swap_constants(struct reading_trial *t);
bool reading_first_constant(struct reading_trial *t);
bool reading_euler_constants(struct reading_trial *t);
bool reading_drop_bias(struct reading_trial *t);
bool reading_drop_reset(struct reading_trial *t);
bool reading_first_delay(struct reading_trial *t);
bool reading_drop_delays(struct reading_trial *t);
bool reading_move_delays(struct reading_trial *t);
bool reading_transpose_delays(struct reading_trial *t);
bool reading_transpose_weights(struct reading_trial *t);
bool reading_scale_weights(struct reading_trial *t);
bool reading_shift_inputs(struct reading_trial *t);
bool reading_move_labels(struct reading_trial *t);
bool reading_uniform_weighting(struct reading_trial *t);
bool reading_scale_outputs(struct reading_trial *t);

/* Reads rows * columns numbers in the order of the transposed matrix; false if they stay. */
bool reading_transposed(double *to, size_t rows, size_t columns);
/* Is this projection among those of a variant of reading_transpose_weights? */
bool reading_turns(const struct reading_trial *t, size_t projection);

/* ---- reading_number.c: changes of what the reference says ---- */

bool reading_transpose_gradient(struct reading_trial *t);
bool reading_scale_gradient(struct reading_trial *t);
bool reading_scale_output_gradient(struct reading_trial *t);
bool reading_scale_by_target(struct reading_trial *t);
bool reading_sum_samples(struct reading_trial *t);
bool reading_in_seconds(struct reading_trial *t);

/* A scale of the weights into a neuron by number, and its name; NaN beyond the last. */
double reading_scale(const struct case_problem *c, const struct case_projection *to, size_t post,
                     unsigned number, const char **name);

#endif
