/* SPDX-License-Identifier: MIT */
/* grid_cell.h: one cell that gets one spike, and all that the grid reference tells of it. */
#ifndef EVIDENT_TESTS_GRID_CELL_H
#define EVIDENT_TESTS_GRID_CELL_H

#include "tests/run_suite.h"
#include "ref/ref.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 160 };

/* in -> one cell, 40 ms in 160 steps, one spike at 1 ms: bin 4, which acts in step 5. */
#define TEXT(model, population, weight, loss, target)                                              \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40,\"step\":0.25},"           \
    "\"populations\":[{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"out\",\"size\":1,\"model\":\"" model "\"," population "}],"                       \
    "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[" weight "]]}],"         \
    "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{" target "}}],"                           \
    "\"loss\":{\"kind\":\"" loss "\",\"population\":\"out\"}}"
#define CASE(model, population, weight, ...) TEXT(model, population, weight, __VA_ARGS__)
#define SQUARES "voltage-squared-error", "\"voltages\":[1]"
#define TIMES "first-spike-squared-error", "\"times\":[3]"
#define TAUS(mem, syn) "\"tau_mem\":" mem ",\"tau_syn\":" syn
#define FIRST_STEP 5

static inline struct case_problem *problem(const char *text)
{
    struct case_error error = {""};
    struct case_problem *c = case_read_text(text, strlen(text), "t", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

/* All that is told of one cell. */
struct told {
    arb_ptr value[REF_GRID_QUANTITIES]; /* [STEPS] */
    mag_ptr bound[REF_GRID_QUANTITIES];
    int exact[STEPS];
    struct ref_grid_result result;
};

static inline void observe(void *context, const struct ref_grid_number *number)
{
    struct told *told = context;
    arb_set(told->value[number->quantity] + number->step, number->value);
    mag_set(told->bound[number->quantity] + number->step, number->bound);
    if (number->quantity == REF_GRID_V)
        told->exact[number->step] = number->exact;
}

/* Runs along a raster with a spike in each of steps[count]. */
static inline struct told *run(const struct case_problem *c, const uint32_t *steps, size_t count,
                               int unit)
{
    struct told *told = calloc(1, sizeof *told);
    struct case_step_train train = {count, (uint32_t *)(uintptr_t)steps};
    struct case_step_train *populations[2] = {NULL, &train}, **samples[1] = {populations};
    size_t sizes[2] = {0, 1};
    struct case_raster raster = {.samples = 1, .populations = 2, .train = samples, .sizes = sizes};
    struct ref_grid_options options = {
        .unit = unit, .gradients = true, .observe = observe, .context = told};
    for (int q = 0; q < REF_GRID_QUANTITIES; q++) {
        told->value[q] = _arb_vec_init(STEPS);
        told->bound[q] = _mag_vec_init(STEPS);
    }
    ref_grid_run(&told->result, c, &raster, &options);
    return told;
}

static inline void told_clear(struct told *told)
{
    for (int q = 0; q < REF_GRID_QUANTITIES; q++) {
        _arb_vec_clear(told->value[q], STEPS);
        _mag_vec_clear(told->bound[q], STEPS);
    }
    ref_grid_clear(&told->result);
    free(told);
}

#endif
