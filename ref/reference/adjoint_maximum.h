/* SPDX-License-Identifier: MIT */
/* adjoint_maximum.h: the one-sided derivatives of a maximum, arrival by arrival; private to ref/.
 * See adjoint_maximum.c. */
#ifndef EVIDENT_ADJOINT_MAXIMUM_H
#define EVIDENT_ADJOINT_MAXIMUM_H

#include "ref/reference/adjoint.h"

/* What one arrival means to one parameter. */
struct touch {
    size_t parameter; /* flat index; of the time of a hidden spike NOBODY */
    size_t spike;     /* the spike whose time it is, or NOBODY */
    size_t event, order;
    bool by_weight, at_peak; /* at_peak: at the kink, at the end of the plateau, at T, at 0 */
};

struct touches {
    struct sweep *s;
    const struct neuron *n;
    const struct peak *peak;
    struct touch *at;
    size_t count, room;
    size_t arrivals;  /* at the peak, of weights other than zero */
    arb_t sum, above; /* of their weights, of those above zero */
};

/* Two one-sided derivatives of a maximum. */
struct sides {
    arb_t left, right;
    bool known;
    bool equal;   /* one derivative */
    bool jointly; /* with others that share the time there is none, though alone there may be */
};

/* ---- adjoint_maximum.c ---- */
void touch_weight(arb_t weight, const struct touches *t, const struct touch *touch);
/* Widens [left, right] by what arrivals at the peak do, from `from` on: moved S of all. */
void shared_time(struct sides *sides, const struct touches *t, const arb_t moved, const arb_t from,
                 const arb_t rise);

/* ---- adjoint_plateau.c ---- */
/* Of a run of touches of one parameter, in the order of their arrivals. */
void plateau_sides(struct sides *sides, const struct touches *t, const struct touch *run,
                   size_t count);
/* The time at which the plateau ends. */
arb_srcptr plateau_end(const struct pass *e, const struct neuron *n, const struct peak *peak);

#endif
