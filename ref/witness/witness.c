/* SPDX-License-Identifier: MIT */
/* witness.c: one simulation by the witness, with the spikes of all lif neurons.
 *
 * The witness is the textbook: local state of every neuron, a time-sorted agenda of arrivals, the
 * closed form between them, crossings by Newton's family of iterations, in MPFR rounded to nearest.
 * It proves nothing; it shares the case structures with the reference and nothing else.
 * MPFR keeps constants (log 2, pi) a thread: mpfr_free_cache gives them back. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int run_init(struct witness_run *run, const struct case_problem *c, mpfr_prec_t prec)
{
    memset(run, 0, sizeof *run);
    mpfr_init2(run->loss, prec);
    mpfr_init2(run->closest, 53);
    witness_margins_begin(run, c);
    run->sample_loss = calloc(c->samples + 1, sizeof run->sample_loss[0]);
    run->size = calloc(c->populations + 1, sizeof run->size[0]);
    run->spikes = calloc(c->samples + 1, sizeof(struct witness_train **));
    if (run->size == NULL || run->spikes == NULL || run->sample_loss == NULL) {
        return -1;
    }
    run->populations = c->populations;
    for (size_t p = 0; p < c->populations; p++) {
        run->size[p] = c->population[p].model == CASE_LIF ? c->population[p].size : 0;
    }
    for (size_t s = 0; s < c->samples; s++) {
        run->spikes[s] = calloc(c->populations + 1, sizeof(struct witness_train *));
        if (run->spikes[s] == NULL) {
            return -1;
        }
        mpfr_init2(run->sample_loss[s], prec);
        run->samples = s + 1;
        for (size_t p = 0; p < c->populations; p++) {
            if (run->size[p] == 0) {
                continue;
            }
            run->spikes[s][p] = calloc(run->size[p], sizeof(struct witness_train));
            if (run->spikes[s][p] == NULL) {
                return -1;
            }
        }
    }
    return 0;
}

enum witness_status witness_simulate(struct witness_run *run, const struct case_problem *c,
                                     const struct witness_direction *direction, mpfr_srcptr h,
                                     mpfr_prec_t prec)
{
    struct witness_engine e;
    enum witness_status status = WITNESS_MEMORY;
    int ready = run_init(run, c, prec);
    if (witness_engine_init(&e, c, direction, prec) == 0 && ready == 0) {
        e.record = run;
        status = witness_engine_run(&e, h);
        mpfr_set(run->loss, e.loss, MPFR_RNDN);
        mpfr_set_d(run->closest, e.outcome.closest, MPFR_RNDN);
        run->counts = e.outcome.counts;
        run->sequence = e.outcome.sequence;
        run->borders = e.outcome.borders;
    }
    witness_engine_clear(&e);
    return status;
}

static void train_clear(struct witness_train *train)
{
    for (size_t k = 0; k < train->count; k++) {
        mpfr_clear(train->at[k]);
    }
    free(train->at);
}

void witness_run_clear(struct witness_run *run)
{
    for (size_t s = 0; s < run->samples; s++) {
        for (size_t p = 0; p < run->populations; p++) {
            size_t size = run->spikes[s][p] == NULL ? 0 : run->size[p];
            for (size_t i = 0; i < size; i++) {
                train_clear(&run->spikes[s][p][i]);
            }
            free(run->spikes[s][p]);
        }
        free(run->spikes[s]);
        mpfr_clear(run->sample_loss[s]);
    }
    free(run->spikes);
    free(run->sample_loss);
    free(run->size);
    mpfr_clears(run->loss, run->closest, (mpfr_ptr)0);
    memset(run, 0, sizeof *run);
}
