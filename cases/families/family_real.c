/* SPDX-License-Identifier: MIT */
/* family_real.c: cases from real data: Yin-Yang points and spoken digits.
 *
 * Networks, weights and losses are those of the publications that used the data. The seed draws the
 * weights, k picks the sample, so all k of a seed share one network. Weights follow the published
 * normal laws, but come from a counter-based generator and not from numpy's, so that they are the
 * same bytes everywhere. Sources and licences: cases/data/README.md. Times in ms. */
#include "cases/families/families.h"

#include "cases/families/build.h"
#include "cases/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAU_MEM 20.0
#define TAU_SYN 5.0

/* Precision of a weight before it is rounded to a double. */
#define NORMAL_BITS 64

/* ---- Yin-Yang: W&P 2021, section "Yin-Yang dataset" ---- */

enum { YY_INPUTS = CASE_YIN_YANG_FEATURES + 1, YY_HIDDEN = 200, YY_OUTPUTS = 3 };

/* A feature f is a spike at 30 f ms, the fifth input a spike at 0: all input is over at 30 ms.
 * Seeds 0 to 3, every fifth sample: each output has spiked by 30.3 ms and the last spike of any
 * neuron is at 45.0 ms, so T = 60 cuts nothing off. */
#define YY_SPAN 30.0
#define YY_END 60.0

/* Steps of fixed-step engines are powers of two, so that a step index times the step is exact. */
#define FINE_STEP 0.125

/* ---- digits: Nowotny, Turner, Knight 2025, network and weights for SHD ---- */

enum { DIGITS_HIDDEN = 256 };
#define DIGITS_END 1000.0
#define DIGITS_STEP 1.0

/* The small ones: every tenth channel, weights about ten times as large, and the middle 100 spikes
 * of these channels, which last 33 to 572 ms. The trial goes on for one tau_mem after them. At
 * seeds 0 and 1 a hidden neuron spikes 1 to 8 times, 4 on average; 40 digits need 512 bits and 0.4
 * s. */
enum { SMALL_STRIDE = 10, SMALL_HIDDEN = 24, SMALL_SPIKES = 100 };

/* A projection and the normal law of its weights. */
struct law {
    size_t source, target;
    double mean, deviation;
};

/* ---- weights ---- */

/* Marsaglia's polar method: a point (u, v) uniform in the unit disc gives two independent normal
 * numbers u f and v f, f = sqrt(-2 log(r) / r), r = u^2 + v^2. Operations are those of IEEE doubles
 * and of MPFR, all correctly rounded, so that no machine's libm can change a bit. */
static void fill_normal(double *x, size_t count, const struct law *law, struct case_random *random)
{
    mpfr_t factor, product;
    mpfr_inits2(NORMAL_BITS, factor, product, (mpfr_ptr)NULL);
    for (size_t k = 0; k < count; k += 2) {
        double point[2], r;
        do {
            point[0] = case_random_between(random, -1.0, 1.0);
            point[1] = case_random_between(random, -1.0, 1.0);
            r = point[0] * point[0] + point[1] * point[1];
        } while (!(r > 0.0 && r < 1.0));
        mpfr_set_d(factor, r, MPFR_RNDN);
        mpfr_log(factor, factor, MPFR_RNDN);
        mpfr_mul_si(factor, factor, -2, MPFR_RNDN);
        mpfr_div_d(factor, factor, r, MPFR_RNDN);
        mpfr_sqrt(factor, factor, MPFR_RNDN);
        mpfr_mul_d(factor, factor, law->deviation, MPFR_RNDN);
        for (size_t j = 0; j < 2 && k + j < count; j++) {
            mpfr_mul_d(product, factor, point[j], MPFR_RNDN);
            mpfr_add_d(product, product, law->mean, MPFR_RNDN);
            x[k + j] = mpfr_get_d(product, MPFR_RNDN);
        }
    }
    mpfr_clears(factor, product, (mpfr_ptr)NULL);
}

/* Adds the projections. Each draws from a stream of its own that does not know k. Returns 0, or -1
 * if memory is short. */
static int build_weights(struct case_builder *b, const size_t size[3], const struct law *law,
                         size_t laws, const char *family, uint64_t seed)
{
    static const double no_delay = 0.0;
    for (size_t p = 0; p < laws; p++) {
        size_t synapses = size[law[p].source] * size[law[p].target];
        double *weight = malloc(synapses * sizeof *weight);
        if (weight == NULL)
            return -1;
        struct case_random random;
        case_random_init(&random, seed, family, p);
        fill_normal(weight, synapses, &law[p], &random);
        case_build_projection(b, law[p].source, law[p].target, weight, &no_delay, 1);
        free(weight);
    }
    return 0;
}

/* The populations in, hid and out, the projections and one sample without spikes. Returns 0, or -1
 * if memory is short. */
static int build_network(struct case_builder *b, const size_t size[3], enum case_model output,
                         const struct law *law, size_t laws, const char *family, uint64_t seed)
{
    struct case_build_neurons neurons = case_build_alike(1, TAU_MEM, TAU_SYN, 1.0);
    case_build_source(b, "in", size[0]);
    neurons.size = size[1];
    case_build_population(b, "hid", CASE_LIF, &neurons);
    neurons.size = size[2];
    case_build_population(b, "out", output, &neurons);
    int failed = build_weights(b, size, law, laws, family, seed);
    case_build_sample(b);
    return failed;
}

/* Hands the case over unless an earlier step failed. */
static int finish(struct case_made *made, struct case_builder *b, int failed)
{
    if (!failed)
        return case_build_finish(made, b, CASE_DECIDED);
    case_free(b->problem);
    return -1;
}

/* ---- Yin-Yang ---- */

int case_make_yin_yang(struct case_made *made, uint64_t seed, uint64_t k)
{
    static const char family[] = "real-yin-yang";
    static const size_t size[3] = {YY_INPUTS, YY_HIDDEN, YY_OUTPUTS};
    static const struct law law[] = {{0, 1, 1.5, 0.78}, {1, 2, 0.93, 0.1}};
    k %= CASE_REAL_YIN_YANG_LIMIT;
    struct case_yin_yang all[CASE_YIN_YANG_TEST_COUNT];
    case_yin_yang_samples(all, (size_t)k + 1, CASE_YIN_YANG_TEST_SEED);

    struct case_builder b;
    case_build_start(&b, family, seed, k, YY_END);
    case_build_end(&b, YY_END, FINE_STEP);
    int failed = build_network(&b, size, CASE_LIF, law, 2, family, seed);
    for (size_t i = 0; i < YY_INPUTS; i++) {
        double time = i < CASE_YIN_YANG_FEATURES ? YY_SPAN * all[k].feature[i] : 0.0;
        case_build_spikes(&b, 0, 0, i, &time, 1);
    }
    case_build_loss(&b, &(struct case_loss){.kind = CASE_FIRST_SPIKE_CROSS_ENTROPY,
                                            .population = 2,
                                            .penalty = CASE_PENALTY_EXPONENTIAL,
                                            .tau0 = 0.5,
                                            .tau1 = 6.4,
                                            .alpha = 0.003,
                                            .silent_after = 1.0});
    case_build_label(&b, 0, all[k].label);
    case_build_note(&b,
                    "Yin-Yang test sample %u (Kriener, Goeltz, Petrovici 2021), network of "
                    "Wunderlich and Pehle 2021",
                    (unsigned)k);
    return finish(made, &b, failed);
}

/* ---- digits ---- */

/* A spike of a recording: channel and time, whole numbers. */
struct spike {
    double channel, tick;
};

static const char recordings_in_tree[] = "cases/data/digits.h5";

/* Recording k and its label, from the file (cases/data/README.md). *spike to be freed, also after a
 * refusal. 0, or -1 and error. */
static int read_recording(struct spike **spike, size_t *spikes, size_t *label, uint64_t k,
                          struct case_error *error)
{
    char name[8];
    size_t taken = 0, recordings = CASE_DIGITS_RECORDINGS;
    double *labels = NULL, *row = NULL;
    char *path = case_shared_path(recordings_in_tree, recordings_in_tree + strlen("cases/"), error);
    if (!path)
        return -1;
    struct case_report report = {path, error, 0, 0};
    snprintf(name, sizeof name, "%u", (unsigned)k);
    *spikes = SIZE_MAX;
    int status =
        case_read_dataset(&labels, &recordings, &taken, &report, CASE_ROOT, path, "labels", 1);
    if (status == 0)
        status = case_read_dataset(&row, spikes, &taken, &report, CASE_ROOT, path, name, 2);
    *spike = (struct spike *)row; /* rows of two numbers */
    *label = status == 0 ? (size_t)labels[k] : 0;
    free(labels);
    free(path);
    return status;
}

/* Every stride-th channel of a recording, spikes before DIGITS_END; the middle ones if there are
 * more than limit. Shortens the list in place and returns its new length. */
static size_t select_spikes(struct spike *spike, size_t count, unsigned stride, size_t limit)
{
    size_t kept = 0;
    for (size_t s = 0; s < count; s++)
        if ((unsigned)spike[s].channel % stride == 0 &&
            spike[s].tick < DIGITS_END * CASE_DIGITS_TICKS_PER_MS)
            spike[kept++] = (struct spike){spike[s].channel / stride, spike[s].tick};
    if (kept <= limit)
        return kept;
    memmove(spike, spike + (kept - limit) / 2, limit * sizeof *spike);
    return limit;
}

/* Gives every channel its train; tick origin is time 0. k/24 ms is the double nearest to it: both
 * operands are exact and the division is correctly rounded. Returns 0, or -1 if memory is short. */
static int build_trains(struct case_builder *b, size_t channels, const struct spike *spike,
                        size_t count, double origin)
{
    double *time = malloc((count + 1) * sizeof *time);
    if (time == NULL)
        return -1;
    for (size_t channel = 0; channel < channels; channel++) {
        size_t spikes = 0;
        for (size_t s = 0; s < count; s++)
            if ((size_t)spike[s].channel == channel)
                time[spikes++] = (spike[s].tick - origin) / CASE_DIGITS_TICKS_PER_MS;
        case_build_spikes(b, 0, 0, channel, time, spikes);
    }
    free(time);
    return 0;
}

/* What the two makers of digits differ in. */
struct digits_plan {
    const char *family;
    size_t size[3];
    struct law law[3];
    unsigned stride; /* every stride-th channel */
    size_t limit;    /* spikes */
    enum { WHOLE_RECORDING, MIDDLE_PART } part;
    double step;
};

static int make_digits(struct case_made *made, const struct digits_plan *plan, uint64_t seed,
                       uint64_t k)
{
    k %= CASE_REAL_DIGITS_LIMIT;
    struct spike *spike = NULL;
    struct case_error error = {""};
    size_t count, label;
    if (read_recording(&spike, &count, &label, k, &error) != 0) {
        free(spike);
        *made = (struct case_made){.error = error};
        return -1;
    }
    count = select_spikes(spike, count, plan->stride, plan->limit);
    double origin = 0, end = DIGITS_END;
    if (plan->part == MIDDLE_PART) {
        origin = spike[0].tick;
        end = ceil((spike[count - 1].tick - origin) / CASE_DIGITS_TICKS_PER_MS) + TAU_MEM;
    }

    struct case_builder b;
    case_build_start(&b, plan->family, seed, k, end);
    case_build_end(&b, end, plan->step);
    int failed = build_network(&b, plan->size, CASE_LI, plan->law, 3, plan->family, seed);
    failed |= build_trains(&b, plan->size[0], spike, count, origin);
    free(spike);
    case_build_loss(&b, &(struct case_loss){.kind = CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY,
                                            .population = 2,
                                            .weighting = CASE_EXPONENTIAL});
    case_build_label(&b, 0, label);
    case_build_note(&b, "Heidelberg Digits (Cramer, Stradmann, Schemmel, Zenke 2020), CC BY 4.0, "
                        "re-encoded with lauscher");
    return finish(made, &b, failed);
}

int case_make_digits(struct case_made *made, uint64_t seed, uint64_t k)
{
    static const struct digits_plan plan = {
        .family = "real-digits",
        .size = {CASE_DIGITS_CHANNELS, DIGITS_HIDDEN, CASE_DIGITS_CLASSES},
        .law = {{0, 1, 0.03, 0.01}, {1, 1, 0.0, 0.02}, {1, 2, 0.0, 0.03}},
        .stride = 1,
        .limit = SIZE_MAX,
        .part = WHOLE_RECORDING,
        .step = DIGITS_STEP};
    return make_digits(made, &plan, seed, k);
}

int case_make_digits_small(struct case_made *made, uint64_t seed, uint64_t k)
{
    static const struct digits_plan plan = {
        .family = "real-digits-small",
        .size = {CASE_DIGITS_CHANNELS / SMALL_STRIDE, SMALL_HIDDEN, CASE_DIGITS_CLASSES},
        .law = {{0, 1, 0.3, 0.1}, {1, 1, 0.0, 0.1}, {1, 2, 0.0, 0.3}},
        .stride = SMALL_STRIDE,
        .limit = SMALL_SPIKES,
        .part = MIDDLE_PART,
        .step = FINE_STEP};
    return make_digits(made, &plan, seed, k);
}
