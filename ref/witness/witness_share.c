/* SPDX-License-Identifier: MIT */
/* witness_share.c: what the differences of one case need more than once: unmoved runs and rules
 * here, functions near known arguments in witness_near.c, what neurons did in witness_track.c. */
#include "ref/witness/witness.h"

#include <stdlib.h>
#include <string.h>

struct unmoved {
    mpfr_prec_t prec;
    uint64_t key;
    mpfr_t loss;
    struct witness_outcome outcome;
    struct unmoved *next;
};

struct kept_rule {
    mpfr_prec_t work;
    struct witness_rule rule;
    struct kept_rule *next;
};

struct witness_share {
    struct witness_known *known; /* functions (witness_near.c) */
    struct unmoved *unmoved;
    struct kept_rule *rule;
    struct witness_track *track;
    struct witness_store store; /* of the rules */
};

struct witness_share *witness_share_new(void)
{
    return calloc(1, sizeof(struct witness_share));
}

void witness_share_free(struct witness_share *share)
{
    while (share != NULL && share->unmoved != NULL) {
        struct unmoved *next = share->unmoved->next;
        mpfr_clear(share->unmoved->loss);
        free(share->unmoved);
        share->unmoved = next;
    }
    while (share != NULL && share->rule != NULL) {
        struct kept_rule *next = share->rule->next;
        free(share->rule);
        share->rule = next;
    }
    if (share != NULL) {
        witness_known_free(share->known);
        witness_tracks_free(share->track);
        witness_store_clear(&share->store);
    }
    free(share);
}

struct witness_known **witness_share_known(struct witness_share *share)
{
    return &share->known;
}

/* ---- unmoved runs ---- */

static uint64_t fold(uint64_t key, uint64_t word)
{
    return (key ^ word) * UINT64_C(0x100000001b3);
}

/* All by which two unmoved runs of a case may differ at one precision: which synapses are followed,
 * which delays are taken one by one, and the impulse, which cuts an interval in two. */
static uint64_t run_key(const struct witness_engine *e)
{
    uint64_t key = UINT64_C(0xcbf29ce484222325), bits;
    for (size_t p = 0; p < e->c->projections; p++) {
        const struct case_projection *projection = &e->c->projection[p];
        size_t synapses =
            e->c->population[projection->source].size * e->c->population[projection->target].size;
        key = fold(key, e->delay[p].uniform);
        for (size_t i = 0; i < synapses; i++) {
            key = fold(key, e->weight[p].active[i]);
        }
    }
    const struct witness_impulse *impulse = e->direction == NULL ? NULL : e->direction->impulse;
    if (impulse != NULL) {
        memcpy(&bits, &impulse->time, sizeof bits);
        key = fold(fold(key, bits), impulse->sample + 1);
        key = fold(fold(key, impulse->population), impulse->neuron);
    }
    return key;
}

bool witness_share_recall(const struct witness_engine *e, mpfr_ptr loss,
                          struct witness_outcome *outcome)
{
    const struct unmoved *run = e->share == NULL ? NULL : e->share->unmoved;
    uint64_t key = run == NULL ? 0 : run_key(e);
    while (run != NULL && (run->prec != e->prec || run->key != key)) {
        run = run->next;
    }
    if (run == NULL) {
        return false;
    }
    mpfr_set(loss, run->loss, MPFR_RNDN);
    *outcome = run->outcome;
    return true;
}

int witness_share_tell(const struct witness_engine *e)
{
    if (e->share == NULL) {
        return 0;
    }
    struct unmoved *run = malloc(sizeof *run);
    if (run == NULL) {
        return -1;
    }
    *run = (struct unmoved){
        .prec = e->prec, .key = run_key(e), .outcome = e->outcome, .next = e->share->unmoved};
    mpfr_init2(run->loss, e->work);
    mpfr_set(run->loss, e->loss, MPFR_RNDN);
    e->share->unmoved = run;
    return 0;
}

void witness_share_track(struct witness_engine *e)
{
    e->track = NULL;
    e->recording = false;
    if (e->share != NULL) {
        witness_track_choose(e, &e->share->track);
    }
}

/* ---- rules ---- */

const struct witness_rule *witness_rule_get(struct witness_engine *e, size_t choice)
{
    size_t half = witness_rule_half(e->prec, choice);
    struct witness_rule *own = &e->quadrature.rule[choice];
    if (e->share == NULL) {
        bool made = own->half != 0 || witness_rule_make(own, &e->store, half, e->work) == 0;
        return made ? own : NULL;
    }
    struct kept_rule *kept = e->share->rule;
    while (kept != NULL && (kept->work != e->work || kept->rule.half != half)) {
        kept = kept->next;
    }
    if (kept == NULL && (kept = calloc(1, sizeof *kept)) != NULL) {
        if (witness_rule_make(&kept->rule, &e->share->store, half, e->work) != 0) {
            free(kept);
            return NULL;
        }
        kept->work = e->work;
        kept->next = e->share->rule;
        e->share->rule = kept;
    }
    return kept == NULL ? NULL : &kept->rule;
}
