/* SPDX-License-Identifier: MIT */
/* grid_compare.h: every number of a run of scheme.h held against the grid reference. */
#ifndef EVIDENT_TESTS_GRID_COMPARE_H
#define EVIDENT_TESTS_GRID_COMPARE_H

#include "tests/scheme_twin.h"

#include <stdio.h>
#include <string.h>

enum { OF_LOSS = REF_GRID_QUANTITIES, OF_WEIGHT, OF_DELAY, OF_TAU_MEM, OF_TAU_SYN, COMPARED };

struct compare {
    struct scheme *s;
    struct ref_grid_result result;
    double worst[COMPARED]; /* |engine - value| / bound, the largest */
    size_t count[COMPARED], unbounded[COMPARED], outside;
    double *ratio[COMPARED]; /* all of them, if `keep` */
    bool keep;
    size_t spikes; /* that the raster has */
};

/* 0 where both are zero; infinite where the distance is not and the bound is. */
static inline double compare_ratio(double engine, const arb_t value, const mag_t bound)
{
    arf_t distance;
    arf_init(distance);
    arf_set_d(distance, engine);
    arf_sub(distance, distance, arb_midref(value), 64, ARF_RND_DOWN);
    arf_abs(distance, distance);
    arf_t limit;
    arf_init(limit);
    arf_set_mag(limit, bound);
    double ratio = 0;
    if (isnan(engine))
        ratio = HUGE_VAL;
    else if (!arf_is_zero(distance)) {
        arf_div(distance, distance, limit, 64, ARF_RND_DOWN);
        ratio = arf_get_d(distance, ARF_RND_DOWN);
    }
    arf_clear(distance);
    arf_clear(limit);
    return ratio;
}

static inline void compare_one(struct compare *m, int what, double engine, const arb_t value,
                               const mag_t bound)
{
    if (!mag_is_finite(bound)) {
        m->unbounded[what]++;
        return;
    }
    double ratio = compare_ratio(engine, value, bound);
    if (m->keep) {
        m->ratio[what] = realloc(m->ratio[what], (m->count[what] + 1) * sizeof *m->ratio[what]);
        m->ratio[what][m->count[what]] = ratio;
    }
    m->count[what]++;
    if (!(ratio <= 1))
        m->outside++;
    if (!(ratio <= m->worst[what]))
        m->worst[what] = ratio;
}

static inline void compare_observe(void *context, const struct ref_grid_number *number)
{
    struct compare *m = context;
    struct scheme *s = m->s;
    double *const all[] = {s->v, s->i, s->slope, s->lambda_v, s->lambda_i};
    uint32_t n = number->step + (number->quantity >= REF_GRID_LAMBDA_V ? 1 : 0);
    s->sample = number->sample;
    compare_one(m, (int)number->quantity, scheme_row(s, all[number->quantity], n)[number->cell],
                number->value, number->bound);
    m->spikes += number->spiked;
}

static inline void compare_gradient(struct compare *m)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, m->s->c);
    for (size_t b = 0; b < blocks; b++)
        for (size_t k = block[b].first; block[b].quantity <= CASE_TAU_SYN &&
                                        k < block[b].first + block[b].rows * block[b].columns;
             k++)
            compare_one(m, OF_WEIGHT + (int)block[b].quantity, m->s->gradient[k],
                        m->result.gradient + k, m->result.gradient_bound + k);
    free(block);
}

/* Runs the grid reference along the raster of s, which has run. */
static inline void compare(struct compare *m, struct scheme *s, double step)
{
    struct ref_grid_options options = {.step = step,
                                       .delays = CASE_ROUND_DELAYS,
                                       .unit = s->single ? 24 : 53,
                                       .variant = s->variant,
                                       .backward_weight = s->backward_weight,
                                       .gradients = true,
                                       .observe = compare_observe,
                                       .context = m};
    m->s = s;
    ref_grid_run(&m->result, s->c, &s->raster, &options);
    ck_assert_msg(m->result.status != REF_CAPACITY, "%s", m->result.reason);
    compare_one(m, OF_LOSS, s->loss, m->result.loss, m->result.loss_bound);
    for (size_t k = 0; k < s->c->samples; k++)
        compare_one(m, OF_LOSS, s->sample_loss[k], m->result.sample_loss + k,
                    m->result.sample_loss_bound + k);
    compare_gradient(m);
}

static inline void compare_clear(struct compare *m)
{
    ref_grid_clear(&m->result);
    for (int k = 0; k < COMPARED; k++)
        free(m->ratio[k]);
}

#endif
