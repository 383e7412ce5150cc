/* SPDX-License-Identifier: MIT */
/* scheme_run.h: the frame of scheme.h: memory, input, raster, sums over samples. */
#ifndef EVIDENT_TESTS_SCHEME_RUN_H
#define EVIDENT_TESTS_SCHEME_RUN_H

static inline void scheme_init(struct scheme *s, const struct case_problem *c)
{
    double **const cell[] = {&s->alpha, &s->beta,      &s->kappa, &s->kappa_back, &s->drive,
                             &s->bias,  &s->threshold, &s->reset, &s->height};
    double **const state[] = {&s->v,        &s->i,      &s->before, &s->lambda_v,
                              &s->lambda_i, &s->across, &s->slope,  &s->rev};
    struct case_block *block;
    s->first = calloc(c->populations, sizeof *s->first);
    s->emit = calloc(c->populations, sizeof *s->emit);
    s->hear = calloc(c->populations, sizeof *s->hear);
    for (size_t p = 0; p < c->populations; p++) {
        size_t room = c->samples * c->population[p].size * s->steps;
        s->first[p] = s->cells;
        s->cells += c->population[p].model == CASE_SPIKE_SOURCE ? 0 : c->population[p].size;
        s->emit[p] = calloc(room, 1);
        s->hear[p] = calloc(room, 1);
    }
    for (size_t k = 0; k < sizeof cell / sizeof *cell; k++)
        *cell[k] = calloc(s->cells, sizeof **cell[k]);
    for (size_t k = 0; k < sizeof state / sizeof *state; k++)
        *state[k] = calloc(c->samples * ((size_t)s->steps + 1) * s->cells, sizeof **state[k]);
    s->tau_mem = calloc(c->samples * s->cells, sizeof *s->tau_mem);
    s->tau_syn = calloc(c->samples * s->cells, sizeof *s->tau_syn);
    size_t outputs = c->population[c->loss.population].size;
    s->pull = calloc(outputs, sizeof *s->pull);
    s->when = calloc(outputs, sizeof *s->when);
    s->sample_loss = calloc(c->samples, sizeof *s->sample_loss);
    ck_assert(case_blocks(&block, &s->parameters, c) > 0);
    free(block);
    s->gradient = calloc(s->parameters, sizeof *s->gradient);
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model != CASE_SPIKE_SOURCE && n < c->population[p].size;
             n++)
            scheme_constants(s, s->first[p] + n, &c->population[p], n);
    s->kappa[0] = rounded(s, s->kappa[0] * (1 + s->planted));
    for (size_t q = 0; q < c->projections; q++)
        for (size_t k = 0; k < s->grid.delays[q]; k++)
            s->longest = s->grid.delay[q][k] > s->longest ? s->grid.delay[q][k] : s->longest;
}

static inline void scheme_clear(struct scheme *s)
{
    double *const all[] = {s->alpha,       s->beta,      s->kappa,    s->kappa_back, s->drive,
                           s->bias,        s->threshold, s->reset,    s->height,     s->v,
                           s->i,           s->before,    s->lambda_v, s->lambda_i,   s->across,
                           s->slope,       s->rev,       s->tau_mem,  s->tau_syn,    s->pull,
                           s->sample_loss, s->gradient};
    for (size_t p = 0; p < s->c->populations; p++) {
        free(s->emit[p]);
        free(s->hear[p]);
    }
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
    free(s->emit);
    free(s->hear);
    free(s->first);
    free(s->when);
    case_raster_clear(&s->raster);
    case_grid_clear(&s->grid);
}

static inline void scheme_input(struct scheme *s)
{
    for (size_t p = 0; p < s->c->populations; p++)
        for (size_t n = 0;
             s->c->population[p].model == CASE_SPIKE_SOURCE && n < s->c->population[p].size; n++) {
            const struct case_step_train *train = &s->grid.input.train[s->sample][p][n];
            for (size_t k = 0; k < train->count; k++) {
                unsigned char *at = scheme_train(s, s->emit, p, n) + train->step[k];
                *at = defect(s, SCHEME_MERGE) ? 1 : (unsigned char)(*at + 1);
            }
        }
}

static inline bool scheme_met(const struct scheme *s, uint32_t n)
{
    double dt = s->c->end / (double)s->steps;
    float label = (float)((double)n * dt), dtf = (float)dt, T = (float)s->c->end;
    uint32_t m = s->steps - 1 - n;
    if (m == 0)
        return !defect(s, SCHEME_BLOCKED);
    if (!defect(s, SCHEME_FLOAT_CLOCK))
        return true;
    return fabsf((((2 * T - (T + (float)((double)(m - 1) * dt))) - dtf) - label) - dtf) <
           1e-3f * dtf;
}

static inline void scheme_hear(struct scheme *s)
{
    for (size_t p = 0; p < s->c->populations; p++)
        for (size_t n = 0; n < s->c->population[p].size; n++) {
            bool blocked = false;
            for (uint32_t k = s->steps; k-- > 0;) {
                unsigned char emitted = scheme_train(s, s->emit, p, n)[k];
                blocked = blocked || (emitted && !scheme_met(s, k));
                scheme_train(s, s->hear, p, n)[k] = blocked ? 0 : emitted;
            }
        }
}

/* ---- gradients: sums in their order ---- */

/* Of lambda_I, or of lambda_V - lambda_I: chunks of 64, samples, indices from late to early. */
static inline double scheme_gather(struct scheme *s, size_t q, size_t from, size_t to, bool delay)
{
    const struct case_projection *p = &s->c->projection[q];
    size_t columns = s->c->population[p->target].size, k = s->first[p->target] + to;
    uint32_t d = case_grid_delay(&s->grid, q, from * columns + to);
    double sum = 0;
    for (uint32_t c = (s->steps - 1) / 64 + 1; c-- > 0;)
        for (s->sample = 0; s->sample < s->c->samples; s->sample++)
            for (uint32_t a = 64 * c + 64; a-- > 64 * c;) {
                if (a > s->steps - 1 || a < 1 + d)
                    continue;
                double x = scheme_row(s, delay ? s->across : s->lambda_i, a)[k];
                for (int m = scheme_train(s, s->hear, p->source, from)[a - 1 - d]; m > 0; m--)
                    sum = rounded(s, sum + x);
            }
    return sum;
}

static inline void scheme_synapses(struct scheme *s, const struct case_block *block)
{
    size_t q = block->projection, target = s->c->projection[q].target;
    const double *weight =
        defect(s, SCHEME_STALE) ? s->backward_weight[q] : s->c->projection[q].weight;
    for (size_t i = 0; i < block->rows; i++)
        for (size_t j = 0; j < block->columns; j++) {
            size_t synapse = i * block->columns + j;
            double *g = s->gradient + block->first + synapse;
            bool delay = block->quantity == CASE_DELAY;
            double tau_syn = case_value(&s->c->population[target].tau_syn, j);
            *g = scheme_gather(s, q, i, j, delay);
            *g = delay ? rounded(s, rounded(s, *g * rounded(s, weight[synapse])) /
                                        rounded(s, (double)s->c->samples))
                       : rounded(s, *g * ratio(s, -tau_syn, 1, false));
        }
}

static inline void scheme_taus(struct scheme *s, const struct case_block *block)
{
    const struct case_population *p = &s->c->population[block->population];
    bool syn = block->quantity == CASE_TAU_SYN, published = defect(s, SCHEME_TAU_PUBLISHED);
    for (size_t j = 0; j < block->columns; j++) {
        double sum = 0, tau = case_value(syn ? &p->tau_syn : &p->tau_mem, j);
        for (size_t sample = 0; sample < s->c->samples; sample++)
            sum = rounded(
                s, sum + (syn ? s->tau_syn
                              : s->tau_mem)[sample * s->cells + s->first[block->population] + j]);
        s->gradient[block->first + j] = rounded(s, sum * ratio(s, syn ? -1 : 1, tau, !published));
    }
}

static inline size_t scheme_count(const void *context, size_t sample, size_t population, size_t n)
{
    const struct scheme *s = context;
    size_t count = 0;
    for (uint32_t k = 0; k < s->steps; k++)
        count +=
            s->emit[population][(sample * s->c->population[population].size + n) * s->steps + k];
    return count;
}

static inline void scheme_raster(struct scheme *s)
{
    ck_assert(case_raster_make(&s->raster, s->c, CASE_LIF, scheme_count, s) == 0);
    for (s->sample = 0; s->sample < s->c->samples; s->sample++)
        for (size_t p = 0; p < s->c->populations; p++)
            for (size_t n = 0; s->raster.train[s->sample][p] && n < s->c->population[p].size; n++) {
                uint32_t *to = s->raster.train[s->sample][p][n].step;
                for (uint32_t k = 0; k < s->steps; k++)
                    if (scheme_train(s, s->emit, p, n)[k])
                        *to++ = k;
            }
}

/* c, single and what else is wanted are set, the rest is zero. step 0: the case's own. */
static inline void scheme_run(struct scheme *s, double step)
{
    struct case_error error;
    struct case_block *block;
    size_t parameters;
    ck_assert_msg(case_grid_make(&s->grid, s->c, step, CASE_ROUND_DELAYS, &error) == 0, "%s",
                  error.text);
    s->steps = s->grid.steps;
    scheme_init(s, s->c);
    for (s->sample = 0; s->sample < s->c->samples; s->sample++) {
        scheme_input(s);
        scheme_forward(s);
        double loss = scheme_loss(s);
        s->loss = s->loss + loss;
        s->sample_loss[s->sample] = rounded(s, loss);
        scheme_hear(s);
        scheme_backward(s);
    }
    s->loss = rounded(s, s->loss / (double)s->c->samples);
    size_t blocks = case_blocks(&block, &parameters, s->c);
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity <= CASE_DELAY)
            scheme_synapses(s, block + b);
        else if (block[b].quantity <= CASE_TAU_SYN)
            scheme_taus(s, block + b);
    free(block);
    scheme_raster(s);
}

#endif
