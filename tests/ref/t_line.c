/* SPDX-License-Identifier: MIT */
/* t_line.c: the reference along a line: a point of it is the case with other doubles; a ball of it
 * holds what every point in it gives; signed margins go through zero where spikes change. */
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <math.h>
#include <string.h>

static struct case_made made;
static struct case_block *block;
static size_t blocks, parameters;

static void load(const char *address)
{
    struct case_error error;
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    blocks = case_blocks(&block, &parameters, made.problem);
}

static void unload(void)
{
    free(block);
    block = NULL;
    case_made_clear(&made);
}

/* The first parameter of a quantity that is worth moving. */
static size_t some_parameter(enum case_quantity quantity)
{
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity == quantity && block[b].rows * block[b].columns > 0)
            return block[b].first;
    return SIZE_MAX;
}

/* The double of a parameter in a case of one value each. */
static double *place_of(struct case_problem *c, size_t parameter)
{
    const struct case_block *b = case_block_of(block, blocks, parameter);
    size_t const k = parameter - b->first;
    struct case_population *p = &c->population[b->population];
    struct case_values *v = b->quantity == CASE_DELAY     ? &c->projection[b->projection].delay
                            : b->quantity == CASE_TAU_MEM ? &p->tau_mem
                            : b->quantity == CASE_TAU_SYN ? &p->tau_syn
                            : b->quantity == CASE_BIAS    ? &p->bias
                                                          : &p->threshold;
    if (b->quantity == CASE_WEIGHT)
        return &c->projection[b->projection].weight[k];
    if (b->quantity == CASE_SPIKE_TIME)
        return &c->sample[b->sample].spikes[b->population][b->neuron].at[k];
    if (v->count == 1 && b->rows * b->columns > 1) { /* as many as there are */
        double const all = v->at[0];
        v->count = b->rows * b->columns;
        free(v->at);
        v->at = malloc(v->count * sizeof *v->at);
        for (size_t x = 0; x < v->count; x++)
            v->at[x] = all;
    }
    return v->at + k;
}

static enum ref_status at(struct ref_result *r, const struct ref_nudge *nudge, size_t nudges,
                          const arb_t h, long digits)
{
    struct ref_line const line = {nudge, nudges, h};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.digits = digits;
    options.line = &line;
    options.edges = true;
    return ref_run(r, made.problem, &options);
}

static void all_overlap(arb_srcptr x, arb_srcptr y, size_t count, bool contains, const char *what)
{
    for (size_t k = 0; k < count; k++)
        if (arb_is_finite(x + k) && arb_is_finite(y + k))
            ck_assert_msg(contains ? arb_contains(x + k, y + k) : arb_overlaps(x + k, y + k),
                          "%s %zu", what, k);
}

/* Every number of y is in x, or meets it. */
static void results_meet(const struct ref_result *x, const struct ref_result *y, bool contains)
{
    ck_assert(x->signature == y->signature);
    all_overlap(x->loss, y->loss, 1, contains, "loss");
    all_overlap(x->gradient, y->gradient, y->parameters, contains, "gradient");
    for (size_t s = 0; s < y->samples; s++)
        for (size_t p = 0; p < y->populations; p++)
            for (size_t n = 0; n < y->size[p]; n++) {
                const struct ref_train *a = &x->sample[s].spikes[p][n];
                const struct ref_train *b = &y->sample[s].spikes[p][n];
                ck_assert_uint_eq(a->count, b->count);
                all_overlap(a->at, b->at, b->count, contains, "spike");
                all_overlap(a->by_time, b->by_time, b->count, contains, "dL/dt");
            }
}

static const char *const addresses[] = {"random-feedforward:1:2",   "random-recurrent:1:2",
                                        "random-heterogeneous:1:4", "random-delays:1:1",
                                        "random-deep:1:0",          "random-delays:1:3"};
enum { ADDRESSES = sizeof addresses / sizeof *addresses };

/* By 2^-10 a double is another double, of which the reference knows by the case. */
TEST_EACH(a_point_is_the_case_with_another_double, 0, ADDRESSES)
{
    arb_t h;
    arb_init(h);
    load(addresses[_i]);
    for (int quantity = 0; quantity < CASE_QUANTITIES; quantity++) {
        struct ref_nudge const nudge = {some_parameter((enum case_quantity)quantity), 3};
        struct ref_result moved, other;
        struct ref_options options = REF_OPTIONS_DEFAULT;
        if (nudge.parameter == SIZE_MAX)
            continue;
        arb_set_d(h, 0x1p-10);
        ck_assert_int_eq(at(&moved, &nudge, 1, h, 30), REF_OK);
        double *place = place_of(made.problem, nudge.parameter), before = *place;
        volatile double const after = before + 3 * 0x1p-10;
        *place = after;
        ck_assert(*place > before);
        options.digits = 30;
        options.edges = true;
        if (after - before == 3 * 0x1p-10) { /* no rounding */
            ck_assert_int_eq(ref_run(&other, made.problem, &options), REF_OK);
            results_meet(&moved, &other, false);
            ref_clear(&other);
        }
        *place = before;
        ref_clear(&moved);
    }
    unload();
    arb_clear(h);
}

/* Half the difference over 10^-30 is the slope to 25 digits where third derivatives are small. */
TEST_EACH(slopes_are_differences_over_tiny_steps, 0, ADDRESSES)
{
    arb_t h, slope, difference;
    arb_init(h);
    arb_init(slope);
    arb_init(difference);
    load(addresses[_i]);
    struct ref_nudge nudge[64];
    size_t nudges = 0;
    for (size_t k = 0; k < parameters && nudges < 64; k += parameters / 64 + 1)
        if (case_block_of(block, blocks, k)->quantity == CASE_WEIGHT)
            nudge[nudges] = (struct ref_nudge){k, 1.0 / (double)(nudges + 1)}, nudges++;
    struct ref_result here, left, right;
    arb_zero(h);
    ck_assert_int_eq(at(&here, nudge, nudges, h, 60), REF_OK);
    ck_assert(ref_slope(slope, &here, nudge, nudges));
    arb_set_str(h, "1e-30", 400);
    arb_get_mid_arb(h, h);
    ck_assert_int_eq(at(&right, nudge, nudges, h, 90), REF_OK);
    arb_sub(difference, right.loss, here.loss, 400);
    arb_neg(h, h);
    ck_assert_int_eq(at(&left, nudge, nudges, h, 90), REF_OK);
    arb_sub(difference, right.loss, left.loss, 400);
    arb_div(difference, difference, h, 400);
    arb_mul_2exp_si(difference, difference, -1);
    arb_add(difference, difference, slope, 400);
    ck_assert_msg(!arb_is_zero(slope) && arf_cmpabs_d(arb_midref(difference), 1e-25) < 0,
                  "%s: off by %g", addresses[_i], arf_get_d(arb_midref(difference), ARF_RND_NEAR));
    ck_assert(here.signature == right.signature);
    ref_clear(&here);
    ref_clear(&left);
    ref_clear(&right);
    unload();
    arb_clear(h);
    arb_clear(slope);
    arb_clear(difference);
}

/* A ball that is proven holds 8 points of itself, its ends among them, with all their numbers. */
TEST_EACH(a_ball_holds_its_points, 0, ADDRESSES)
{
    int proven = 0;
    arb_t h, point;
    arb_init(h);
    arb_init(point);
    load(addresses[_i]);
    for (int quantity = 0; quantity < CASE_QUANTITIES; quantity++)
        for (int size = 8; size <= 24; size += 8) {
            struct ref_nudge const nudge = {some_parameter((enum case_quantity)quantity), 1};
            struct ref_result ball, one;
            if (nudge.parameter == SIZE_MAX)
                continue;
            arb_set_d(h, ldexp(1, -size)); /* [0, 2^(1 - size)], as no delay is below zero */
            mag_set_ui_2exp_si(arb_radref(h), 1, -size);
            if (at(&ball, &nudge, 1, h, 20) == REF_OK) {
                proven++;
                for (int k = 0; k <= 7; k++) {
                    arb_set_d(point, k * ldexp(2.0 / 7, -size) * (1 - 0x1p-50));
                    ck_assert_int_eq(at(&one, &nudge, 1, point, 40), REF_OK);
                    results_meet(&ball, &one, true);
                    ref_clear(&one);
                }
            }
            ref_clear(&ball);
        }
    ck_assert_msg(proven >= 5, "%s: %d balls", addresses[_i], proven);
    unload();
    arb_clear(h);
    arb_clear(point);
}

/* The smallest size of a margin of a kind. */
static double closest(const struct ref_result *r, enum ref_edge_kind kind, bool below)
{
    double least = (double)INFINITY;
    for (size_t x = 0; x < r->edges; x++) {
        double const margin = arf_get_d(arb_midref(r->edge[x].margin), ARF_RND_NEAR);
        if (r->edge[x].kind == kind && (margin < 0) == below)
            least = fmin(least, fabs(margin));
    }
    return least;
}

/* One input at 1 ms of weight w, tau 20 and 5, threshold 1: the peak is w times 4^(-1/3), so that
 * the spike is born at w = 4^(1/3), and no ball across it is proven. */
TEST(a_spike_is_born_where_its_peak_meets_the_threshold)
{
    static const char text[] =
        "{\"format\": \"evident-case-1\", \"name\": \"one\", \"time\": {\"end\": 40},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        "{\"name\": \"out\", \"size\": 1, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
        "\"threshold\": 0.25, \"reset\": 0, \"bias\": 0}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"delay\": 0,"
        "\"weights\": [[0]]}],"
        "\"samples\": [{\"spikes\": {\"in\": [[1]]}, \"target\": {\"times\": [3]}}],"
        "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"out\"}}";
    struct case_error error;
    struct ref_result r;
    struct ref_nudge const nudge = {0, 0.25};
    arb_t h;
    arb_init(h);
    made = (struct case_made){.problem = case_read_text(text, strlen(text), "one", NULL, &error)};
    ck_assert_msg(made.problem, "%s", error.text);
    blocks = case_blocks(&block, &parameters, made.problem);
    uint64_t signature[2];
    /* peak of the kernel: k at s = (20/3) ln 4 is 4^(-4/3) */
    for (int side = 0; side < 2; side++) {
        arb_set_ui(h, 4);
        arb_root_ui(h, h, 3, 400);
        arb_mul_ui(h, h, 4, 400);
        arb_get_mid_arb(h, h);
        arb_t step;
        arb_init(step);
        arb_set_d(step, side == 0 ? -1e-40 : 1e-40);
        arb_add(h, h, step, 400);
        arb_get_mid_arb(h, h);
        arb_clear(step);
        ck_assert_int_eq(at(&r, &nudge, 1, h, 40), REF_OK);
        ck_assert_uint_eq(r.sample[0].spikes[1][0].count, (size_t)side);
        signature[side] = r.signature;
        double const margin = closest(&r, REF_EDGE_PEAK, side == 0);
        ck_assert_msg(fabs(margin / (0.25e-40 * pow(4, -4.0 / 3)) - 1) < 1e-12, "%g", margin);
        ref_clear(&r);
    }
    ck_assert(signature[0] != signature[1]);
    mag_set_d(arb_radref(h), 1e-39);
    ck_assert_int_eq(at(&r, &nudge, 1, h, 40), REF_UNDECIDED);
    ck_assert_ptr_nonnull(strstr(r.reason, "grazing"));
    ref_clear(&r);
    unload();
    arb_clear(h);
}

/* A hidden spike arrives with +100 about when an input does with -200, at a neuron that is near its
 * threshold. Where it comes first by 5 us it lets the neuron spike, in the middle of the ball it
 * comes second by 2 us, and at no mark V is near the threshold. */
TEST(arrivals_that_cannot_be_told_apart_may_come_in_any_order)
{
    static const char text[] =
        "{\"format\": \"evident-case-1\", \"name\": \"any\", \"time\": {\"end\": 150},"
        "\"populations\": [{\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
        "{\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
        "\"threshold\": 1, \"reset\": 0, \"bias\": [0, 0.99]}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"hid\", \"delay\": 0,"
        "\"weights\": [[8, 0], [0, -200]]}, {\"source\": \"hid\", \"target\": \"hid\", \"delay\": "
        "0,"
        "\"weights\": [[0, 100], [0, 0]]}],"
        "\"samples\": [{\"spikes\": {\"in\": [[100], [105]]}, \"target\": {\"times\": [3, 3]}}],"
        "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"hid\"}}";
    struct case_error error;
    struct ref_result r;
    struct ref_nudge const nudge = {0, 1};
    arb_t h;
    arb_init(h);
    made = (struct case_made){.problem = case_read_text(text, strlen(text), "any", NULL, &error)};
    ck_assert_msg(made.problem, "%s", error.text);
    double time[2], *input = made.problem->sample[0].spikes[0][1].at;
    for (int k = 0; k < 2; k++) {
        arb_set_d(h, k * 0x1p-10);
        ck_assert_msg(at(&r, &nudge, 1, h, 20) == REF_OK, "%s", r.reason);
        time[k] = arf_get_d(arb_midref(r.sample[0].spikes[1][0].at), ARF_RND_NEAR);
        ref_clear(&r);
    }
    *input = time[0] - 0.002;
    double const reach = 0.010 / (time[0] - time[1]) * 0x1p-10; /* 10 us earlier */
    for (int k = 0; k < 2; k++) {
        arb_set_d(h, k * reach);
        ck_assert_int_eq(at(&r, &nudge, 1, h, 20), REF_OK);
        ck_assert_uint_eq(r.sample[0].spikes[1][1].count, (size_t)k);
        ref_clear(&r);
    }
    arb_zero(h);
    mag_set_d(arb_radref(h), reach);
    ck_assert_int_eq(at(&r, &nudge, 1, h, 20), REF_UNDECIDED);
    ck_assert_ptr_nonnull(strstr(r.reason, "grazing: neuron 1"));
    ref_clear(&r);
    mag_set_d(arb_radref(h), reach / 512);
    ck_assert_int_eq(at(&r, &nudge, 1, h, 20), REF_OK);
    ref_clear(&r);
    case_made_clear(&made);
    arb_clear(h);
}

/* What a line leads to must be a case. */
TEST(a_line_ends_where_parameters_do)
{
    static const struct {
        enum case_quantity quantity;
        const char *says;
    } bad[] = {{CASE_DELAY, "delays[0][0][0]"},
               {CASE_TAU_MEM, "tau_mem."},
               {CASE_TAU_SYN, "tau_syn."},
               {CASE_THRESHOLD, "threshold."},
               {CASE_SPIKE_TIME, "spike_times[0]."}};
    arb_t h;
    arb_init(h);
    load("random-delays:1:1");
    for (size_t x = 0; x < sizeof bad / sizeof *bad; x++) {
        struct ref_nudge const nudge = {some_parameter(bad[x].quantity), -1};
        struct ref_result r;
        arb_set_ui(h, 1000);
        ck_assert_int_eq(at(&r, &nudge, 1, h, 20), REF_UNDECIDED);
        ck_assert_msg(strstr(r.reason, bad[x].says), "%s", r.reason);
        ref_clear(&r);
    }
    unload();
    arb_clear(h);
}

/* Without the loss, the same spikes. */
TEST(what_is_left_out_changes_nothing_else)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result with, without;
    load("random-delays:1:1");
    options.edges = true;
    ck_assert_int_eq(ref_run(&with, made.problem, &options), REF_OK);
    options.no_loss = true;
    ck_assert_int_eq(ref_run(&without, made.problem, &options), REF_OK);
    ck_assert(with.signature == without.signature && with.edges == without.edges);
    ck_assert_ptr_null(without.gradient);
    ck_assert(arb_is_zero(without.loss) && !arb_is_zero(with.loss));
    ref_clear(&with);
    ref_clear(&without);
    unload();
}

SUITE("line", .cleanup = flint_cleanup, .seconds = 60)
