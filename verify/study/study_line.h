/* SPDX-License-Identifier: MIT */
/* study_line.h: the reference along a line: where it is, what comes next on it, how far that is
 * proven. Private to verify/.
 *
 * A line leads from a case, at h = 0, in one direction of its parameters. Up to the next change of
 * its spikes, or of their order among the arrivals that matter, the loss is smooth and its gradient
 * says how it goes on; behind that it says nothing. */
#ifndef EVIDENT_VERIFY_STUDY_LINE_H
#define EVIDENT_VERIFY_STUDY_LINE_H

#include "verify/verify.h"

struct study_line {
    const struct case_problem *c;
    char name[128]; /* "weights[0][0][0]", "random:7", "gradient" */
    struct ref_nudge *nudge;
    size_t nudges;
};

/* Reads a direction: a parameter by its name (h is then added to it), random:SEED (normal numbers
 * for all weights, of length 1 together), or gradient (of the loss by the weights, of length 1,
 * uphill). 0, or -1 and error. Clear it in any case. */
int study_line_find(struct study_line *line, const struct case_problem *c, const char *text,
                    struct case_error *error);
void study_line_clear(struct study_line *line);

/* What is asked of a point. Spikes: with edges; of a loss that looks at maxima that, too. */
enum study_depth { STUDY_SPIKES, STUDY_LOSS, STUDY_GRADIENT };

/* The case at h, a point or a ball. result must be cleared whatever is returned. */
enum ref_status study_at(struct ref_result *result, const struct study_line *line, const arb_t h,
                         long digits, enum study_depth depth);

/* ---- the next change ---- */

enum study_kind {
    STUDY_NONE,      /* none up to the limit */
    STUDY_GRAZING,   /* a peak touches the threshold: the gradient is unbounded on one side */
    STUDY_OVERTAKEN, /* an arrival below zero comes before a spike that it prevents, or no longer */
    STUDY_ORDER,     /* a spike and an arrival change places, and both stay */
    STUDY_END,       /* something comes before T, or no longer does */
    STUDY_MAXIMUM,   /* the voltage of an output is largest elsewhere */
    STUDY_DOMAIN,    /* behind it a parameter is not what it may be */
    STUDY_UNKNOWN,   /* there is one, and no margin says which */
    STUDY_KINDS
};

const char *study_kind_name(enum study_kind kind);
/* Of the change at which this margin goes through zero; far is NULL if it is not known. */
enum study_kind study_kind_of(const struct ref_edge *edge, const struct ref_result *near,
                              const struct ref_result *far);
size_t study_spikes(const struct ref_result *r); /* all of them, inputs left out */

struct study_change {
    enum study_kind kind;
    int born; /* spikes: far less near */
    size_t sample, population, neuron, ordinal;
    arb_t near, far; /* exact: as at the start; behind the change */
    arb_t margin;    /* that goes through zero, at near */
    arb_t loss[2],
        by[2];      /* there: loss, and its derivative along the line; NaN where none is known */
    bool confirmed; /* near and far are both decided, and differ */
    size_t runs;
};

/* Looks from a point to one side (+1, -1) for the next change, at most `limit` away: by secants on
 * all margins, in steps that halve the way as long as they disagree. near and far differ by at
 * most 10^-digits of the way. This is a search: two changes between two of its steps that undo
 * each other would be missed; study_prove misses none. 0, or -1 and error: the case is undecided.
 */
int study_locate(struct study_change *change, const struct study_line *line, const arb_t start,
                 int side, double limit, long digits, struct case_error *error);
void study_change_init(struct study_change *change);
void study_change_clear(struct study_change *change);

/* Marches from h = 0 in balls that touch, each proven to hold no change, up to 2^-10 of the way
 * before `end`, until a ball of 2^-24 of the way fails, or until so many have been tried. proven:
 * how far, not further than end. Returns the balls tried. */
size_t study_prove(arb_t proven, const struct study_line *line, const arb_t end, size_t most);

#endif
