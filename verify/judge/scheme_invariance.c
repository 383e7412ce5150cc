/* SPDX-License-Identifier: MIT */
/* scheme_invariance.c: changes after which an engine must say the same bits, or the same bits
 * scaled by a power of two. They need no oracle, so they also hold where no reference reaches.
 *
 * Few of them a case, chosen by the key of the case among those that apply; over a suite all are
 * met. Each is a theorem about the documented operations:
 *
 *  - runs, threads, launch shapes, poisoned buffers: no number depends on them;
 *  - a sample does not know its batch, nor its place in it. Losses and gradients of the batch are
 *    summed in an order given by the content of the samples, so a permutation leaves them alone;
 *  - synapses of weight zero and silent neurons add zeros (a new population is new content, which
 *    may order the samples anew, so sums over several samples are left out), and x + 0 = x (a sum
 *    may turn -0 into 0, so zeros are compared as numbers);
 *  - an input spike in the last step arrives at the end: it changes no number;
 *  - times: constants such as e^(-dt/tau) depend on ratios of times only. With all times scaled by
 *    2^k, V, I and slopes stay; an adjoint is dL/dV over tau_mem, so it scales by 2^-k times the
 *    scale of the loss, a derivative by a time by 2^-k, by a weight by 1. First-spike distances are
 *    in ms^2: loss 2^2k. Everything scales exactly, unless a number underflows or is flushed.
 *  - voltages: thresholds, resets, biases, weights and target voltages scaled by 2^k scale V, I and
 *    slopes by 2^k; first-spike losses stay, squared voltages scale by 2^2k. Losses by softmax of
 *    voltages are not homogeneous: no theorem, not run.
 *  - negated: with the weights into outputs without a threshold, their biases and the target
 *    voltages negated, their V and I are, and so is the derivative of a squared distance: every
 *    adjoint of theirs and their weights' gradients change sign, and before them nothing changes.
 */
#include "verify/judge/judge_scheme.h"
#include "verify/judge/bounds.h"

#include <math.h>
#include <stdlib.h>

/* One change, run and compared. */
struct trial {
    struct scheme *scheme;
    struct scheme_case changed;
    struct engine_options options;
    struct scheme_sameness what;
    size_t *sample;       /* of the changed case; freed after it */
    const char *excluded; /* why there is no theorem here */
};

static void all_the_same(struct trial *trial)
{
    trial->what = (struct scheme_sameness){
        .samples = trial->scheme->problem->samples,
        .traces = true,
        .losses = true,
        .loss = true,
        .gradients = true,
    };
}

/* ---- how it runs ---- */

static void run_again(struct trial *trial)
{
    (void)trial;
}

static void run_threads(struct trial *trial)
{
    trial->options.threads = 2;
    if (!trial->scheme->engine->threads)
        trial->excluded = "no threads";
}

static void run_poisoned(struct trial *trial)
{
    trial->options.poison = true;
}

static void run_shape(struct trial *trial)
{
    static const unsigned block[] = {32, 64, 128, 32, 64}, cluster[] = {1, 1, 1, 2, 2};
    uint64_t choice = (trial->scheme->judge->key >> 40) % (sizeof block / sizeof *block);
    trial->options.block = block[choice];
    trial->options.cluster = cluster[choice];
    if (!trial->scheme->engine->shapes)
        trial->excluded = "no launch shape";
}

/* ---- samples ---- */

static size_t *new_samples(struct trial *trial, size_t samples)
{
    trial->sample = malloc((samples + 1) * sizeof *trial->sample);
    if (!trial->sample)
        trial->changed.failed = true;
    return trial->sample;
}

/* Backwards: sample s is number samples - 1 - s, which is its own inverse. */
static void permute(struct trial *trial)
{
    size_t samples = trial->scheme->problem->samples;
    size_t *sample = new_samples(trial, samples);
    if (samples < 2)
        trial->excluded = "one sample";
    if (!sample || samples < 2)
        return;
    for (size_t s = 0; s < samples; s++)
        sample[s] = samples - 1 - s;
    scheme_case_take_samples(&trial->changed, sample, samples);
    trial->what.sample = sample;
}

static void leave_one(struct trial *trial)
{
    size_t *sample = new_samples(trial, 1);
    if (!sample)
        return;
    sample[0] = 0;
    scheme_case_take_samples(&trial->changed, sample, 1);
    trial->what.samples = 1;
    trial->what.loss = trial->what.gradients = trial->scheme->problem->samples == 1;
}

/* A large batch of copies; each sample is looked for at a place of its own. */
static void large_batch(struct trial *trial)
{
    const struct result *result = &trial->scheme->result;
    size_t samples = trial->scheme->problem->samples, large = VER_LARGE_BATCH;
    double size = (double)large * (double)result->steps * (double)result->cells;
    if (size > VER_LARGE_SIZE || samples > large) {
        trial->excluded = "too large";
        return;
    }
    size_t *sample = new_samples(trial, large + samples);
    if (!sample)
        return;
    for (size_t k = 0; k < large; k++)
        sample[k] = k % samples;
    scheme_case_take_samples(&trial->changed, sample, large);
    for (size_t s = 0; s < samples; s++) /* the last copy of each */
        sample[large + s] = s + samples * ((large - 1 - s) / samples);
    trial->what.sample = sample + large;
    trial->what.loss = trial->what.gradients = false; /* other numbers of samples, other sums */
}

/* ---- zeros ---- */

static void add_zeros(struct trial *trial)
{
    scheme_case_add_zeros(&trial->changed);
    trial->what.numerically = true;
}

static void add_silent(struct trial *trial)
{
    scheme_case_add_silent(&trial->changed);
    trial->what.numerically = true;
    trial->what.loss = trial->what.gradients = trial->scheme->problem->samples == 1;
}

/* Input spikes of the last step arrive at the end, where nothing happens any more. */
static void add_late(struct trial *trial)
{
    double step = trial->scheme->problem->end / (double)trial->scheme->result.steps;
    scheme_case_add_late(&trial->changed, trial->scheme->problem->end - step / 2);
    trial->what.numerically = true;
    trial->what.loss = trial->what.gradients = trial->scheme->problem->samples == 1;
}

/* ---- powers of two ---- */

/* Samples are ordered by their content, which scaling changes: sums over several may differ. */
static void one_sample_only(struct trial *trial)
{
    trial->what.loss = trial->what.gradients = trial->scheme->problem->samples == 1;
    if (!scheme_far_from_underflow(trial->scheme))
        trial->excluded = "near underflow";
    if (trial->options.variant != 0)
        trial->excluded = "the published scheme mixes units";
}

static bool spike_distance(const struct case_problem *c)
{
    return case_loss_is_first_spike(c->loss.kind) && !case_loss_is_entropy(c->loss.kind);
}

static void scale_times(struct trial *trial)
{
    int k = VER_SCALING_POWER;
    int loss = spike_distance(trial->scheme->problem) ? 2 * k : 0;
    scheme_case_scale_time(&trial->changed, ldexp(1, k));
    trial->options.step = ldexp(trial->options.step, k);
    trial->what.sample_loss = trial->what.total = loss;
    trial->what.lambda = loss - k;
    trial->what.gradient[CASE_WEIGHT] = loss;
    trial->what.gradient[CASE_DELAY] = loss - k;
    trial->what.gradient[CASE_TAU_MEM] = loss - k;
    trial->what.gradient[CASE_TAU_SYN] = loss - k;
    one_sample_only(trial);
}

static void scale_voltages(struct trial *trial)
{
    const struct case_problem *c = trial->scheme->problem;
    int k = VER_SCALING_POWER;
    bool spikes = case_loss_is_first_spike(c->loss.kind),
         squares = c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR;
    int loss = squares ? 2 * k : 0;
    scheme_case_scale_voltage(&trial->changed, ldexp(1, k));
    trial->what.v = trial->what.slope = k;
    trial->what.sample_loss = trial->what.total = loss;
    trial->what.lambda = loss - k;
    trial->what.gradient[CASE_WEIGHT] = loss - k;
    trial->what.gradient[CASE_DELAY] = loss;
    trial->what.gradient[CASE_TAU_MEM] = loss;
    trial->what.gradient[CASE_TAU_SYN] = loss;
    one_sample_only(trial);
    if (!spikes && !squares)
        trial->excluded = "not homogeneous";
}

/* ---- the other sign ---- */

static void negate(struct trial *trial)
{
    if (!scheme_case_negate(&trial->changed))
        trial->excluded = "not odd";
    trial->what.numerically = trial->what.negated = true;
    trial->what.loss = trial->what.gradients = trial->scheme->problem->samples == 1;
}

/* ---- all of them ---- */

static const struct invariance {
    const char *name;
    void (*prepare)(struct trial *trial);
} table[] = {
    {"again", run_again},
    {"threads", run_threads},
    {"poison", run_poisoned},
    {"batch_of_1", leave_one},
    {"batch_of_512", large_batch},
    {"zero_weights", add_zeros},
    {"silent_neurons", add_silent},
    {"times", scale_times},
    {"voltages", scale_voltages},
    {"late_spikes", add_late},
    {"shape", run_shape},
    {"permuted", permute},
    {"negated", negate},
};
/* The last ones apply to few cases, or engines. */
enum { INVARIANCES = sizeof table / sizeof *table, RARE = 3 };

static int tell(struct trial *trial, const struct invariance *invariance,
                const struct scheme_difference *difference)
{
    struct ver_comparison *c = scheme_compare(trial->scheme, VER_KIND_INVARIANCE, invariance->name);
    if (!c)
        return judge_no_memory(trial->scheme->judge);
    c->numbers = difference->numbers;
    c->outcome = difference->differs ? VER_DIFFERS : VER_AGREES;
    c->distance = difference->differs ? VER_INFINITY : 0;
    if (trial->excluded) {
        c->outcome = VER_EXCLUDED;
        c->numbers = 1;
        snprintf(c->index, sizeof c->index, "%s", trial->excluded);
    } else if (difference->differs) {
        snprintf(c->index, sizeof c->index, "%s %.80s", difference->quantity, difference->index);
        snprintf(c->reference, sizeof c->reference, "%a", difference->b);
        snprintf(c->value, sizeof c->value, "%a", difference->a);
    }
    return 0;
}

/* 0, or -1 with verdict and reason, or 1 if there is no theorem here. */
static int try_one(struct scheme *scheme, const struct invariance *invariance)
{
    struct trial trial = {.scheme = scheme, .options = scheme->options};
    struct scheme_difference difference = {.numbers = 0};
    struct result result;
    scheme_case_start(&trial.changed, scheme->problem);
    all_the_same(&trial);
    invariance->prepare(&trial);
    int failed = trial.changed.failed ? judge_no_memory(scheme->judge) : 0;
    bool applies = !trial.excluded;
    if (!failed && applies) {
        /* Traces of a large batch would be larger than the batch. */
        trial.options.trace =
            trial.options.trace && trial.changed.problem.samples <= scheme->problem->samples;
        enum result_status status =
            engine_run(scheme->engine, &result, &trial.changed.problem, &trial.options);
        if (status == RESULT_REFUSED)
            trial.excluded = "refused";
        else if (status != RESULT_OK)
            failed = judge_end(scheme->judge, VER_ERROR, result.reason);
        else if (scheme_same(&difference, scheme->problem, &scheme->result, &trial.changed.problem,
                             &result, &trial.what) != 0)
            failed = judge_no_memory(scheme->judge);
        result_clear(&result);
    }
    if (!failed && applies)
        failed = tell(&trial, invariance, &difference);
    else if (!failed)
        failed = 1;
    scheme_case_clear(&trial.changed);
    free(trial.sample);
    return failed;
}

int scheme_judge_invariances(struct scheme *scheme)
{
    /* Weights of the backward pass would have to be changed, too. */
    if (scheme->options.variant & SCHEME_STALE)
        return 0;
    uint64_t key = scheme->judge->key;
    size_t told = 0, first = (size_t)(key % INVARIANCES);
    /* A rare one that applies first, or on every other case none before the others. */
    for (size_t k = 0; k < RARE && told == 0 && key >> 63; k++) {
        size_t choice = INVARIANCES - 1 - (size_t)(key / INVARIANCES + k) % RARE;
        int ended = try_one(scheme, &table[choice]);
        if (ended < 0)
            return -1;
        told += ended == 0;
    }
    /* 5 is prime to the length of the table, so no choice is met twice. */
    size_t most = told > 0 ? INVARIANCES - RARE : INVARIANCES;
    for (size_t k = 0; k < INVARIANCES && told < VER_INVARIANCES; k++) {
        size_t choice = (first + 5 * k) % INVARIANCES;
        int ended = choice < most ? try_one(scheme, &table[choice]) : 1;
        if (ended < 0)
            return -1;
        told += ended == 0;
    }
    return 0;
}
