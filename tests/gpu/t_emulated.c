/* SPDX-License-Identifier: MIT */
/* t_emulated.c: the kernels' text, run thread by thread on the host, gives the host driver's bits,
 * for every shape of a launch and every order of the threads. */
#include "tests/emulated_case.h"
#include "tests/whole.h"
#include "tests/run_suite.h"

static void teardown(void)
{
    mpfr_free_cache();
}

static void ck_same_edge(const struct edge *e, unsigned block, unsigned cluster,
                         enum emulated_order order)
{
    struct engine_options options = traced;
    struct emulated_settings settings = {.order = order, .seed = e->hidden};
    struct case_problem *c = edge_case(e);
    options.block = block;
    options.cluster = cluster;
    const char *what = emulated_difference(c, &options, &settings);
    ck_assert_msg(!what, "%zu-%zu-%zu, %zu samples, %zu steps, block %u, cluster %u: %s differs",
                  e->inputs, e->hidden, e->outputs, e->samples, e->steps, block, cluster, what);
    case_free(c);
}

/* ---- families ---- */

static const struct {
    unsigned block, cluster;
    enum emulated_order order;
} shapes[] = {{32, 1, EMULATED_SHUFFLED}, {64, 1, EMULATED_FORWARD},  {128, 1, EMULATED_REVERSE},
              {32, 2, EMULATED_REVERSE},  {64, 2, EMULATED_SHUFFLED}, {32, 3, EMULATED_SHUFFLED},
              {64, 3, EMULATED_FORWARD}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Of every family, or of every so many-th from that one on. */
static void ck_same_families(const struct engine_options *wanted, uint64_t first, uint64_t count,
                             size_t every)
{
    size_t ran = 0, families = 0;
    for (const struct case_family *family = case_families; family->name; family++) {
        bool large = strcmp(family->name, "real-digits") == 0 ||
                     (size_t)(family - case_families) % every != first % every;
        families++;
        for (uint64_t k = first; k < first + count && !large; k++) {
            struct engine_options options = *wanted;
            struct emulated_settings settings = {.seed = k, .spikes = 4};
            struct case_made made;
            size_t shape = (size_t)(family - case_families + (ptrdiff_t)k) % SHAPES;
            ck_assert(family->make(&made, 3, family->limit ? k % family->limit : k) == 0);
            options.block = shapes[shape].block;
            options.cluster = shapes[shape].cluster;
            options.step = made.problem->end / (double)(60 + 37 * k % 200);
            settings.order = shapes[shape].order;
            const char *what = emulated_difference(made.problem, &options, &settings);
            ck_assert_msg(!what, "%s:3:%d, shape %zu: %s differs", family->name, (int)k, shape,
                          what);
            case_made_clear(&made);
            ran++;
        }
    }
    ck_assert(ran + 1 >= count * (families / every));
}

TEST_EACH(all_families_give_the_bits_of_the_host, 0, 3)
{
    struct engine_options options = traced;
    options.delays = CASE_ROUND_DELAYS;
    if (whole())
        ck_same_families(&options, 3 * (uint64_t)_i, 3, 1);
    else
        ck_same_families(&options, (uint64_t)_i, 1, 1);
}

static const unsigned variants[] = {SCHEME_DRIVE_OVER_TAU, SCHEME_MAX_OVER_T,  SCHEME_LATE_JUMP,
                                    SCHEME_BLOCKED,        SCHEME_FLOAT_CLOCK, SCHEME_TAU_PUBLISHED,
                                    SCHEME_LABEL,          SCHEME_CLAMP,       SCHEME_MERGE,
                                    SCHEME_MAX_BEFORE,     SCHEME_MAX_STILL,   SCHEME_COMPAT};

TEST_EACH(all_variants_give_the_bits_of_the_host, 0, sizeof variants / sizeof *variants)
{
    struct engine_options options = traced;
    options.delays = CASE_ROUND_DELAYS;
    options.variant = variants[_i];
    ck_same_families(&options, (uint64_t)_i, 1, whole() ? 1 : 2);
}

TEST(other_weights_backward_give_the_bits_of_the_host)
{
    const struct edge e = {20, 40, 3, 2, 100, CASE_INSTANTANEOUS_CROSS_ENTROPY, EDGE_SCALAR};
    const struct emulated_settings settings = {.order = EMULATED_SHUFFLED};
    struct case_problem *c = edge_case(&e);
    const double *other[3];
    struct engine_options options = traced;
    for (size_t p = 0; p < 3; p++) {
        size_t count = c->population[c->projection[p].source].size *
                       c->population[c->projection[p].target].size;
        double *w = edge_take(count, sizeof *w);
        for (size_t k = 0; k < count; k++)
            w[k] = 1.25 * c->projection[p].weight[k];
        other[p] = w;
    }
    options.variant = SCHEME_STALE;
    options.backward_weight = other;
    ck_assert_ptr_null(emulated_difference(c, &options, &settings));
    for (size_t p = 0; p < 3; p++)
        free((void *)(uintptr_t)other[p]);
    case_free(c);
}

/* ---- sizes ---- */

static const size_t sizes[] = {1, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025};

TEST_EACH(hidden_sizes_at_the_edges_of_warps_and_blocks, 0, sizeof sizes / sizeof *sizes)
{
    struct edge e = {7, sizes[_i], 2, 2, 70, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_SCALAR};
    e.steps = sizes[_i] > 1000 ? 6 : 70;
    if (_i % 2 == 0 || whole())
        ck_same_edge(&e, 128, 1, EMULATED_SHUFFLED);
    if (_i % 2 == 1 || whole())
        ck_same_edge(&e, 96, 3, EMULATED_REVERSE);
}

TEST(a_block_of_the_largest_size)
{
    const struct edge e = {7, 1025, 2, 1, 8, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_NONE};
    ck_same_edge(&e, 1024, 1, EMULATED_SHUFFLED);
}

TEST_EACH(samples_at_the_edges_of_warps, 0, sizeof sizes / sizeof *sizes)
{
    struct edge e = {4, 5, 2, sizes[_i], 70, CASE_VOLTAGE_SQUARED_ERROR, EDGE_NONE};
    e.steps = sizes[_i] > 200 ? 10 : 70;
    ck_same_edge(&e, 32, 1, EMULATED_SHUFFLED);
}

TEST(many_inputs_and_many_classes)
{
    const struct edge inputs = {7700, 40, 64, 1, 20, CASE_INSTANTANEOUS_CROSS_ENTROPY, EDGE_NONE};
    const struct edge classes = {50, 33, 65, 2, 30, CASE_FIRST_SPIKE_CROSS_ENTROPY, EDGE_SCALAR};
    ck_same_edge(&inputs, 64, 1, EMULATED_SHUFFLED);
    ck_same_edge(&classes, 64, 2, EMULATED_SHUFFLED);
}

TEST(a_delay_for_every_synapse)
{
    const struct edge e = {40, 70, 5, 3, 130, CASE_FIRST_SPIKE_MARGIN, EDGE_MATRIX};
    ck_same_edge(&e, 64, 1, EMULATED_SHUFFLED);
    ck_same_edge(&e, 32, 3, EMULATED_SHUFFLED);
}

TEST_EACH(chunks_and_steps_at_their_edges, 0, 8)
{
    static const size_t steps[] = {1, 2, 63, 64, 65, 127, 128, 129};
    struct edge e = {20, 33, 3, 2, steps[_i], CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_SCALAR};
    ck_same_edge(&e, 64, 1, EMULATED_SHUFFLED);
}

/* ---- memory ---- */

TEST(a_full_list_grows_and_no_spike_is_dropped)
{
    const struct edge e = {7, 90, 3, 3, 200, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_MATRIX};
    const struct emulated_settings small = {.order = EMULATED_SHUFFLED, .spikes = 1};
    struct case_problem *c = edge_case(&e);
    struct result r;
    engine_run(&gpu_clock_host, &r, c, &traced);
    ck_assert(edge_spikes(&r) > 2 * e.hidden * e.samples);
    ck_assert_ptr_null(emulated_difference(c, &traced, &small));
    result_clear(&r);
    case_free(c);
}

TEST(what_does_not_fit_into_shared_memory_lies_elsewhere)
{
    const struct emulated_settings none = {.order = EMULATED_SHUFFLED, .shared = 16};
    struct engine_options options = traced;
    for (options.cluster = 1; options.cluster <= 3; options.cluster++) {
        const struct edge e = {20,
                               100,
                               3,
                               2,
                               100,
                               CASE_MAX_VOLTAGE_CROSS_ENTROPY,
                               (enum edge_delays)(options.cluster - 1)};
        struct case_problem *c = edge_case(&e);
        ck_assert_ptr_null(emulated_difference(c, &options, &none));
        case_free(c);
    }
}

TEST(memory_does_not_grow_with_the_number_of_steps)
{
    const struct edge e = {5, 40, 3, 2, 256, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    struct engine_options options = {.gradients = true};
    struct case_problem *c = edge_case(&e);
    struct result few, many;
    ck_assert(engine_run(&gpu_clock_emulated, &few, c, &options) == RESULT_OK);
    options.step = 1.0 / 8;
    ck_assert(engine_run(&gpu_clock_emulated, &many, c, &options) == RESULT_OK);
    ck_assert(many.steps == 8 * few.steps);
    ck_assert_msg(many.bytes <= few.bytes + 1024, "%zu, then %zu bytes", few.bytes, many.bytes);
    result_clear(&few);
    result_clear(&many);
    case_free(c);
}

TEST(places_beyond_32_bits)
{
    struct emulated_settings settings = {.order = EMULATED_SHUFFLED};
    const char *what = emulated_far(&gpu_clock_emulated, &settings.only, &settings);
    ck_assert_msg(!what, "%s", what);
}

/* ---- refusals ---- */

TEST(shapes_that_no_device_has_are_refused)
{
    const struct edge e = {2, 3, 2, 1, 10, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    static const unsigned wrong[][2] = {{33, 1}, {2048, 1}, {16, 1}, {32, 9}};
    struct case_problem *c = edge_case(&e);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct engine_options options = {.threads = 0};
        struct result r;
        options.block = wrong[k][0];
        options.cluster = wrong[k][1];
        ck_assert(engine_run(&gpu_clock_emulated, &r, c, &options) == RESULT_REFUSED);
        ck_assert(strstr(r.reason, "wanted") != NULL);
        result_clear(&r);
    }
    case_free(c);
}

TEST(without_a_device_the_reason_says_so)
{
    const struct edge e = {2, 3, 2, 1, 10, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    struct case_problem *c = edge_case(&e);
    struct engine_options options = {.threads = 0};
    struct result r;
    char text[200];
    if (gpu_device(text, sizeof text) == RESULT_ABSENT) {
        ck_assert(engine_run(&gpu_clock_cuda, &r, c, &options) == RESULT_ABSENT);
        ck_assert_str_eq(r.reason, text);
        ck_assert(strstr(text, "no NVIDIA device") || strstr(text, "built without CUDA"));
        result_clear(&r);
    }
    case_free(c);
}

SUITE("emulated", .teardown = teardown, .seconds = 60)
