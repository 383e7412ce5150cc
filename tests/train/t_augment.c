/* SPDX-License-Identifier: MIT */
/* t_augment.c: what is done to the samples of a batch: shift, dropout, blend. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

#include <math.h>

enum { SAMPLES = 12, SPIKES = 8, CHANNELS = 20, STEPS = 30, CLASSES = 3 };

/* Spike k of sample s is in step 3 k + s % 3, on a channel of its own: no two are alike. */
struct drawn {
    struct spike_set set;
    size_t begin[SAMPLES + 1];
    uint16_t step[SAMPLES * SPIKES], channel[SAMPLES * SPIKES];
    uint32_t label[SAMPLES], group[SAMPLES];
};

static struct spike_set *draw(struct drawn *d)
{
    for (size_t s = 0; s < SAMPLES; s++) {
        d->begin[s] = s * SPIKES;
        d->label[s] = (uint32_t)(s % CLASSES);
        for (size_t k = 0; k < SPIKES; k++) {
            d->step[s * SPIKES + k] = (uint16_t)(3 * k + s % 3);
            d->channel[s * SPIKES + k] = (uint16_t)((7 * k + s) % CHANNELS);
        }
    }
    d->begin[SAMPLES] = SAMPLES * SPIKES;
    d->set = (struct spike_set){.samples = SAMPLES,
                                .channels = CHANNELS,
                                .classes = CLASSES,
                                .begin = d->begin,
                                .step = d->step,
                                .channel = d->channel,
                                .label = d->label,
                                .group = d->group,
                                .steps = STEPS};
    return &d->set;
}

/* Two samples of one class, a spike each: step 10, channel 4 and step 20, channel 9. */
static struct spike_set *draw_pair(struct drawn *d)
{
    draw(d);
    d->begin[1] = 1;
    d->begin[2] = 2;
    d->step[0] = 10;
    d->step[1] = 20;
    d->channel[0] = 4;
    d->channel[1] = 9;
    d->label[0] = d->label[1] = 2;
    d->set.samples = 2;
    return &d->set;
}

static void augment(struct train_batch *batch, const struct spike_set *set, const size_t *order,
                    size_t samples, const struct train_settings *s, size_t epoch)
{
    ck_assert_int_eq(train_batch_augmented(batch, set, order, samples, s, epoch), 0);
    ck_assert_uint_eq(batch->batch.samples, samples);
    ck_assert_uint_eq(batch->begin[0], 0);
}

/* Whether sample a of one batch is sample b of another. */
static bool alike(const struct train_batch *x, size_t a, const struct train_batch *y, size_t b)
{
    size_t count = x->begin[a + 1] - x->begin[a];
    return y->begin[b + 1] - y->begin[b] == count && x->label[a] == y->label[b] &&
           (count == 0 ||
            (memcmp(x->step + x->begin[a], y->step + y->begin[b], count * sizeof *x->step) == 0 &&
             memcmp(x->neuron + x->begin[a], y->neuron + y->begin[b], count * sizeof *x->neuron) ==
                 0));
}

/* ---- plain ---- */

TEST(a_plain_batch_is_what_the_set_has)
{
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_batch batch = {.room = 0}, same = {.room = 0};
    struct train_settings s = settings_of(NULL);
    static const size_t order[] = {5, 6, 7};
    ck_assert_int_eq(train_batch_plain(&batch, set, 5, 3), 0);
    ck_assert_uint_eq(batch.batch.samples, 3);
    for (size_t k = 0; k < 3 * SPIKES; k++) {
        ck_assert_uint_eq(batch.step[k], d.step[5 * SPIKES + k]);
        ck_assert_uint_eq(batch.neuron[k], d.channel[5 * SPIKES + k]);
    }
    ck_assert_uint_eq(batch.begin[3], 3 * SPIKES);
    ck_assert_uint_eq(batch.label[1], 0);
    augment(&same, set, order, 3, &s, 9); /* nothing is asked for */
    for (size_t k = 0; k < 3; k++)
        ck_assert(alike(&batch, k, &same, k));
    train_batch_clear(&batch);
    train_batch_clear(&same);
    train_settings_clear(&s);
}

/* ---- shift ---- */

/* By how much a sample was moved; all its spikes by the same, those beyond the edges are lost. */
static long moved_by(const struct drawn *d, size_t sample, const struct train_batch *batch,
                     size_t at, long most)
{
    for (long by = -most; by <= most; by++) {
        size_t k = batch->begin[at];
        bool fits = true;
        for (size_t from = d->begin[sample]; from < d->begin[sample + 1]; from++) {
            long to = (long)d->channel[from] + by;
            if (to < 0 || to >= CHANNELS)
                continue;
            fits = fits && k < batch->begin[at + 1] && batch->step[k] == d->step[from] &&
                   (long)batch->neuron[k] == to;
            k++;
        }
        if (fits && k == batch->begin[at + 1])
            return by;
    }
    ck_abort_msg("no one number moves sample %zu", sample);
    return 0;
}

/* Uniform in [-5, 5], cut towards 0: 0 stands for (-1, 1), 4 for [4, 5). Of 6000: 1200 and 600
 * each, give or take five deviations. */
TEST(a_shift_is_one_number_a_sample_and_zero_is_twice_as_likely)
{
    enum { MOST = 5, EPOCHS = 500 };
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_batch batch = {.room = 0};
    struct train_settings s = settings_of("shift=5", NULL);
    static const size_t order[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    int count[2 * MOST + 1] = {0};
    bool lost = false;
    for (size_t epoch = 0; epoch < EPOCHS; epoch++) {
        augment(&batch, set, order, SAMPLES, &s, epoch);
        for (size_t k = 0; k < SAMPLES; k++)
            count[MOST + moved_by(&d, k, &batch, k, MOST)]++;
        lost = lost || batch.begin[SAMPLES] < SAMPLES * SPIKES;
    }
    ck_assert(lost);
    ck_assert_int_eq(count[0] + count[2 * MOST], 0);
    for (int by = 1 - MOST; by < MOST; by++)
        ck_assert_msg(by == 0 ? abs(count[MOST] - 1200) < 155 : abs(count[MOST + by] - 600) < 117,
                      "%d: %d times", by, count[MOST + by]);
    train_batch_clear(&batch);
    train_settings_clear(&s);
}

/* ---- dropout ---- */

/* Of 96 spikes in 300 epochs a quarter: 7200 of 28800, give or take five deviations of 73. */
TEST(dropout_leaves_out_its_share_and_nothing_else)
{
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_batch batch = {.room = 0};
    struct train_settings s = settings_of("dropout=0.25", NULL);
    static const size_t order[SAMPLES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    long left = 0, each[SAMPLES * SPIKES] = {0};
    for (size_t epoch = 0; epoch < 300; epoch++) {
        augment(&batch, set, order, SAMPLES, &s, epoch);
        for (size_t sample = 0; sample < SAMPLES; sample++) {
            size_t k = batch.begin[sample];
            for (size_t from = d.begin[sample]; from < d.begin[sample + 1]; from++)
                if (k < batch.begin[sample + 1] && batch.step[k] == d.step[from] &&
                    batch.neuron[k] == d.channel[from]) {
                    k++;
                    each[from]++;
                }
            ck_assert_uint_eq(k, batch.begin[sample + 1]);
        }
        left += (long)batch.begin[SAMPLES];
    }
    ck_assert_msg(labs(left - 21600) < 367, "%ld", left);
    for (size_t k = 0; k < SAMPLES * SPIKES; k++) /* each by itself: 225, deviation 7.5 */
        ck_assert_msg(labs(each[k] - 225) < 38, "%zu: %ld", k, each[k]);
    train_batch_clear(&batch);
    train_settings_clear(&s);
}

/* ---- blend ---- */

TEST(an_epoch_has_as_many_blended_samples_as_true_ones)
{
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_settings s = settings_of("blend=true", NULL), plain = settings_of(NULL);
    ck_assert_uint_eq(train_epoch_samples(set, &s), 2 * SAMPLES);
    ck_assert_uint_eq(train_epoch_samples(set, &plain), SAMPLES);
    train_settings_clear(&s);
    train_settings_clear(&plain);
}

/* Centre: step 15, channel 6.5, half of the distance cut off: 10, 4 goes to 15, 6 and 20, 9 to
 * 15, 7. One sample twice stays where it is. Of 8000 draws of two, each pair is a quarter, and each
 * of the two spikes is there in a half of all. */
static void count_pairs(int count[7], const char *text)
{
    struct drawn d;
    struct spike_set *set = draw_pair(&d);
    struct train_batch batch = {.room = 0};
    struct train_settings s = settings_of(text, NULL);
    memset(count, 0, 7 * sizeof *count);
    for (size_t epoch = 0; epoch < 8000; epoch++) {
        static const size_t blended[] = {2};
        augment(&batch, set, blended, 1, &s, epoch);
        size_t spikes = batch.begin[1];
        ck_assert_uint_eq(batch.label[0], 2);
        ck_assert_uint_le(spikes, 2);
        if (spikes == 0)
            count[0]++;
        else if (batch.step[0] == 10 && batch.neuron[0] == 4)
            count[spikes == 2 ? 5 : 1]++;
        else if (batch.step[0] == 20 && batch.neuron[0] == 9)
            count[spikes == 2 ? 6 : 2]++;
        else if (spikes == 2)
            count[4]++;
        else
            count[3]++;
        if (spikes == 2) {
            bool one = batch.neuron[0] == batch.neuron[1];
            ck_assert(batch.step[0] == batch.step[1]);
            ck_assert(one || (batch.step[0] == 15 && batch.neuron[0] == 6 && batch.neuron[1] == 7));
        }
        if (spikes == 1 && batch.step[0] == 15)
            ck_assert(batch.neuron[0] == 6 || batch.neuron[0] == 7);
    }
    train_batch_clear(&batch);
    train_settings_clear(&s);
}

static void near(int found, int wanted)
{
    ck_assert_msg(abs(found - wanted) < 5 * sqrt(wanted), "%d, wanted %d", found, wanted);
}

TEST(a_blend_is_half_of_two_samples_about_their_common_centre)
{
    int count[7];
    count_pairs(count, "blend=true merge=false");
    near(count[0], 2000); /* neither spike */
    near(count[1], 1000); /* the first sample twice, one spike */
    near(count[2], 1000);
    near(count[3], 2000); /* both, one spike: 15, 6 or 15, 7 */
    near(count[4], 1000); /* both, both spikes */
    near(count[5], 500);  /* the first sample twice, both */
    near(count[6], 500);
}

TEST(spikes_that_meet_are_merged_where_all_are)
{
    int count[7];
    count_pairs(count, "blend=true");
    near(count[1], 1500);
    near(count[2], 1500);
    near(count[4], 1000);
    ck_assert_int_eq(count[5] + count[6], 0);
}

/* 24 blends an epoch: a third of each class; their spikes are half of two samples' spikes. */
TEST(classes_are_as_often_and_spikes_in_order_and_within_the_edges)
{
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_batch batch = {.room = 0};
    struct train_settings s = settings_of("blend=true shift=3", NULL);
    int label[CLASSES] = {0};
    size_t order[SAMPLES];
    for (size_t k = 0; k < SAMPLES; k++)
        order[k] = SAMPLES + k;
    for (size_t epoch = 0; epoch < 250; epoch++) {
        augment(&batch, set, order, SAMPLES, &s, epoch);
        for (size_t sample = 0; sample < SAMPLES; sample++) {
            label[batch.label[sample]]++;
            for (size_t k = batch.begin[sample]; k < batch.begin[sample + 1]; k++) {
                ck_assert(batch.step[k] < STEPS && batch.neuron[k] < CHANNELS);
                ck_assert(
                    k == batch.begin[sample] || batch.step[k] > batch.step[k - 1] ||
                    (batch.step[k] == batch.step[k - 1] && batch.neuron[k] > batch.neuron[k - 1]));
            }
        }
    }
    for (int k = 0; k < CLASSES; k++)
        near(label[k], 1000);
    train_batch_clear(&batch);
    train_settings_clear(&s);
}

/* What is blended is what the shift of that epoch leaves of a sample: of a class of one sample, the
 * spikes of a blend are among those of the shifted sample. */
TEST(shifted_samples_are_blended)
{
    struct drawn d;
    struct spike_set *set = draw(&d);
    struct train_batch batch = {.room = 0};
    struct train_settings s = settings_of("blend=true shift=6", NULL);
    static const size_t order[] = {0, 1};
    long moved = 0, spikes = 0;
    set->samples = 1;
    for (size_t epoch = 0; epoch < 100; epoch++) {
        augment(&batch, set, order, 2, &s, epoch);
        long by = moved_by(&d, 0, &batch, 0, 6);
        for (size_t k = batch.begin[1]; k < batch.begin[2]; k++) {
            bool found = false;
            for (size_t n = batch.begin[0]; n < batch.begin[1]; n++)
                found =
                    found || (batch.step[n] == batch.step[k] && batch.neuron[n] == batch.neuron[k]);
            ck_assert(found);
            spikes++;
        }
        moved += by != 0;
    }
    ck_assert(moved > 50 && spikes > 300);
    train_batch_clear(&batch);
    train_settings_clear(&s);
}

/* ---- what all of it depends on ---- */

TEST(everything_is_a_function_of_seed_epoch_and_place_alone)
{
    static const char *const rules[] = {"shift=6", "dropout=0.5", "blend=true",
                                        "shift=6 dropout=0.5 blend=true"};
    struct drawn d;
    struct spike_set *set = draw(&d);
    for (size_t r = 0; r < 4; r++) {
        struct train_settings s = settings_of(rules[r], NULL),
                              other = settings_of(rules[r], "seed=2", NULL);
        struct train_batch a = {.room = 0}, b = {.room = 0};
        size_t first = r >= 2 ? SAMPLES : 0, order[SAMPLES], back[SAMPLES], differ = 0;
        for (size_t k = 0; k < SAMPLES; k++) {
            order[k] = first + k;
            back[k] = first + SAMPLES - 1 - k;
        }
        augment(&a, set, order, SAMPLES, &s, 7);
        augment(&b, set, back, 1, &s, 6); /* what was there before does not matter */
        augment(&b, set, back, SAMPLES, &s, 7);
        for (size_t k = 0; k < SAMPLES; k++) {
            ck_assert(alike(&a, k, &b, SAMPLES - 1 - k));
            differ += k > 0 && !alike(&a, k, &a, k - 1);
        }
        ck_assert_uint_ge(differ, SAMPLES / 2);
        for (int what = 0; what < 2; what++) { /* another epoch, another seed */
            augment(&b, set, order, SAMPLES, what ? &other : &s, what ? 7 : 8);
            differ = 0;
            for (size_t k = 0; k < SAMPLES; k++)
                differ += !alike(&a, k, &b, k);
            ck_assert_msg(differ >= SAMPLES / 2, "%s: %zu", rules[r], differ);
        }
        train_batch_clear(&a);
        train_batch_clear(&b);
        train_settings_clear(&s);
        train_settings_clear(&other);
    }
}

SUITE("augment", .seconds = 60)
