/* SPDX-License-Identifier: MIT */
/* cochlea.c: from sound to spikes: loudness and ramps, membrane, hair cells, bushy cells.
 *
 * A channel is by itself from the membrane on, and a sample of its signal is at once a step of its
 * hair cell, of that cell's fibres and of the bushy cell behind them. */
#include "cases/spikes/cochlea.h"
#include "cases/families/random.h"

#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIBRES = 40, DEAD = COCHLEA_RATE / 2 / 1000 /* 1 ms in samples of the membrane */ };

static const double pi = 0x1.921fb54442d18p+1;
static const double dt = 1.0 / (COCHLEA_RATE / 2);

/* ---- hair cells: q transmitter that is free, c in the cleft, w to be taken up again ---- */

struct hair {
    double q, c, w;
};

static const double refill = 5.05, permeability = 2000, loss_rate = 2500, uptake = 6580,
                    recycling = 66.3, level_a = 5, level_b = 300, release = 50000;

static struct hair hair_at_rest(void)
{
    double k = permeability * level_a / (level_a + level_b);
    double c = refill * k / (loss_rate * k + refill * (loss_rate + uptake));
    return (struct hair){c * (loss_rate + uptake) / k, c, c * uptake / recycling};
}

/* One Euler step; the probability that a fibre fires in it, by what is in the cleft after it. */
static double hair_step(struct hair *hair, double v)
{
    struct hair now = *hair;
    double open = v + level_a > 0 ? permeability * dt * (v + level_a) / (v + level_a + level_b) : 0;
    double fresh = now.q < 1 ? refill * dt * (1 - now.q) : 0, ejected = open * now.q;
    double lost = (loss_rate + uptake) * dt * now.c, taken = uptake * dt * now.c;
    double recycled = recycling * dt * now.w;
    hair->q = fmax(now.q + fresh - ejected + recycled, 0);
    hair->c = fmax(now.c + ejected - lost, 0);
    hair->w = fmax(now.w + taken - recycled, 0);
    return release * dt * hair->c;
}

/* ---- fibres: one that has fired is dead for 1 ms ---- */

struct fibres {
    struct case_mersenne *single;
    size_t free_at[FIBRES]; /* single: the sample from which on a fibre may fire again */
    struct case_random random;
    unsigned fired[DEAD], free; /* else: how many fired in the last samples, how many may fire */
};

/* Binomial by inversion, the probability of none by products: the same bits everywhere. */
static unsigned binomial(struct case_random *random, unsigned trials, double p)
{
    double u = case_random_unit(random), none = 1;
    if (p >= 1)
        return trials;
    for (unsigned k = 0; k < trials; k++)
        none *= 1 - p;
    unsigned count = 0;
    for (double sum = none, term = none; u >= sum && count < trials; sum += term) {
        term *= p / (1 - p) * (double)(trials - count) / (double)(count + 1);
        count++;
    }
    return count;
}

static unsigned fibres_fire(struct fibres *fibres, size_t sample, double p)
{
    if (!fibres->single) {
        unsigned *slot = &fibres->fired[sample % DEAD];
        fibres->free += *slot;
        *slot = binomial(&fibres->random, fibres->free, p);
        fibres->free -= *slot;
        return *slot;
    }
    unsigned count = 0;
    for (int k = 0; k < FIBRES; k++)
        if (case_mersenne_uniform(fibres->single) < p && sample >= fibres->free_at[k]) {
            fibres->free_at[k] = sample + DEAD;
            count++;
        }
    return count;
}

/* ---- bushy cells ---- */

struct bushy {
    double v, current, keep_v, keep_current;
    int rest; /* samples of refractoriness that are left */
};

/* Whether it spiked at the sample before. */
static bool bushy_step(struct bushy *cell, unsigned arrivals)
{
    static const double weight = 13000.0 / FIBRES;
    bool spiked = cell->rest <= 0 && !(cell->v < 1);
    if (spiked)
        cell->rest = DEAD;
    cell->v = cell->rest > 0 ? 0 : cell->v * cell->keep_v;
    cell->current = cell->current * cell->keep_current + arrivals;
    if (cell->rest <= 0)
        cell->v += cell->current * weight * dt;
    cell->v = fmin(cell->v, 1);
    cell->rest--;
    return spiked;
}

/* ---- a channel ---- */

struct list {
    uint64_t *at;
    size_t count, room;
};

static int list_add(struct list *list, uint64_t at)
{
    if (list->count == list->room) {
        size_t room = 2 * list->room + 64;
        uint64_t *larger = realloc(list->at, room * sizeof *larger);
        if (!larger)
            return -1;
        list->at = larger;
        list->room = room;
    }
    list->at[list->count++] = at;
    return 0;
}

static int channel_spikes(struct list *list, size_t channel, const fftw_complex *membrane,
                          size_t bins, const struct cochlea_draws *draws)
{
    struct hair hair = hair_at_rest();
    struct fibres fibres = {.single = draws->single, .free = FIBRES};
    struct bushy cell = {.keep_v = exp(-dt / 1e-3), .keep_current = exp(-dt / 0.5e-3)};
    if (!draws->single)
        case_random_init(&fibres.random, draws->seed, draws->name, channel);
    for (size_t k = 0; k < bins; k++) {
        double p = hair_step(&hair, creal(membrane[k]) / (double)bins);
        if (bushy_step(&cell, fibres_fire(&fibres, k, p)) &&
            list_add(list, (uint64_t)(k - 1) << 16 | channel))
            return -1;
    }
    return 0;
}

/* Channels one after another, or many at once where each draws for itself. */
static int hear_channels(struct list *list, const struct cochlea *cochlea,
                         const fftw_complex *spectrum, const struct cochlea_draws *draws)
{
    size_t bins = cochlea->bins;
    fftw_complex *model = fftw_alloc_complex(bins);
    fftw_plan plan =
        model ? fftw_plan_dft_1d((int)bins, model, model, FFTW_BACKWARD, FFTW_ESTIMATE) : NULL;
    int failed = !plan;
#pragma omp parallel for schedule(dynamic) reduction(| : failed) if (!draws->single)
    for (size_t channel = 0; channel < cochlea->channels; channel++) {
        fftw_complex *signal = failed ? NULL : fftw_alloc_complex(bins);
        if (!signal) {
            failed = 1;
            continue;
        }
        for (size_t k = 0; k < bins; k++)
            signal[k] = (double complex)cochlea->transfer[channel * bins + k] * spectrum[k];
        fftw_execute_dft(plan, signal, signal);
        failed |= channel_spikes(&list[channel], channel, signal, bins, draws) != 0;
        fftw_free(signal);
    }
    if (plan)
        fftw_destroy_plan(plan);
    fftw_free(model);
    return failed ? -1 : 0;
}

/* ---- a sound ---- */

/* To the loudness 0.3 (root mean square), rising over its first half and falling over its last,
 * both like half a Hann window. */
static void shape(double *shaped, const double *sound, size_t samples)
{
    double sum = 0;
    size_t half = samples / 2;
    for (size_t k = 0; k < samples; k++)
        sum += sound[k] * sound[k];
    double loudness = 0.3 / sqrt(sum / (double)samples);
    for (size_t k = 0; k < samples; k++)
        shaped[k] = sound[k] * loudness;
    for (size_t k = 0; k < half; k++) {
        double ramp = 0.5 - 0.5 * cos(2 * pi * (double)k / (double)(2 * half - 1));
        shaped[k] *= ramp;
        shaped[samples - 1 - k] *= ramp;
    }
}

static int by_time(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static int join(struct cochlea_spikes *spikes, const struct list *list, size_t channels)
{
    size_t count = 0, used = 0;
    for (size_t c = 0; c < channels; c++)
        count += list[c].count;
    *spikes = (struct cochlea_spikes){count, malloc((count + 1) * sizeof *spikes->at)};
    if (!spikes->at)
        return -1;
    for (size_t c = 0; c < channels; c++) {
        if (list[c].count > 0)
            memcpy(spikes->at + used, list[c].at, list[c].count * sizeof *spikes->at);
        used += list[c].count;
    }
    qsort(spikes->at, count, sizeof *spikes->at, by_time);
    return 0;
}

int spike_cochlea_hear(struct cochlea_spikes *spikes, const struct cochlea *cochlea,
                       const double *sound, size_t samples, const struct cochlea_draws *draws)
{
    double *shaped = fftw_alloc_real(cochlea->samples);
    fftw_complex *spectrum = fftw_alloc_complex(cochlea->bins);
    struct list *list = calloc(cochlea->channels, sizeof *list);
    int failed = !shaped || !spectrum || !list;
    *spikes = (struct cochlea_spikes){0, NULL};
    if (!failed) {
        fftw_plan plan =
            fftw_plan_dft_r2c_1d((int)cochlea->samples, shaped, spectrum, FFTW_ESTIMATE);
        memset(shaped, 0, cochlea->samples * sizeof *shaped);
        shape(shaped, sound, samples);
        fftw_execute(plan);
        fftw_destroy_plan(plan);
        failed =
            hear_channels(list, cochlea, spectrum, draws) || join(spikes, list, cochlea->channels);
    }
    for (size_t c = 0; list && c < cochlea->channels; c++)
        free(list[c].at);
    free(list);
    fftw_free(spectrum);
    fftw_free(shaped);
    return failed ? -1 : 0;
}
