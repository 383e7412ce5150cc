/* SPDX-License-Identifier: MIT */
/* t_train.c: epochs of a training: that it learns, from what, what it counts. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

#include <math.h>

/* ---- learning ---- */

TEST(the_loss_falls_and_the_classes_are_told_apart)
{
    static const char *const losses[] = {
        "", "loss=voltage-integral-cross-entropy", "loss=instantaneous-cross-entropy",
        "loss=first-spike-cross-entropy output_mean=4 tau0=1 tau1=20 alpha=0.01 skip_silent=true",
        "recurrent=true train_taus=true heterogeneous=true hidden=8,6 hidden_mean=1"};
    for (size_t k = 0; k < sizeof losses / sizeof *losses; k++) {
        struct train train;
        open_tiny(&train, losses[k], 1);
        learn(&train, 25);
        const struct train_row *first = train.state.row, *last = first + 24;
        ck_assert_msg(last->learn.loss < 0.7 * first->learn.loss, "%s: %g, %g", losses[k],
                      first->learn.loss, last->learn.loss);
        ck_assert_msg(last->learn.accuracy > 0.9, "%s: %g", losses[k], last->learn.accuracy);
        train_close(&train);
    }
}

/* ---- an epoch ---- */

struct seen {
    size_t calls, batches, stop_at;
    struct train_score sum;
    double sample_loss;
    uint64_t spikes[8];
};

static int see(void *context, const struct train *train, size_t batch, size_t batches,
               const struct train_score *sum)
{
    struct seen *seen = context;
    const struct resident_outcome *o = resident_outcome(train->engine);
    ck_assert_uint_eq(batch, ++seen->calls);
    seen->batches = batches;
    seen->sum = *sum;
    for (size_t k = 0; k < train->batch.batch.samples; k++)
        seen->sample_loss += o->sample_loss[k];
    for (size_t k = 0; k < 8; k++)
        seen->spikes[k] += o->count[k];
    return batch == seen->stop_at ? 7 : 0;
}

/* Five batches of 5 would be 25: the last one of 24 samples is not learned from. */
TEST(a_row_tells_of_all_full_batches)
{
    struct train train;
    struct seen seen = {0};
    struct train_watch watch = {&seen, see, NULL};
    struct case_error error;
    open_tiny(&train, "batch=5 input_mean=0 input_deviation=3 rate=0.25", 1);
    ck_assert_int_eq(train_epoch(&train, &watch, &error), 0);
    const struct train_row *row = train.state.row;
    uint64_t spikes = 0, silent = 0;
    for (size_t k = 0; k < 8; k++) {
        spikes += seen.spikes[k];
        silent += seen.spikes[k] == 0;
    }
    ck_assert(seen.calls == 4 && seen.batches == 4);
    ck_assert_uint_eq(train.state.rows, 1);
    ck_assert(row->epoch == 0 && row->rate == 0.25 && row->seconds > 0);
    ck_assert(row->learn.samples == 20 && row->validate.samples == 0);
    ck_assert(fabs(row->learn.loss - seen.sample_loss / 20) < 1e-12);
    ck_assert(row->learn.accuracy == seen.sum.accuracy / 20);
    ck_assert(spikes > 0 && silent > 0);
    ck_assert(row->learn.spikes == (double)spikes / 20 / 8);
    ck_assert(row->learn.silent == (double)silent);
    ck_assert(train.state.epoch == 1 && train.state.schedule.steps == 4);
    train_close(&train);
}

TEST(a_watcher_stops_it_and_the_schedule_is_as_before)
{
    struct train train;
    struct seen seen = {.stop_at = 2};
    struct train_watch watch = {&seen, see, NULL};
    struct case_error error;
    open_tiny(&train, "ease=1.5", 1);
    learn(&train, 1);
    struct train_schedule before = train.state.schedule;
    ck_assert_int_eq(train_epoch(&train, &watch, &error), 7);
    ck_assert_uint_eq(seen.calls, 2);
    ck_assert_uint_eq(train.state.rows, 1);
    ck_assert_uint_eq(train.state.epoch, 1);
    ck_assert_mem_eq(&before, &train.state.schedule, sizeof before);
    train_close(&train);
}

static void count_verified(void *context, struct train *train, size_t batch)
{
    (void)train;
    size_t *seen = context;
    seen[0] = seen[0] * 10 + batch + 1; /* a digit a call */
}

/* Batches 0, 4, 8 of the training: 0 and 4 of the first epoch, 2 of the second. */
TEST(every_so_many_batches_of_the_training_one_is_verified)
{
    struct train train;
    size_t seen = 0;
    struct train_watch watch = {&seen, NULL, count_verified};
    struct case_error error;
    open_tiny(&train, "verify_every=4", 1);
    ck_assert_int_eq(train_epoch(&train, &watch, &error), 0);
    ck_assert_int_eq(train_epoch(&train, &watch, &error), 0);
    ck_assert_uint_eq(seen, 153);
    train_close(&train);
}

static void check_evaluated(const char *loss)
{
    struct train whole, rest;
    char more[100];
    struct train_score a, b;
    struct case_error error;
    snprintf(more, sizeof more, "batch=24 %s", loss);
    open_tiny(&whole, more, 1);
    snprintf(more, sizeof more, "batch=7 %s", loss);
    open_tiny(&rest, more, 1);
    float *before = part_of(&rest, RESIDENT_VALUE);
    ck_assert_int_eq(train_evaluate(&whole, TRAIN_LEARN, &a, NULL, &error), 0);
    ck_assert_int_eq(train_evaluate(&rest, TRAIN_LEARN, &b, NULL, &error), 0);
    float *after = part_of(&rest, RESIDENT_VALUE);
    ck_assert(a.samples == 24 && b.samples == 24);
    ck_assert(a.accuracy == b.accuracy && a.spikes == b.spikes && a.silent == b.silent);
    ck_assert(fabs(a.loss - b.loss) < 1e-12 * a.loss);
    ck_assert_mem_eq(before, after, rest.parameters * sizeof *before);
    free(before);
    free(after);
    train_close(&whole);
    train_close(&rest);
}

TEST(a_set_is_evaluated_to_its_last_sample_and_nothing_is_learned)
{
    check_evaluated("");
    check_evaluated("loss=instantaneous-cross-entropy");
    check_evaluated("loss=voltage-integral-cross-entropy");
    check_evaluated("loss=first-spike-cross-entropy output_mean=1");
}

/* A network of zeros: all outputs are alike, the first is taken, and that is right for a third. */
TEST(of_equal_outputs_the_first_is_predicted)
{
    static const char *const losses[] = {"", "loss=voltage-integral-cross-entropy",
                                         "loss=instantaneous-cross-entropy",
                                         "loss=first-spike-cross-entropy"};
    for (size_t k = 0; k < 4; k++) {
        struct train train;
        struct train_score score;
        struct case_error error;
        char more[200];
        snprintf(more, sizeof more, "input_mean=0 input_deviation=0 %s", losses[k]);
        open_tiny(&train, more, 1);
        ck_assert_int_eq(train_evaluate(&train, TRAIN_LEARN, &score, NULL, &error), 0);
        ck_assert(score.accuracy == 8.0 / 24 && score.silent == 8);
        ck_assert(score.silent_labels == (k == 3 ? 24 : 0));
        for (size_t s = 0; s < 4; s++)
            ck_assert_uint_eq(resident_outcome(train.engine)->predicted[s], 0);
        train_close(&train);
    }
}

/* ---- what is held out ---- */

static bool same_sample(const struct spike_set *a, size_t s, const struct spike_set *b, size_t t)
{
    size_t count = a->begin[s + 1] - a->begin[s];
    return b->begin[t + 1] - b->begin[t] == count && a->label[s] == b->label[t] &&
           a->group[s] == b->group[t] &&
           memcmp(a->step + a->begin[s], b->step + b->begin[t], count * sizeof *a->step) == 0 &&
           memcmp(a->channel + a->begin[s], b->channel + b->begin[t], count * sizeof *a->channel) ==
               0;
}

static void check_held_out(const char *setting, bool (*is_held)(size_t sample), size_t wanted)
{
    struct train all, split;
    size_t left = 0, held = 0;
    open_tiny(&all, "", 1);
    open_tiny(&split, setting, 1);
    const struct spike_set *learn_set = &split.set[TRAIN_LEARN],
                           *validate_set = &split.set[TRAIN_VALIDATE];
    ck_assert_uint_eq(validate_set->samples, wanted);
    ck_assert_uint_eq(learn_set->samples, TINY_SAMPLES - wanted);
    ck_assert(validate_set->channels == TINY_CHANNELS && validate_set->classes == TINY_CLASSES);
    for (size_t s = 0; s < TINY_SAMPLES; s++)
        ck_assert(is_held(s) ? same_sample(&all.set[TRAIN_LEARN], s, validate_set, held++)
                             : same_sample(&all.set[TRAIN_LEARN], s, learn_set, left++));
    learn(&split, 1);
    ck_assert(split.state.row->validate.samples == (double)wanted);
    train_close(&all);
    train_close(&split);
}

static bool is_group_2(size_t sample)
{
    return sample / TINY_CLASSES % TINY_GROUPS == 2;
}

static bool is_group_0(size_t sample)
{
    return sample / TINY_CLASSES % TINY_GROUPS == 0;
}

static bool is_late(size_t sample)
{
    return sample >= TINY_SAMPLES - 5;
}

TEST(a_group_or_the_last_samples_are_held_out_whole)
{
    check_held_out("leave=2", is_group_2, 6);
    check_held_out("leave=0", is_group_0, 6);
    check_held_out("validate=5", is_late, 5);
}

static const struct {
    const char *set, *says;
} wrong[] = {
    {"leave=9", "tiny.jsonl: leave: found 0 of 24 samples to hold out, wanted some to hold out and "
                "some to learn from"},
    {"validate=24", "tiny.jsonl: validate: found 24 of 24 samples to hold out, wanted some"},
    {"validate=1000", "tiny.jsonl: validate: found 24 of 24 samples to hold out, wanted some"},
    {"batch=25", "tiny.jsonl: found 24 samples, wanted a batch of 25"},
    {"validate=5 batch=20", "tiny.jsonl: found 19 samples, wanted a batch of 20"},
    {"train=none.h5", "none.h5: found no"},
    {"hidden=x", "training: hidden: found x, wanted"},
    {"step=3", "wanted"},
};

TEST(data_that_cannot_be_learned_from_are_refused_in_one_line)
{
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct train_settings settings = tiny_settings(wrong[k].set);
        struct train train;
        struct case_error error = {""};
        ck_assert_msg(train_open(&train, &settings, &gpu_clock_host, 1, NULL, &error) == -1, "%s",
                      wrong[k].set);
        ck_assert_msg(strstr(error.text, wrong[k].says) && is_one_line(error.text), "%s: %s",
                      wrong[k].set, error.text);
        train_close(&train);
        train_settings_clear(&settings);
    }
}

TEST(an_engine_that_cannot_stay_is_refused)
{
    struct train_settings settings = tiny_settings("");
    struct engine other = gpu_clock_host;
    struct train train;
    struct case_error error = {""};
    ck_assert_int_eq(train_open(&train, &settings, &other, 1, NULL, &error), -1);
    ck_assert_msg(strstr(error.text, "cannot train") && is_one_line(error.text), "%s", error.text);
    train_close(&train);
    train_settings_clear(&settings);
}

SUITE("train", .setup = open_place, .teardown = close_place, .seconds = 120)
