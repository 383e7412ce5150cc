/* SPDX-License-Identifier: MIT */
/* witness_track.c: what every neuron did in the unmoved run.
 *
 * Of a moved run most is what the unmoved run was: all that comes before the first event that is
 * moved, and all neurons that no moved event has reached. From the same numbers the same operations
 * make the same numbers, so a neuron whose state is that of the unmoved run, bit for bit, takes
 * from there what comes next. Each leg of its way, from one event to the next, is compared as it
 * begins (u, I and the time) and as it ends (the time again). A neuron that once differs, and one
 * whose own constants are moved, goes on by itself: no bit of a moved run depends on it.
 *
 * By itself, but not alone: as long as it stays within 2^-44 of its legs it need not look ahead
 * again. What double said of a leg stands on a margin of 2^-32 of the voltages and 2^-40 of the
 * time (witness_forecast.c), so it holds of the moved leg, too, and a crossing that was surely
 * between two times is so still; the recorded one is where its iteration starts.
 *
 * The integral of an output, and its maximum, are those of the unmoved run as long as all its legs
 * were. Outputs of a quadrature go together, from piece to piece; their integrals likewise. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>

enum { U, CURRENT, TIME, CROSSING, UNTIL, U_THEN, CURRENT_THEN, LIF_NUMBERS };
enum { SUM = LIF_NUMBERS, MAXIMUM, WEIGHT, OUTPUT_NUMBERS };
enum { LEGS_AT_ONCE = 64 };
enum { NEAR_EXPONENT = -44, FAR_EXPONENT = -30 };
enum { TRACK_BITS_MOST = 29 }; /* of all numbers of a track: 64 MiB */

/* A neuron as it begins a leg. */
struct view {
    double u, current, time, level, tau_m, tau_s;
};

struct witness_leg {
    mpfr_t at[OUTPUT_NUMBERS];
    struct witness_leg *next;
    struct view view;
    struct witness_bracket bracket;        /* of a crossing that is certain; else its guess is 0 */
    double earliest, peak_after, peak_gap; /* as forecast */
    double earliest_then, peak_after_then, peak_gap_then; /* once the crossing is known */
    bool crossed, advanced, fired, peaked;
};

struct leg_block {
    struct leg_block *next;
    struct witness_leg leg[LEGS_AT_ONCE];
};

struct witness_track {
    mpfr_prec_t work;
    struct witness_leg **first;   /* [samples][neurons] */
    struct witness_piece **piece; /* [samples]: the first of each */
    struct leg_block *block;
    size_t used; /* of the first block */
    size_t samples;
    size_t bits; /* of all its numbers */
    struct witness_store store;
    struct witness_track *next;
};

void witness_tracks_free(struct witness_track *track)
{
    while (track != NULL) {
        struct witness_track *next = track->next;
        while (track->block != NULL) {
            struct leg_block *block = track->block;
            track->block = block->next;
            free(block);
        }
        witness_store_clear(&track->store);
        for (size_t s = 0; s < track->samples; s++) {
            witness_pieces_free(track->piece[s]);
        }
        free(track->first);
        free(track->piece);
        free(track);
        track = next;
    }
}

static struct witness_track *track_new(const struct witness_engine *e)
{
    struct witness_track *track = calloc(1, sizeof *track);
    if (track == NULL) {
        return NULL;
    }
    track->first = calloc(e->c->samples * e->neurons + 1, sizeof(struct witness_leg *));
    track->piece = calloc(e->c->samples + 1, sizeof(struct witness_piece *));
    if (track->first == NULL || track->piece == NULL) {
        free(track->first);
        free(track->piece);
        free(track);
        return NULL;
    }
    track->work = e->work;
    track->samples = e->c->samples;
    track->used = LEGS_AT_ONCE;
    return track;
}

/* An impulse cuts an interval of its neuron in two, so its unmoved run is not the one to record. */
void witness_track_choose(struct witness_engine *e, struct witness_track **list)
{
    e->recording = false;
    for (e->track = *list; e->track != NULL && e->track->work != e->work;) {
        e->track = e->track->next;
    }
    if (e->track == NULL && e->unmoved && (e->direction == NULL || e->direction->impulse == NULL)) {
        e->track = track_new(e);
        e->recording = e->track != NULL;
        e->no_room |= !e->recording;
    }
    if (e->recording) {
        e->track->next = *list;
        *list = e->track;
    }
}

/* ---- recording ---- */

mpfr_t *witness_track_numbers(struct witness_engine *e, size_t numbers)
{
    struct witness_track *track = e->track;
    size_t bits = track->bits + numbers * (size_t)track->work;
    if (bits > (size_t)1 << TRACK_BITS_MOST) {
        return NULL;
    }
    mpfr_t *at = witness_store_take(&track->store, numbers, track->work);
    e->no_room |= at == NULL;
    track->bits = at == NULL ? track->bits : bits;
    return at;
}

static struct witness_leg *leg_new(struct witness_engine *e, size_t numbers)
{
    struct witness_track *track = e->track;
    mpfr_t *at = witness_track_numbers(e, numbers);
    if (at == NULL) {
        return NULL;
    }
    if (track->used == LEGS_AT_ONCE) {
        struct leg_block *block = calloc(1, sizeof *block);
        if (block == NULL) {
            e->no_room = true;
            return NULL;
        }
        block->next = track->block;
        track->block = block;
        track->used = 0;
    }
    struct witness_leg *leg = &track->block->leg[track->used++];
    for (size_t i = 0; i < numbers; i++) {
        leg->at[i][0] = at[i][0];
    }
    return leg;
}

static bool integrates(const struct witness_engine *e, const struct witness_neuron *n)
{
    return n->model == CASE_LI && witness_is_output(e, n);
}

static struct view view_of(const struct witness_neuron *n)
{
    return (struct view){mpfr_get_d(n->u, MPFR_RNDN),
                         mpfr_get_d(n->current, MPFR_RNDN),
                         mpfr_get_d(n->time, MPFR_RNDN),
                         mpfr_get_d(n->level, MPFR_RNDN),
                         n->kind->tau_m,
                         n->kind->tau_s};
}

static void write_begin(struct witness_engine *e, struct witness_neuron *n, double earliest)
{
    struct witness_leg **link = n->leg_link;
    struct witness_leg *leg =
        link == NULL ? NULL : leg_new(e, integrates(e, n) ? OUTPUT_NUMBERS : LIF_NUMBERS);
    n->leg = leg;
    n->leg_link = leg == NULL ? NULL : &leg->next;
    if (leg == NULL) {
        return;
    }
    *link = leg;
    mpfr_set(leg->at[U], n->u, MPFR_RNDN);
    mpfr_set(leg->at[CURRENT], n->current, MPFR_RNDN);
    mpfr_set(leg->at[TIME], n->time, MPFR_RNDN);
    leg->view = view_of(n);
    leg->earliest = earliest;
    leg->peak_after = n->peak_after;
    leg->peak_gap = n->peak_gap;
}

void witness_leg_write_crossing(struct witness_engine *e, const struct witness_neuron *n,
                                double earliest, const struct witness_bracket *bracket)
{
    struct witness_leg *leg = e->recording ? n->leg : NULL;
    if (leg != NULL) {
        leg->crossed = true;
        leg->bracket = *bracket;
        leg->earliest_then = earliest;
        leg->peak_after_then = n->peak_after;
        leg->peak_gap_then = n->peak_gap;
        mpfr_set(leg->at[CROSSING], n->crossing, MPFR_RNDN);
    }
}

void witness_leg_write_advance(struct witness_engine *e, struct witness_neuron *n, bool peaked)
{
    struct witness_leg *leg = e->recording ? n->leg : NULL;
    if (leg == NULL) {
        return;
    }
    leg->advanced = true;
    leg->peaked = peaked;
    mpfr_set(leg->at[UNTIL], n->time, MPFR_RNDN);
    mpfr_set(leg->at[U_THEN], n->u, MPFR_RNDN);
    mpfr_set(leg->at[CURRENT_THEN], n->current, MPFR_RNDN);
    if (integrates(e, n)) {
        const struct witness_output *output = &e->output[n->index];
        mpfr_set(leg->at[SUM], output->sum, MPFR_RNDN);
        mpfr_set(leg->at[MAXIMUM], output->maximum, MPFR_RNDN);
        mpfr_set(leg->at[WEIGHT], output->weight, MPFR_RNDN);
    }
    n->leg = NULL;
}

void witness_leg_write_fire(struct witness_engine *e, struct witness_neuron *n)
{
    struct witness_leg *leg = e->recording ? n->leg : NULL;
    if (leg != NULL) {
        leg->fired = true;
        mpfr_set(leg->at[CURRENT_THEN], n->current, MPFR_RNDN);
        n->leg = NULL;
    }
}

/* ---- following ---- */

void witness_track_sample(struct witness_engine *e)
{
    bool together = e->track != NULL && witness_quadrature_needed(e->c);
    e->piece_link = together ? &e->track->piece[e->sample] : NULL;
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        bool alone = n->moved && !e->recording, output = together && witness_is_output(e, n);
        n->leg = NULL;
        n->leg_link = NULL;
        n->same = !alone;
        if (output && alone) {
            e->piece_link = NULL;
        } else if (e->track != NULL && !output) {
            n->leg_link = &e->track->first[e->sample * e->neurons + i];
        }
    }
}

static bool begins(const struct witness_leg *leg, const struct witness_neuron *n)
{
    return mpfr_equal_p(leg->at[TIME], n->time) && mpfr_equal_p(leg->at[CURRENT], n->current) &&
           mpfr_equal_p(leg->at[U], n->u);
}

/* Is x the same as it was, for what double decides? */
static bool about(double x, double was, double size)
{
    return fabs(x - was) <= ldexp(size, NEAR_EXPONENT);
}

static bool begins_near(const struct witness_engine *e, const struct witness_leg *leg,
                        const struct witness_neuron *n)
{
    const struct view *was = &leg->view, now = view_of(n);
    double size = fabs(was->u) + fabs(was->current) + fabs(was->level);
    return about(now.u, was->u, size) && about(now.current, was->current, size) &&
           about(now.level, was->level, size) && about(now.time, was->time, e->c->end) &&
           about(now.tau_m, was->tau_m, was->tau_m) && about(now.tau_s, was->tau_s, was->tau_s);
}

/* Whether the leg tells what is ahead: not where it may cross at once. */
static bool foresees(const struct witness_engine *e, const struct witness_leg *leg,
                     const struct witness_neuron *n)
{
    return n->same || leg->earliest - leg->view.time > ldexp(e->c->end, FAR_EXPONENT);
}

void witness_leg_begin(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    n->leg = NULL;
    if (!e->recording && n->leg_link != NULL) {
        struct witness_leg *leg = *n->leg_link;
        n->same = n->same && leg != NULL && begins(leg, n);
        if (n->same || (n->model == CASE_LIF && leg != NULL && begins_near(e, leg, n))) {
            n->leg = leg;
            n->leg_link = &leg->next;
        } else {
            n->leg_link = NULL;
        }
        if (n->leg != NULL && foresees(e, leg, n)) {
            n->known = false;
            n->peak_after = leg->peak_after;
            n->peak_gap = leg->peak_gap;
            e->earliest[which] = leg->earliest;
            return;
        }
    }
    if (n->model == CASE_LIF) {
        witness_forecast(e, which);
    }
    if (e->recording) {
        write_begin(e, n, e->earliest[which]);
    }
}

bool witness_leg_crossing(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    const struct witness_leg *leg = e->recording || !n->same ? NULL : n->leg;
    if (leg == NULL || !leg->crossed) {
        return false;
    }
    n->known = true;
    n->peak_after = leg->peak_after_then;
    n->peak_gap = leg->peak_gap_then;
    e->earliest[which] = leg->earliest_then;
    mpfr_set(n->crossing, leg->at[CROSSING], MPFR_RNDN);
    return true;
}

bool witness_leg_near_crossing(const struct witness_engine *e, mpfr_ptr crossing,
                               struct witness_bracket *bracket, const struct witness_neuron *n)
{
    const struct witness_leg *leg = e->recording ? NULL : n->leg;
    if (leg == NULL || !leg->crossed || !(leg->bracket.guess > 0)) {
        return false;
    }
    *bracket = leg->bracket;
    mpfr_set(crossing, leg->at[CROSSING], MPFR_RNDN);
    return true;
}

bool witness_leg_advance(struct witness_engine *e, struct witness_neuron *n, mpfr_srcptr t)
{
    const struct witness_leg *leg = e->recording || !n->same ? NULL : n->leg;
    if (leg == NULL) {
        return false;
    }
    n->leg = NULL;
    if (!leg->advanced || !mpfr_equal_p(leg->at[UNTIL], t)) {
        return false;
    }
    if (leg->peaked) {
        e->outcome.closest = fmin(e->outcome.closest, n->peak_gap);
    }
    mpfr_set(n->time, t, MPFR_RNDN);
    mpfr_set(n->u, leg->at[U_THEN], MPFR_RNDN);
    mpfr_set(n->current, leg->at[CURRENT_THEN], MPFR_RNDN);
    if (integrates(e, n)) {
        struct witness_output *output = &e->output[n->index];
        mpfr_set(output->sum, leg->at[SUM], MPFR_RNDN);
        mpfr_set(output->maximum, leg->at[MAXIMUM], MPFR_RNDN);
        mpfr_set(output->weight, leg->at[WEIGHT], MPFR_RNDN);
    }
    return true;
}

/* At its crossing, which is the recorded one if the leg is. */
bool witness_leg_fire(struct witness_engine *e, struct witness_neuron *n)
{
    const struct witness_leg *leg = e->recording || !n->same ? NULL : n->leg;
    if (leg == NULL || !leg->fired) {
        return false;
    }
    n->leg = NULL;
    mpfr_set(n->current, leg->at[CURRENT_THEN], MPFR_RNDN);
    return true;
}
