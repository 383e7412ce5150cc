/* SPDX-License-Identifier: MIT */
/* adjoint.h: the parts of the backward pass; private to ref/. See adjoint.c. */
#ifndef EVIDENT_ADJOINT_H
#define EVIDENT_ADJOINT_H

#include "ref/reference/loss.h"

struct offsets {
    size_t tau_mem, tau_syn, threshold, bias; /* flat index of neuron 0 of a population */
};

struct sweep {
    struct pass *e;
    mag_t size; /* see blur */
    struct offsets *population;
    size_t *weight, *delay; /* [projections]: flat index of element [0][0] */
    size_t *inputs;         /* [populations]: flat index of the first spike time of this sample */
    arb_ptr moments;
};

/* ---- adjoint.c ---- */
/* From just before the event of entry cursor + 1 (or T) to just after that of entry cursor. */
void interval_back(struct sweep *s, struct neuron *n);
/* Keeps the adjoints around an event, if asked for. p and q of n are those after it. */
enum outcome record_adjoint(struct pass *e, const struct neuron *n, size_t event,
                            const arb_t p_minus);

/* ---- adjoint_time.c: between mark and true time ---- */
void size_add(struct sweep *s, const arb_t x); /* s->size += |x| */
/* The flow acts for up to r = |mark - time| longer or shorter than at the marks: its parameters
 * gain at most r size (1 + a + c)^2 of each propagator, where size bounds (|p| + |q| + |drive|) and
 * `on` the (|V - b| + |I|) or |w| that they act on. */
void blur(struct sweep *s, struct neuron *n, size_t event, const mag_t on);
/* p and q at the true time of an event, from those at its mark; the drive in between is bounded. */
void to_time(struct sweep *s, const struct neuron *n, size_t event, arb_t p, arb_t q);
/* From p and q at the true time, just before a spike, to those of n at its mark. */
void to_mark(struct pass *e, struct neuron *n, size_t event, const arb_t p, const arb_t q);
/* q is continuous at a spike while p jumps: on the wrong side of it, q is off by at most the
 * distance times a times the sizes of both p. */
void jump_blur(struct pass *e, const struct neuron *n, size_t x, size_t y, arb_t q);

/* ---- adjoint_maximum.c ---- */
/* Adds what moves the places of largest voltages, and lists the parameters by which a largest
 * voltage has two one-sided derivatives. */
enum outcome maximum_back(struct sweep *s);

/* ---- adjoint_arrival.c, adjoint_spike.c ---- */
enum outcome arrival_back(struct sweep *s, size_t event, struct neuron *n);
enum outcome spike_back(struct sweep *s, size_t event, struct neuron *n);

#endif
