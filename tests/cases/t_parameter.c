/* SPDX-License-Identifier: MIT */
/* t_parameter.c: are the parameters of a case numbered without gaps, and named? */
#include "cases/cases.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

/* in (2 neurons, the first one silent) -> hid (lif, 2), one delay for all -> out (li, 1). */
static const char text[] =
    "{\"format\": \"evident-case-1\", \"name\": \"n\", \"time\": {\"end\": 40}, \"populations\": ["
    "{\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    "{\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    " \"threshold\": 1},"
    "{\"name\": \"out\", \"size\": 1, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5}],"
    "\"projections\": ["
    "{\"source\": \"in\", \"target\": \"hid\", \"delay\": 1.5, \"weights\": [[1, 2], [3, 4]]},"
    "{\"source\": \"hid\", \"target\": \"out\", \"delay\": [[2], [3]], \"weights\": [[1], [2]]}],"
    "\"samples\": ["
    "{\"spikes\": {\"in\": [[], [1, 2, 3]]}, \"target\": {\"label\": 0}},"
    "{\"spikes\": {\"in\": [[4], []]}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"max-voltage-cross-entropy\", \"population\": \"out\"}}";

static const char *const names[] = {"weights[0][0][0]",
                                    "weights[0][0][1]",
                                    "weights[0][1][0]",
                                    "weights[0][1][1]",
                                    "weights[1][0][0]",
                                    "weights[1][1][0]",
                                    "delays[0][0][0]",
                                    "delays[0][0][1]",
                                    "delays[0][1][0]",
                                    "delays[0][1][1]",
                                    "delays[1][0][0]",
                                    "delays[1][1][0]",
                                    "tau_mem.hid[0]",
                                    "tau_mem.hid[1]",
                                    "tau_mem.out[0]",
                                    "tau_syn.hid[0]",
                                    "tau_syn.hid[1]",
                                    "tau_syn.out[0]",
                                    "threshold.hid[0]",
                                    "threshold.hid[1]",
                                    "bias.hid[0]",
                                    "bias.hid[1]",
                                    "bias.out[0]",
                                    "spike_times[0].in[1][0]",
                                    "spike_times[0].in[1][1]",
                                    "spike_times[0].in[1][2]",
                                    "spike_times[1].in[0][0]"};
enum { PARAMETERS = sizeof names / sizeof names[0], BLOCKS = 2 + 2 + 2 + 2 + 1 + 2 + 4 };

static struct case_problem *c;
static struct case_block *block;
static size_t blocks, parameters;

static void setup(void)
{
    struct case_error error;
    c = case_read_text(text, strlen(text), "text", NULL, &error);
    ck_assert_msg(c, "%s", error.text);
    blocks = case_blocks(&block, &parameters, c);
}

static void teardown(void)
{
    free(block);
    case_free(c);
}

TEST(every_number_by_which_a_loss_is_differentiated_is_counted_once)
{
    ck_assert_uint_eq(blocks, BLOCKS);
    ck_assert_uint_eq(parameters, PARAMETERS);
}

TEST(blocks_cover_the_parameters_without_gaps)
{
    size_t next = 0;
    for (size_t b = 0; b < blocks; b++) {
        ck_assert_uint_eq(block[b].first, next);
        next += block[b].rows * block[b].columns;
        ck_assert(b == 0 || block[b].quantity >= block[b - 1].quantity);
    }
    ck_assert_uint_eq(next, parameters);
}

TEST_EACH(a_parameter_is_named_as_its_place_in_a_result, 0, PARAMETERS)
{
    char name[64];
    case_parameter_name(name, sizeof name, c, block, blocks, (size_t)_i);
    ck_assert_str_eq(name, names[_i]);
}

TEST(the_block_of_a_parameter_holds_it_although_neighbours_are_empty)
{
    for (size_t i = 0; i < parameters; i++) {
        const struct case_block *of = case_block_of(block, blocks, i);
        ck_assert_ptr_nonnull(of);
        ck_assert(i >= of->first && i - of->first < of->rows * of->columns);
    }
}

TEST(there_is_no_block_beyond_the_last_parameter)
{
    ck_assert_ptr_null(case_block_of(block, blocks, parameters));
    ck_assert_ptr_null(case_block_of(block, blocks, SIZE_MAX));
    ck_assert_ptr_null(case_block_of(block, 0, 0));
}

TEST(a_short_buffer_cuts_the_name)
{
    char name[8];
    case_parameter_name(name, sizeof name, c, block, blocks, 0);
    ck_assert_str_eq(name, "weights");
}

TEST(one_delay_stands_for_all_synapses_and_a_matrix_for_each)
{
    ck_assert(case_delay(c, &c->projection[0], 1, 1) >= 1.5);
    ck_assert(case_delay(c, &c->projection[0], 1, 1) <= 1.5);
    ck_assert(case_delay(c, &c->projection[1], 1, 0) >= 3);
    ck_assert(case_delay(c, &c->projection[1], 1, 0) <= 3);
}

SUITE("parameter", .setup = setup, .teardown = teardown)
