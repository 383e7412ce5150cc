/* SPDX-License-Identifier: MIT */
/* t_train_delay.c: delays that are learned. */
#include "cases/result.h"
#include "tests/run_suite.h"
#include "tests/training_case.h"
#include "tests/shell.h"

/* Two channels spike 20 ms apart, the one or the other first, at some time: far beyond what a
 * neuron remembers. By weights the integral of V over the trial cannot tell one order from the
 * other. */
static void write_order(void)
{
    FILE *out = fopen(file_at("order.jsonl"), "w");
    ck_assert_ptr_nonnull(out);
    fputs("{\"channels\": 2, \"classes\": 2}\n", out);
    for (int s = 0; s < 64; s++) {
        int first = s % 2, time = 1 + (7 * s + s / 2 * 3) % 12;
        fprintf(out, "{\"label\": %d, \"spikes\": [[%d.5, %d], [%d.5, %d]]}\n", first, time, first,
                time + 20, 1 - first);
    }
    ck_assert_int_eq(fclose(out), 0);
}

static void setup(void)
{
    make_folder();
    snprintf(place, sizeof place, "%s", folder);
    write_tiny("tiny.jsonl", 0);
    write_order();
}

#define ORDER                                                                                      \
    "end=80 step=1 hidden=16 tau_mem=4 tau_syn=2 batch=8 ease=1 input_mean=4.4 "                   \
    "input_deviation=0.1 output_mean=0 output_deviation=1 weighting=uniform strength=0 "
#define DELAYS "train_delays=true most_delay=40 delay_rate=0.5 delay_start=30 "

static double accuracy_of(const char *more, int epochs)
{
    struct train train;
    struct case_error error = {""};
    char data[200];
    snprintf(data, sizeof data, "train=%s", file_at("order.jsonl"));
    struct train_settings settings = settings_of(data, ORDER, more, NULL);
    ck_assert_msg(train_open(&train, &settings, &gpu_clock_host, 1, NULL, &error) == 0, "%s",
                  error.text);
    learn(&train, epochs);
    double accuracy = train.state.row[epochs - 1].learn.accuracy;
    train_close(&train);
    return accuracy;
}

/* Weights that stay as they were drawn; and weights alone, which learn nothing. */
TEST(what_needs_delays_is_learned_by_delays)
{
    ck_assert(accuracy_of(DELAYS "rate=0", 1) < 0.6);
    ck_assert(accuracy_of(DELAYS "rate=0", 25) == 1);
    ck_assert(accuracy_of("rate=0.05", 25) < 0.7);
    ck_assert(accuracy_of("rate=0 delay_start=30", 3) < 0.6);
}

/* ---- the gradient ---- */

static const char *const trainings[] = {
    "batch=1 train_delays=true delay_start=6 most_delay=9 delay_rate=0.2 recurrent=true",
    "batch=1 train_delays=true taps=2 tap=3 delay_start=2 most_delay=9 delay_rate=0.5 "
    "train_taus=true "
    "hidden=33",
    "batch=1 train_delays=true most_delay=7 delay_rate=0.5 loss=first-spike-cross-entropy "
    "output_mean=4 tau0=1 tau1=20 input_mean=1.5",
};
enum { TRAININGS = sizeof trainings / sizeof *trainings };

/* The last parameters of both orders: of all projections there, of those from the input here. */
static void compare_delays(const struct train *t, const float *flat, const struct result *result,
                           const struct case_problem *c)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c), moved = 0, compared = 0;
    const float *at = flat + t->parameters;
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity == CASE_DELAY && c->projection[block[b].projection].source == 0)
            at -= (block[b].rows * block[b].columns);
    for (size_t b = 0; b < blocks; b++) {
        if (block[b].quantity != CASE_DELAY || c->projection[block[b].projection].source != 0)
            continue;
        for (size_t k = 0; k < (block[b].rows * block[b].columns); k++, at++, compared++) {
            ck_assert_msg((double)*at == result->gradient[block[b].first + k], "%zu: %.9g, %.9g", k,
                          (double)*at, result->gradient[block[b].first + k]);
            moved += *at != 0;
        }
    }
    ck_assert(at == flat + t->parameters && moved > compared / 20);
    free(block);
}

/* The bits of what is held against grid and reference (below), for the same sample. */
TEST_EACH(the_gradient_of_delays_is_that_of_the_engine, 0, TRAININGS)
{
    struct train train;
    struct result result;
    open_tiny(&train, trainings[_i], 1);
    struct engine_options options = train_engine_options(&train.settings);
    float *flat = malloc((train.parameters + 1) * sizeof *flat);
    learn(&train, 1);
    for (size_t s = 0; s < 4; s++) {
        ck_assert_int_eq(train_batch_plain(&train.batch, &train.set[TRAIN_LEARN], s, 1), 0);
        ck_assert_int_eq(resident_run(train.engine, &train.batch.batch, true), 0);
        ck_assert_int_eq(resident_gradient(train.engine, flat), 0);
        struct case_problem *c = train_case(&train, 0, 1);
        ck_assert(case_delays_whole(c, 0));
        options.delays = CASE_WHOLE_DELAYS;
        ck_assert_int_eq(engine_run(&gpu_clock_host, &result, c, &options), RESULT_OK);
        compare_delays(&train, flat, &result, c);
        result_clear(&result);
        case_free(c);
    }
    free(flat);
    train_close(&train);
}

static void put_configuration(const char *more)
{
    struct train_settings settings = tiny_settings(more);
    FILE *out = fopen(at("tiny.json"), "w");
    ck_assert_ptr_nonnull(out);
    train_settings_put(out, &settings, false);
    ck_assert_int_eq(fclose(out), 0);
    train_settings_clear(&settings);
}

/* Grid, and the exact reference as the step shrinks: weights and delays. */
TEST_EACH(the_gradient_of_delays_stands_before_the_reference, 0, TRAININGS)
{
    put_configuration(trainings[_i]);
    gives("$E train $D/tiny.json -q --out $D/out && $E export-case $D/out/checkpoint.h5 --first 1 "
          "--count 1 --out $D/case.json && $E verify $D/case.json --no-witness --engine clock-host",
          0, "cases: 1, 1 pass");
}

/* ---- state ---- */

TEST_EACH(one_epoch_and_two_more_are_three_to_the_bit, 0, TRAININGS)
{
    struct train whole, begun, going, two;
    struct case_error error = {""};
    open_tiny(&whole, trainings[_i], 1);
    open_tiny(&begun, trainings[_i], 1);
    open_tiny(&going, trainings[_i], 1);
    open_tiny(&two, trainings[_i], 2);
    learn(&whole, 3);
    learn(&two, 3);
    learn(&begun, 1);
    ck_assert_msg(train_save(&begun, file_at("a.h5"), &error) == 0, "%s", error.text);
    ck_assert_msg(train_restore(&going, file_at("a.h5"), &error) == 0, "%s", error.text);
    learn(&going, 2);
    ck_assert(same_state(&whole, &going) && same_state(&whole, &two));
    train_close(&whole);
    train_close(&begun);
    train_close(&going);
    train_close(&two);
}

/* Delays move, weights do not where their rate is 0, and none leaves its bounds. */
TEST(delays_have_a_rate_and_bounds_of_their_own)
{
    struct train train;
    open_tiny(&train, "train_delays=true delay_start=6 most_delay=6 delay_rate=2 rate=0", 1);
    float *before = part_of(&train, RESIDENT_VALUE);
    learn(&train, 3);
    float *after = part_of(&train, RESIDENT_VALUE);
    size_t weights = TINY_CHANNELS * 8 + 8 * TINY_CLASSES, least = 0, most = 0, moved = 0;
    ck_assert_uint_eq(train.parameters, weights + TINY_CHANNELS * 8);
    ck_assert_mem_eq(before, after, weights * sizeof *before);
    for (size_t k = weights; k < train.parameters; k++) {
        ck_assert(after[k] >= 0 && after[k] <= 6);
        least += after[k] == 0;
        most += after[k] == 6;
        moved += after[k] != before[k];
    }
    ck_assert_msg(least > 0 && most > 0 && moved > 8, "%zu, %zu, %zu", least, most, moved);
    free(before);
    free(after);
    train_close(&train);
}

TEST(what_cannot_be_learned_is_refused)
{
    put_configuration("train_delays=true");
    refuses("$E train $D/tiny.json --engine clock-emulated --out $D/out",
            "found delays to be trained, wanted clock-host");
    refuses("$E train $D/tiny.json --set delay_start=9 --set most_delay=8 --out $D/out",
            "most_delay: found less than the delays at the start");
}

SUITE("train_delay", .setup = setup, .teardown = drop_folder, .seconds = 120)
