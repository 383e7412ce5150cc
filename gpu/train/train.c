/* SPDX-License-Identifier: MIT */
/* train.c: a training, its network, its epochs. */
#include "gpu/train/train.h"

#include "gpu/train/network.h"
#include "gpu/train/train_data.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int no_memory(struct case_error *error)
{
    snprintf(error->text, sizeof error->text, "memory is short");
    return -1;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1000000000.0;
}

/* ---- opening ---- */

struct engine_options train_engine_options(const struct train_settings *settings)
{
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    options.delays = CASE_ROUND_DELAYS;
    options.variant = settings->compat ? SCHEME_COMPAT : 0;
    return options;
}

static int open_engine(struct train *t, const struct engine *engine, int threads,
                       const struct gpu_peers *peers, struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    struct resident_options options = {
        .engine = train_engine_options(s),
        .train_taus = s->train_taus,
        .least_tau_mem = s->least_tau_mem,
        .least_tau_syn = s->least_tau_syn,
        .train_delays = s->train_delays,
        .most_delay = s->most_delay < s->end ? s->most_delay : s->end,
        .strength = s->strength,
        .spikes = s->spikes,
        .peers = peers,
        .phantom = s->phantom,
        .skip_silent = s->skip_silent,
    };
    enum result_status status;
    char reason[RESULT_REASON];
    options.engine.threads = threads;
    t->problem = train_network(s, t->set[TRAIN_LEARN].channels, t->set[TRAIN_LEARN].classes,
                               (size_t)s->batch);
    if (!t->problem)
        return no_memory(error);
    t->engine = resident_open(engine, t->problem, &options, &status, reason);
    if (!t->engine) {
        snprintf(error->text, sizeof error->text, "%s: %.180s", engine->name, reason);
        return -1;
    }
    t->parameters = resident_parameters(t->engine);
    return 0;
}

int train_open(struct train *train, struct train_settings *settings, const struct engine *engine,
               int threads, const struct gpu_peers *peers, struct case_error *error)
{
    *train = (struct train){.settings = *settings, .kind = engine, .state = {.best = -1}};
    *settings = (struct train_settings){.name = NULL};
    if (train_settings_check(&train->settings, error) != 0 || train_data_read(train, error) != 0 ||
        open_engine(train, engine, threads, peers, error) != 0)
        return -1;
    size_t samples = train_epoch_samples(&train->set[TRAIN_LEARN], &train->settings);
    train->order = malloc(samples * sizeof *train->order);
    train->spikes = calloc(resident_outcome(train->engine)->hidden + 1, sizeof *train->spikes);
    train->state.kept = malloc((train->parameters + 1) * sizeof *train->state.kept);
    if (!train->order || !train->spikes || !train->state.kept)
        return no_memory(error);
    train_schedule_start(&train->state.schedule, &train->settings);
    return 0;
}

void train_close(struct train *train)
{
    for (size_t k = 0; k < TRAIN_SETS; k++)
        spike_set_clear(&train->set[k]);
    resident_close(train->engine);
    case_free(train->problem);
    train_batch_clear(&train->batch);
    train_settings_clear(&train->settings);
    free(train->order);
    free(train->spikes);
    free(train->state.row);
    free(train->state.kept);
}

/* ---- scores ---- */

static void add_outcome(struct train *t, struct train_score *sum)
{
    const struct resident_outcome *o = resident_outcome(t->engine);
    uint64_t spikes = 0;
    for (size_t k = 0; k < o->hidden; k++) {
        t->spikes[k] += o->count[k];
        spikes += o->count[k];
    }
    sum->loss = sum->loss + o->loss;
    sum->accuracy = sum->accuracy + (double)o->right;
    sum->spikes = sum->spikes + (double)spikes;
    sum->silent_labels = sum->silent_labels + (double)o->silent_labels;
    sum->samples = sum->samples + (double)t->batch.batch.samples;
}

static void start_score(struct train *t, struct train_score *sum)
{
    *sum = (struct train_score){.loss = 0};
    memset(t->spikes, 0, resident_outcome(t->engine)->hidden * sizeof *t->spikes);
}

/* Sums become means. */
static void end_score(const struct train *t, struct train_score *sum)
{
    size_t hidden = resident_outcome(t->engine)->hidden;
    double samples = sum->samples > 0 ? sum->samples : 1;
    for (size_t k = 0; k < hidden; k++)
        sum->silent = sum->silent + (t->spikes[k] == 0);
    sum->loss = sum->loss / samples;
    sum->accuracy = sum->accuracy / samples;
    sum->spikes = sum->spikes / samples / (double)(hidden > 0 ? hidden : 1);
}

static int engine_failed(const struct train *t, struct case_error *error)
{
    snprintf(error->text, sizeof error->text, "%s: %.180s", t->kind->name,
             resident_reason(t->engine));
    return -1;
}

int train_evaluate(struct train *train, enum train_set set, struct train_score *score,
                   size_t *confusion, struct case_error *error)
{
    const struct spike_set *from = &train->set[set];
    size_t batch = (size_t)train->settings.batch;
    start_score(train, score);
    for (size_t at = 0; at < from->samples; at += batch) {
        size_t samples = from->samples - at < batch ? from->samples - at : batch;
        if (train_batch_plain(&train->batch, from, at, samples) != 0)
            return no_memory(error);
        if (resident_run(train->engine, &train->batch.batch, false) != 0)
            return engine_failed(train, error);
        add_outcome(train, score);
        for (size_t s = 0; confusion && s < samples; s++)
            confusion[from->label[at + s] * from->classes +
                      resident_outcome(train->engine)->predicted[s]]++;
    }
    end_score(train, score);
    return 0;
}

/* ---- epochs ---- */

size_t train_batches(const struct train *train)
{
    return train_epoch_samples(&train->set[TRAIN_LEARN], &train->settings) /
           (size_t)train->settings.batch;
}

static int learn_batch(struct train *t, const struct train_watch *watch, size_t k, size_t batches,
                       struct train_score *sum, struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    size_t batch = (size_t)s->batch;
    if (train_batch_augmented(&t->batch, &t->set[TRAIN_LEARN], t->order + k * batch, batch, s,
                              t->state.epoch) != 0)
        return no_memory(error);
    if (resident_run(t->engine, &t->batch.batch, true) != 0)
        return engine_failed(t, error);
    add_outcome(t, sum);
    double every = s->verify_every, done = t->state.schedule.steps;
    if (watch && watch->verify && every > 0 && (uint64_t)done % (uint64_t)every == 0)
        watch->verify(watch->context, t, k);
    struct adam adam = train_schedule_step(&t->state.schedule, s, s->epochs * (double)batches);
    /* As much of its own rate as there is of the other. */
    resident_delay_rate(t->engine, s->rate > 0
                                       ? (float)(s->delay_rate * ((double)adam.rate / s->rate))
                                       : (float)s->delay_rate);
    if (resident_adam(t->engine, &adam) != 0)
        return engine_failed(t, error);
    return watch && watch->batch ? watch->batch(watch->context, t, k + 1, batches, sum) : 0;
}

/* Neurons of the first layer without a spike in the whole epoch get other input weights. */
static int lift_silent(struct train *t, struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    size_t channels = t->set[TRAIN_LEARN].channels, hidden = t->problem->population[1].size;
    size_t inputs = (size_t)s->taps * channels, silent = 0;
    for (size_t j = 0; j < hidden; j++)
        silent += t->spikes[j] == 0;
    if ((s->lift == 0 && !s->rewire) || silent == 0)
        return 0;
    float *value = malloc(t->parameters * sizeof *value), *drawn = malloc(inputs * sizeof *drawn);
    int failed = !value || !drawn                                      ? no_memory(error)
                 : resident_get(t->engine, RESIDENT_VALUE, value) != 0 ? engine_failed(t, error)
                                                                       : 0;
    for (size_t j = 0; j < hidden && !failed; j++) {
        if (t->spikes[j] != 0)
            continue;
        train_draw_input(drawn, s, channels, j, t->state.epoch);
        for (size_t i = 0; i < inputs; i++)
            value[i * hidden + j] = s->rewire ? drawn[i] : value[i * hidden + j] + (float)s->lift;
    }
    if (!failed && resident_put(t->engine, RESIDENT_VALUE, value) != 0)
        failed = engine_failed(t, error);
    free(value);
    free(drawn);
    return failed;
}

static int add_row(struct train *t, const struct train_row *row, struct case_error *error)
{
    struct train_row *grown = realloc(t->state.row, (t->state.rows + 1) * sizeof *grown);
    if (!grown)
        return no_memory(error);
    t->state.row = grown;
    grown[t->state.rows++] = *row;
    return 0;
}

/* Keeps the weights of the best epoch so far, by what the settings say; of equals the first. */
static int keep_best(struct train *t, const struct train_row *row, struct case_error *error)
{
    const char *select = t->settings.select;
    struct train_score test;
    double accuracy = strcmp(select, "train") == 0        ? row->learn.accuracy
                      : strcmp(select, "validation") == 0 ? row->validate.accuracy
                                                          : (double)t->state.epoch;
    if (strcmp(select, "test") == 0) {
        if (train_evaluate(t, TRAIN_TEST, &test, NULL, error) != 0)
            return -1;
        accuracy = test.accuracy;
    }
    if (accuracy > t->state.best) {
        t->state.best = accuracy;
        t->state.best_epoch = t->state.epoch;
        if (resident_get(t->engine, RESIDENT_VALUE, t->state.kept) != 0)
            return engine_failed(t, error);
    }
    return 0;
}

int train_epoch(struct train *train, const struct train_watch *watch, struct case_error *error)
{
    size_t batches = train_batches(train);
    const struct train_schedule before = train->state.schedule;
    double steps = train->settings.epochs * (double)batches;
    struct train_row row = {.epoch = (double)train->state.epoch,
                            .rate = train_schedule_rate(&before, &train->settings, steps)};
    double start = now();
    start_score(train, &row.learn);
    train_order(train->order, train_epoch_samples(&train->set[TRAIN_LEARN], &train->settings),
                &train->settings, train->state.epoch);
    for (size_t k = 0; k < batches; k++) {
        int stopped = learn_batch(train, watch, k, batches, &row.learn, error);
        if (stopped) {
            train->state.schedule = before;
            return stopped;
        }
    }
    end_score(train, &row.learn);
    if (lift_silent(train, error) != 0)
        return -1;
    bool validated = train->set[TRAIN_VALIDATE].samples > 0;
    if (validated && train_evaluate(train, TRAIN_VALIDATE, &row.validate, NULL, error) != 0)
        return -1;
    if (keep_best(train, &row, error) != 0)
        return -1;
    /* By what the last training has, too, where no group is left out. */
    bool by_validation = validated && strcmp(train->settings.select, "leave-speaker") != 0;
    train_schedule_epoch(&train->state.schedule, &train->settings, train->state.epoch,
                         by_validation ? row.validate.accuracy : row.learn.accuracy);
    row.seconds = now() - start;
    train->state.epoch++;
    return add_row(train, &row, error);
}

/* An engine that fails here fails in every call that follows. */
void train_choose(struct train *train)
{
    if (train->state.best >= 0)
        resident_put(train->engine, RESIDENT_VALUE, train->state.kept);
}
