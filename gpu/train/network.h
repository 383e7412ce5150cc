/* SPDX-License-Identifier: MIT */
/* network.h: the network of a training as a case, and the weights that it starts with. */
#ifndef EVIDENT_GPU_NETWORK_H
#define EVIDENT_GPU_NETWORK_H

#include "gpu/train/settings.h"

/* The network for so many samples without spikes: in, hidden..., out; weights and time constants as
 * they are at the start, each a binary32. Projections: the input with its delays, then for each
 * layer the recurrent one, if any, and that to the next. To be freed with case_free; NULL if memory
 * is short. */
struct case_problem *train_network(const struct train_settings *settings, size_t channels,
                                   size_t classes, size_t samples);

/* Draws the input weights of neuron `neuron` of the first layer anew, for all taps: out[taps]
 * [channels]; k tells draws of one neuron apart. */
void train_draw_input(float *out, const struct train_settings *settings, size_t channels,
                      size_t neuron, uint64_t k);

#endif
