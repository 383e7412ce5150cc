/* SPDX-License-Identifier: MIT */
/* t_ref_grid_variant.c: the defects of the published code in the grid reference: does each follow
 * an engine that has it, and does it differ from the clean scheme where, and only where, it should?
 */
#include "tests/grid_compare.h"
#include "tests/run_suite.h"

enum { VARIANTS = 12, CASES = 11 };

/* Other weights for the backward pass: 1% and a bit. */
static double **stale_weights(const struct case_problem *c)
{
    double **stale = calloc(c->projections, sizeof *stale);
    for (size_t q = 0; q < c->projections; q++) {
        const struct case_projection *p = &c->projection[q];
        size_t synapses = c->population[p->source].size * c->population[p->target].size;
        stale[q] = calloc(synapses, sizeof *stale[q]);
        for (size_t k = 0; k < synapses; k++)
            stale[q][k] = p->weight[k] * 1.01 + 0.001;
    }
    return stale;
}

static void stale_free(double **stale, const struct case_problem *c)
{
    for (size_t q = 0; q < c->projections; q++)
        free(stale[q]);
    free(stale);
}

static void within(const char *family, unsigned variant, bool single)
{
    for (int k = 0; k < CASES; k++) {
        char address[64];
        struct case_made made;
        struct case_error error;
        snprintf(address, sizeof address, "%s:5:%d", family, k);
        ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
        double **stale = stale_weights(made.problem);
        struct scheme s = {.c = made.problem,
                           .single = single,
                           .variant = variant,
                           .backward_weight = (const double *const *)stale};
        struct compare m = {0};
        double step = s.c->step > 0 ? 0 : s.c->end / 200;
        scheme_run(&s, step);
        compare(&m, &s, step);
        for (int q = 0; q < COMPARED; q++)
            ck_assert_msg(m.worst[q] <= 1, "%s, variant %u, quantity %d: %g bounds", address,
                          variant, q, m.worst[q]);
        ck_assert_uint_eq(m.result.unexplained, 0);
        compare_clear(&m);
        scheme_clear(&s);
        stale_free(stale, made.problem);
        case_made_clear(&made);
    }
}

TEST_EACH(every_number_of_a_defective_engine_is_within_its_bound, 0, VARIANTS)
{
    within("random-recurrent", 1u << _i, true);
    within("random-batch", 1u << _i, true);
    within("degenerate-end", 1u << _i, true);
    within("random-heterogeneous", 1u << _i, false);
}

#define COMPAT                                                                                     \
    (SCHEME_DRIVE_OVER_TAU | SCHEME_MAX_OVER_T | SCHEME_LATE_JUMP | SCHEME_BLOCKED |               \
     SCHEME_LABEL | SCHEME_CLAMP | SCHEME_MERGE | SCHEME_MAX_BEFORE | SCHEME_MAX_STILL)

TEST(defects_together_are_followed_too)
{
    within("random-delays", COMPAT, true);
    within("closed-output", COMPAT, true);
    within("random-recurrent", (1u << VARIANTS) - 1, true);
    within("degenerate-simultaneous", (1u << VARIANTS) - 1, false);
}

/* ---- where they differ ---- */

/* in (2) -> hid (lif, 2, recurrent) -> out, and in -> out. */
#define NET(end, spikes, model, loss, target)                                                      \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end ",\"step\":0.5},"       \
    "\"populations\":[{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"hid\",\"size\":2,\"model\":\"lif\",\"tau_mem\":[20,15],\"tau_syn\":5,"            \
    "\"threshold\":1},{\"name\":\"out\",\"size\":2,\"tau_mem\":20,\"tau_syn\":5," model "}],"      \
    "\"projections\":[{\"source\":\"in\",\"target\":\"hid\",\"weights\":[[6,3],[4,7]]},"           \
    "{\"source\":\"hid\",\"target\":\"hid\",\"delay\":1,\"weights\":[[0.5,-1],[0.25,0.75]]},"      \
    "{\"source\":\"hid\",\"target\":\"out\",\"weights\":[[3,4],[5,2]]},"                           \
    "{\"source\":\"in\",\"target\":\"out\",\"weights\":[[2,3],[4,1]]}],"                           \
    "\"samples\":[{\"spikes\":{\"in\":[" spikes "]},\"target\":{" target "}}],"                    \
    "\"loss\":{\"kind\":\"" loss "\",\"population\":\"out\"}}"
/* Both spikes at 1 ms are in one bin of 0.5 ms, and the last two bins have spikes. */
#define MANY "[1,1.1,9.5,36.6,37.6,38.1,39.2,39.9],[2.5,12,39.2]"
#define LI "\"model\":\"li\""
#define LABEL "\"label\":1"
#define SUM NET("40", MANY, LI, "voltage-integral-cross-entropy\",\"weighting\":\"linear", LABEL)
#define EACH NET("40", MANY, LI, "instantaneous-cross-entropy", LABEL)
#define MOST NET("5", "[1,1.1],[2.5]", LI, "max-voltage-cross-entropy", LABEL) /* at the end */
#define KINK                                                                                       \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":20,\"step\":0.5},"            \
    "\"populations\":[{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"out\",\"size\":2,\"tau_mem\":20,\"tau_syn\":5," LI "}],"                          \
    "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[4,3],[-9,-8]]}],"        \
    "\"samples\":[{\"spikes\":{\"in\":[[1],[4.2]]},\"target\":{" LABEL "}}],"                      \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"
#define FIRST                                                                                      \
    NET("40", MANY, "\"model\":\"lif\",\"threshold\":1", "first-spike-squared-error",              \
        "\"times\":[5,9]")

static const struct example {
    unsigned variant;
    const char *text;
    double step; /* 0: 0.5 ms */
    bool differs;
} examples[] = {
    {SCHEME_DRIVE_OVER_TAU, SUM, 0, true},   {SCHEME_DRIVE_OVER_TAU, EACH, 0, true},
    {SCHEME_DRIVE_OVER_TAU, MOST, 0, false}, {SCHEME_DRIVE_OVER_TAU, FIRST, 0, false},
    {SCHEME_MAX_OVER_T, MOST, 0, true},      {SCHEME_MAX_OVER_T, SUM, 0, false},
    {SCHEME_LATE_JUMP, SUM, 0, true},        {SCHEME_LATE_JUMP, FIRST, 0, true},
    {SCHEME_BLOCKED, SUM, 0, true},          {SCHEME_STALE, SUM, 0, true},
    {SCHEME_TAU_PUBLISHED, SUM, 0, true},    {SCHEME_TAU_PUBLISHED, FIRST, 0, true},
    {SCHEME_FLOAT_CLOCK, SUM, 0.002, true},  {SCHEME_FLOAT_CLOCK, SUM, 0, false},
    {SCHEME_LABEL, FIRST, 0, true},          {SCHEME_LABEL, SUM, 0, false},
    {SCHEME_CLAMP, EACH, 0, true},           {SCHEME_MERGE, SUM, 0, true},
    {SCHEME_MERGE, SUM, 0.05, false},        {SCHEME_MAX_BEFORE, MOST, 0, true},
    {SCHEME_MAX_BEFORE, SUM, 0, false},      {SCHEME_MAX_STILL, KINK, 0, true},
    {SCHEME_MAX_STILL, MOST, 0, false},      {SCHEME_MAX_STILL, SUM, 0, false},
};

/* Runs an engine with the defect and the grid reference along it. */
static struct compare follow(struct scheme *s, double step)
{
    struct compare m = {0};
    scheme_run(s, step);
    compare(&m, s, step);
    ck_assert_uint_eq(m.outside, 0);
    return m;
}

TEST_EACH(a_defect_differs_from_the_clean_scheme_where_it_should, 0,
          sizeof examples / sizeof *examples)
{
    const struct example *e = &examples[_i];
    struct case_error error = {""};
    struct case_problem *c = case_read_text(e->text, strlen(e->text), "t", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    double **stale = stale_weights(c);
    struct scheme clean = {.c = c, .single = true};
    struct scheme defective = {.c = c,
                               .single = true,
                               .variant = e->variant,
                               .backward_weight = (const double *const *)stale};
    struct compare m = follow(&clean, e->step), d = follow(&defective, e->step);
    size_t apart = 0;
    mag_t bound;
    arb_t gap;
    mag_init(bound);
    arb_init(gap);
    for (size_t k = 0; k < m.result.parameters; k++) {
        mag_add(bound, m.result.gradient_bound + k, d.result.gradient_bound + k);
        arb_sub(gap, m.result.gradient + k, d.result.gradient + k, 128);
        arb_add_error_mag(gap, bound);
        apart += !arb_contains_zero(gap);
    }
    ck_assert_msg((apart > 0) == e->differs, "variant %u, example %d: %zu gradients differ",
                  e->variant, _i, apart);
    mag_clear(bound);
    arb_clear(gap);
    compare_clear(&m);
    compare_clear(&d);
    scheme_clear(&clean);
    scheme_clear(&defective);
    stale_free(stale, c);
    case_free(c);
}

SUITE("ref_grid_variant")
