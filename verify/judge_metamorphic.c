/* judge_metamorphic.c: changes of a case after which the reference must say the same, as far as its
 * balls reach: the ball of a number and that of the changed case must overlap. They need no oracle
 * and no witness. One a case, chosen by its key; over a suite all are met.
 *
 *  - split_weights: a projection becomes two of half the weights (exact in binary). Losses and
 * spikes stay; each half has the derivative of the whole by its weights, and the derivatives by the
 * two delays add up to that of the one.
 *  - duplicated_samples: the mean over every sample twice is the mean.
 *  - reversed_neurons: neurons of every population in the opposite order, labels and targets with
 *    them: every number is found at its mirrored place.
 *  - late_spikes: input spikes that arrive after the end change nothing.
 *  - negated: a squared distance of voltages stays if the weights into outputs without a threshold,
 * their biases and the targets change sign; the derivatives by those weights and biases change it.
 */
#include "verify/judge.h"

#include <stdlib.h>
#include <string.h>

struct change {
    struct judge *judge;
    struct case_problem *problem; /* a copy, changed in place */
    const char *excluded;         /* why there is nothing to change here */
    size_t split;                 /* projection that became two, the second one last; or SIZE_MAX */
    bool reversed, negated, failed;
};

/* ---- changing ---- */

static void *grow(struct change *change, void *at, size_t bytes)
{
    void *grown = realloc(at, bytes);
    change->failed |= !grown;
    return grown ? grown : at;
}

static double *copy_numbers(struct change *change, const double *from, size_t count)
{
    double *copy = malloc((count + 1) * sizeof *copy);
    change->failed |= !copy;
    if (copy && count > 0)
        memcpy(copy, from, count * sizeof *copy);
    return copy;
}

static size_t synapses(const struct case_problem *c, const struct case_projection *p)
{
    return c->population[p->source].size * c->population[p->target].size;
}

static void split_weights(struct change *change)
{
    struct case_problem *c = change->problem;
    if (c->projections == 0) {
        change->excluded = "no projection";
        return;
    }
    size_t j = change->split = (size_t)(change->judge->key >> 20) % c->projections;
    c->projection = grow(change, c->projection, (c->projections + 1) * sizeof *c->projection);
    if (change->failed)
        return;
    struct case_projection *one = &c->projection[j], *other = &c->projection[c->projections];
    size_t count = synapses(c, one);
    for (size_t k = 0; k < count; k++)
        one->weight[k] /= 2;
    *other = *one;
    other->weight = copy_numbers(change, one->weight, count);
    other->delay.at = copy_numbers(change, one->delay.at, one->delay.count);
    c->projections++; /* from here on case_free takes both; NULL is no harm to it */
}

static void duplicate_samples(struct change *change)
{
    struct case_problem *c = change->problem, *again = case_copy(c);
    change->failed = !again;
    if (!again)
        return;
    c->sample = grow(change, c->sample, 2 * c->samples * sizeof *c->sample);
    if (!change->failed) {
        memcpy(c->sample + c->samples, again->sample, c->samples * sizeof *c->sample);
        c->samples *= 2;
        again->samples = 0; /* they went over */
    }
    case_free(again);
}

static void mirror(void *at, size_t count, size_t size)
{
    char *low = at, *high = low + (count > 0 ? count - 1 : 0) * size, kept[64];
    for (; low < high; low += size, high -= size) {
        memcpy(kept, low, size);
        memcpy(low, high, size);
        memcpy(high, kept, size);
    }
}

static void mirror_values(struct case_values *values)
{
    if (values->at)
        mirror(values->at, values->count, sizeof *values->at);
}

/* A matrix read backwards is the one of mirrored rows and columns. */
static void reverse_neurons(struct change *change)
{
    struct case_problem *c = change->problem;
    size_t outputs = c->population[c->loss.population].size;
    change->reversed = true;
    for (size_t p = 0; p < c->populations; p++) {
        struct case_population *population = &c->population[p];
        struct case_values *const all[] = {&population->tau_mem, &population->tau_syn,
                                           &population->threshold, &population->reset,
                                           &population->bias};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            mirror_values(all[k]);
    }
    for (size_t j = 0; j < c->projections; j++) {
        mirror(c->projection[j].weight, synapses(c, &c->projection[j]), sizeof(double));
        mirror_values(&c->projection[j].delay);
    }
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sample *sample = &c->sample[s];
        for (size_t p = 0; p < c->populations; p++)
            if (sample->spikes[p])
                mirror(sample->spikes[p], c->population[p].size, sizeof **sample->spikes);
        if (sample->label < outputs)
            sample->label = outputs - 1 - sample->label;
        if (sample->times)
            mirror(sample->times, outputs, sizeof *sample->times);
        if (sample->voltages)
            mirror(sample->voltages, outputs, sizeof *sample->voltages);
    }
}

/* The shortest way from a source population to anywhere; infinity where it leads nowhere. */
static double shortest_delay(const struct case_problem *c, size_t population)
{
    double shortest = VER_INFINITY;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0;
             c->projection[j].source == population && k < c->projection[j].delay.count; k++)
            shortest = fmin(shortest, c->projection[j].delay.at[k]);
    return shortest;
}

static void add_late_spikes(struct change *change)
{
    struct case_problem *c = change->problem;
    size_t added = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++) {
            struct case_train *train = c->sample[s].spikes[p];
            double delay = train ? shortest_delay(c, p) : 0;
            double time = c->end - fmin(delay, c->end) / 2;
            for (size_t n = 0; train && delay > 0 && n < c->population[p].size; n++) {
                size_t count = train[n].count;
                if (!(time < c->end) || (count > 0 && !(train[n].at[count - 1] < time)))
                    continue;
                train[n].at = grow(change, train[n].at, (count + 1) * sizeof(double));
                if (change->failed)
                    return;
                train[n].at[train[n].count++] = time;
                added++;
            }
        }
    if (added == 0)
        change->excluded = "no delay leads beyond the end";
}

static void negate_numbers(double *at, size_t count)
{
    for (size_t k = 0; k < count; k++)
        at[k] = -at[k];
}

static void negate_outputs(struct change *change)
{
    struct case_problem *c = change->problem;
    struct case_population *outputs = &c->population[c->loss.population];
    if (c->loss.kind != CASE_VOLTAGE_SQUARED_ERROR || outputs->model != CASE_LI) {
        change->excluded = "not odd";
        return;
    }
    change->negated = true;
    negate_numbers(outputs->bias.at, outputs->bias.count);
    for (size_t j = 0; j < c->projections; j++)
        if (c->projection[j].target == c->loss.population)
            negate_numbers(c->projection[j].weight, synapses(c, &c->projection[j]));
    for (size_t s = 0; s < c->samples; s++)
        for (size_t n = 0; n < outputs->size; n++)
            negate_numbers(c->sample[s].voltages[n].value, c->sample[s].voltages[n].count);
}

/* Does the change turn the sign of a block's derivatives? */
static bool turns(const struct change *change, const struct case_block *block)
{
    const struct case_problem *c = change->problem;
    return change->negated &&
           ((block->quantity == CASE_WEIGHT &&
             c->projection[block->projection].target == c->loss.population) ||
            (block->quantity == CASE_BIAS && block->population == c->loss.population));
}

/* ---- comparing ---- */

struct match {
    size_t numbers, differ;
    char index[96]; /* of the first that differs */
};

static void compare(struct match *match, const arb_t a, const arb_t b, const char *index)
{
    match->numbers++;
#if FAULT != 171 /* every change of the reference holds */
    if (arb_is_finite(a) && arb_is_finite(b) && arb_overlaps(a, b))
        return;
#else
    if (arb_is_finite(a) || !arb_overlaps(a, b) || index)
        return;
#endif
    if (match->differ++ == 0)
        snprintf(match->index, sizeof match->index, "%s", index);
}

/* The block of the changed case that holds the same parameters. */
static const struct case_block *find_block(const struct case_block *block, size_t blocks,
                                           const struct case_block *like, size_t projection)
{
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity == like->quantity &&
            (like->quantity <= CASE_DELAY ? block[b].projection == projection
                                          : block[b].population == like->population))
            return &block[b];
    return NULL;
}

static int compare_gradients(const struct change *change, const struct ref_result *result,
                             struct match *match)
{
    const struct judge *judge = change->judge;
    const struct case_problem *c = change->problem;
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    arb_t sum;
    if (!block)
        return -1;
    arb_init(sum);
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *mine = &judge->block[b];
        if (mine->quantity == CASE_SPIKE_TIME) /* of other trains in the changed case */
            continue;
        const struct case_block *its = find_block(block, blocks, mine, mine->projection);
        const struct case_block *half = NULL;
        if (mine->quantity == CASE_DELAY && mine->projection == change->split)
            half = find_block(block, blocks, mine, c->projections - 1);
        size_t count = mine->rows * mine->columns;
        for (size_t k = 0; its && k < count; k++) {
            char name[96];
            size_t at = change->reversed ? count - 1 - k : k;
            arb_set(sum, result->gradient + its->first + at);
            if (half)
                arb_add(sum, sum, result->gradient + half->first + at, judge->truth->precision);
            if (turns(change, mine))
                arb_neg(sum, sum);
            case_parameter_name(name, sizeof name, judge->problem, judge->block, judge->blocks,
                                mine->first + k);
            compare(match, judge->truth->gradient + mine->first + k, sum, name);
        }
    }
    arb_clear(sum);
    free(block);
    return 0;
}

static void compare_samples(const struct change *change, const struct ref_result *result,
                            struct match *match)
{
    const struct ref_result *truth = change->judge->truth;
    compare(match, truth->loss, result->loss, "loss");
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p] && truth->sample[s].spikes[p]; n++) {
                size_t at = change->reversed ? truth->size[p] - 1 - n : n;
                const struct ref_train *a = &truth->sample[s].spikes[p][n];
                const struct ref_train *b = &result->sample[s].spikes[p][at];
                char index[96];
                snprintf(index, sizeof index, "[%zu].%.40s[%zu]", s,
                         change->judge->problem->population[p].name, n);
                if (a->count != b->count && match->differ++ == 0)
                    snprintf(match->index, sizeof match->index, "%s", index);
                for (size_t k = 0; k < a->count && k < b->count; k++)
                    compare(match, a->at + k, b->at + k, index);
            }
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    void (*change)(struct change *change);
} table[] = {
    {"split_weights", split_weights},      {"duplicated_samples", duplicate_samples},
    {"reversed_neurons", reverse_neurons}, {"late_spikes", add_late_spikes},
    {"negated", negate_outputs},
};
enum { CHANGES = sizeof table / sizeof *table };

static int run_changed(struct change *change, struct match *match)
{
    const struct judge *judge = change->judge;
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    ask.digits = judge->options->digits;
    ask.precision_cap = judge->options->precision_cap;
    enum ref_status status = ref_run(&result, change->problem, &ask);
    int failed = status == REF_MEMORY ? -1 : 0;
    if (status == REF_OK) {
        compare_samples(change, &result, match);
        failed = compare_gradients(change, &result, match);
    } else if (!failed && change->split != SIZE_MAX &&
               judge->problem->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        change->excluded =
            "undecided: both halves at a maximum"; /* of two arrivals, which moves it? */
    } else if (!failed) {                          /* it is as easy as it was */
        match->differ = match->numbers = 1;
        snprintf(match->index, sizeof match->index, "%.90s", result.reason);
    }
    ref_clear(&result);
    return failed;
}

/* Keys of names that differ in a digit differ in few bits; their product with 2^64 / golden ratio
 * differs in the highest. */
static size_t choose(uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 40) % CHANGES;
}

int judge_metamorphic(struct judge *judge)
{
    size_t choice = choose(judge->key);
    struct change change = {.judge = judge, .split = SIZE_MAX};
    struct match match = {.numbers = 0};
    if (!judge->thorough || judge->costly || !judge->truth->gradient)
        return 0;
    change.problem = case_copy(judge->problem);
    change.failed = !change.problem;
    if (!change.failed)
        table[choice].change(&change);
    if (!change.failed && !change.excluded)
        change.failed = run_changed(&change, &match) != 0;
    struct ver_comparison *c =
        change.failed ? NULL : judge_compare(judge, VER_KIND_INVARIANCE, table[choice].name);
    case_free(change.problem);
    if (!c)
        return judge_no_memory(judge);
    c->numbers = match.numbers;
    c->outcome = change.excluded                      ? VER_EXCLUDED
                 : match.differ > 0 || !match.numbers ? VER_DIFFERS
                                                      : VER_AGREES;
    c->distance = match.differ > 0 ? VER_INFINITY : 0;
    if (change.excluded)
        c->numbers = 1;
    snprintf(c->index, sizeof c->index, "%s", change.excluded ? change.excluded : match.index);
    return 0;
}
