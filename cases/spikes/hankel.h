/* SPDX-License-Identifier: MIT */
/* hankel.h: Hankel functions of complex argument. */
#ifndef EVIDENT_SPIKES_HANKEL_H
#define EVIDENT_SPIKES_HANKEL_H

#include <complex.h>

struct spike_hankel_table;

/* NULL if memory is short. To be freed. */
struct spike_hankel_table *spike_hankel_table_make(void);
void spike_hankel_table_free(struct spike_hankel_table *table);

/* value = {H0^(1)(z), H1^(1)(z)}, z != 0 with real and imaginary part >= 0. */
void spike_hankel(double complex value[2], const struct spike_hankel_table *table,
                  double complex z);

#endif
