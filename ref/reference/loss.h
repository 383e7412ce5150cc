/* SPDX-License-Identifier: MIT */
/* loss.h: how a loss drives the adjoints of its population; private to ref/.
 *
 * Voltage losses enter as a drive g_k(t) = dL/dV_k(t): over each interval of an output they add the
 * moments  int g_k(t) X(t) dt  with X the first P_DRIVEN functions of `enum propagator`.
 * First-spike losses enter as dL/dt_k at the first spike of each output. All are scaled by
 * 1/samples. */
#ifndef EVIDENT_LOSS_H
#define EVIDENT_LOSS_H

#include "ref/reference/reference.h"

/* START: at t = 0 alone. PLATEAU: V is exactly zero from 0 to a time t_p > 0, and below after it.
 * KINK: at an arrival, or at several at one time. */
enum peak_kind { PEAK_START, PEAK_PLATEAU, PEAK_KINK, PEAK_INSIDE, PEAK_END };

/* Where the voltage of an output is largest. */
struct peak {
    enum peak_kind kind;
    /* Inside, end: the interval after this entry. Else the first of the entries entry..behind - 1
     * that share the time of the start, of the kink, or of the end of the plateau; that is the
     * number of entries where it lasts to T. */
    size_t entry, behind;
    arb_t value;
    arb_t offset; /* inside: time since the entry */
    arb_t rise;   /* kink, end: dV/dt just before */
};

struct drive {
    size_t first, outputs; /* numbers of the neurons of the loss population */
    arb_t scale;           /* 1/samples */
    arb_ptr amount;        /* [outputs]: (p_k - [k = label]) / samples */
    arb_ptr by_spike;      /* [outputs]: dL/dt_k of the first spike */
    struct peak *peak;     /* [outputs], of the maximum loss */
    size_t *step;          /* [outputs], of target voltages: index in force (backward) */
    /* instantaneous: moments of all outputs for each interval, [entries][1 + outputs * P_DRIVEN] */
    arb_ptr moments;
    size_t intervals;
    /* memo of the moments of the weighting over one interval */
    size_t from, to;
    const struct constants *k;
    arb_ptr weighted;           /* [P_DRIVEN] */
    struct kept_moments **kept; /* [events]: those by quadrature that begin there; or NULL */
    size_t kept_events;
};

/* ---- loss.c ---- */
enum outcome drive_init(struct pass *e);
void drive_clear(struct pass *e);
/* Value of the loss of the sample just simulated, and its drive. */
enum outcome loss_evaluate(struct pass *e, arb_t value);
/* Moments of the drive over the interval after entry `entry` of an output; false: all zero. */
bool drive_moments(struct pass *e, struct neuron *n, size_t entry, arb_ptr moments);
/* Within rho of an inexact event V may differ by epsilon from the flow between marks. doubt bounds
 * what that does to int f(V) X dt over the interval after `entry`, for |df/dV| <= 1: the radii at
 * both ends times 2 epsilon (1 + a + c)^2. */
void interval_doubt(mag_t doubt, const struct pass *e, const struct neuron *n, size_t entry);
/* x[count] +- doubt * factor */
void spread(arb_ptr x, size_t count, const mag_t doubt, double factor);
size_t interval_end(const struct pass *e, const struct neuron *n, size_t entry);
/* tau_mem V' at `span` after an entry. */
void rise_after(arb_t rise, const struct neuron *n, const struct entry *from, const arb_t span,
                long prec);
/* value += log sum_k exp(x_k) - x_label and p = softmax(x). */
void cross_entropy(arb_t value, arb_ptr p, arb_srcptr x, size_t count, size_t label, long prec);

/* ---- loss_spike.c ---- */
enum outcome first_spike_loss(struct pass *e, arb_t value);

/* ---- loss_integral.c: integrals in closed form ---- */
/* weighted[P_DRIVEN] = (1/T) int w X over an interval. */
enum outcome weighting_moments(struct pass *e, const struct neuron *n, size_t entry);
/* moments of (V - y)/T; also adds (1/2T) int (V - y)^2 to value if it is not NULL. */
void squared_moments(struct pass *e, const struct neuron *n, size_t entry, double target,
                     arb_ptr moments, arb_ptr value);

/* ---- loss_maximum.c ---- */
enum outcome maximum_find(struct pass *e, const struct neuron *n, struct peak *peak);
/* Whether an output is at its maximum for a while, and event number `entry` of its tape lies there:
 * a step of its V or I just before, or just after it, has two one-sided derivatives. */
bool plateau_before(const struct pass *e, const struct neuron *n, size_t entry);
bool plateau_after(const struct pass *e, const struct neuron *n, size_t entry);
bool maximum_moments(struct pass *e, const struct neuron *n, const struct peak *peak,
                     size_t entry, const arb_t amount, arb_ptr moments);

/* ---- loss_quadrature.c: integrals without a closed form ---- */
struct ellipse;
/* Of |em|, of |k|, and of the first P_DRIVEN functions of `enum propagator`, on an ellipse. */
struct propagators_bound {
    mag_t em, k, all;
};

void propagators_bound_init(struct propagators_bound *p);
void propagators_bound_clear(struct propagators_bound *p);
void propagators_bound(struct propagators_bound *p, const struct constants *k,
                       const struct ellipse *x);
enum outcome sigmoid_moments(struct pass *e, const struct neuron *n, size_t entry);
/* Of the sample before; outputs with equal constants, and the way back, ask for the same. */
void kept_moments_clear(struct drive *d);

/* ---- loss_instant.c ---- */
enum outcome instantaneous_loss(struct pass *e, arb_t value);

/* ---- quadrature.c ---- */

/* With foci low and low + length, both real: all of it has a real part of at least low - behind, at
 * most low + length + behind, and an imaginary part of at most height. All in ms. */
struct ellipse {
    arb_t low, length, behind, height;
    mag_t shrink; /* 1/rho, rho the sum of the half axes in units of half the length */
};

#define BOUND_BITS 64

void ellipse_init(struct ellipse *x);
void ellipse_clear(struct ellipse *x);
/* Of |s|. */
void ellipse_reach(mag_t reach, const struct ellipse *x);
/* rho >= 2^(1/2), for the low and length that are there. */
void ellipse_set(struct ellipse *x, double rho);

struct integrand {
    size_t count;
    void *context;
    /* f[count] at a real s. */
    void (*value)(arb_ptr f, void *context, const arb_t s, long prec);
    /* Of all |f| on and inside an ellipse; false if some f need not be analytic there. */
    bool (*bound)(mag_t bound, void *context, const struct ellipse *x);
};

/* integral[count] += int_0^length f ds, with proven error, of about 2^-prec where |f| <= 1. */
enum outcome integrate(struct pass *e, arb_ptr integral, const struct integrand *f,
                       const arb_t length, long prec);

/* ---- quadrature_rule.c ---- */
/* Of an even degree; kept until rules_clear, but moved by the next one. */
enum outcome rule_of(const struct rule **rule, struct pass *e, size_t degree);
void rules_clear(struct pass *e);

#endif
