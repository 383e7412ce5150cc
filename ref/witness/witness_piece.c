/* SPDX-License-Identifier: MIT */
/* witness_piece.c: the integrals of a quadrature in the unmoved run.
 *
 * Between two common times of the outputs an integral depends on their states at the first of them
 * alone; while these are those of the unmoved run bit for bit, so is the integral. */
#include "ref/witness/witness.h"

#include <stdlib.h>

/* Of a quadrature, from one common time of the outputs to the next. */
enum { SINCE, PIECE_UNTIL, INTEGRAL, PIECE_NUMBERS };
enum { PIECE_U, PIECE_CURRENT, PIECE_SUM, PIECE_PER_OUTPUT };

struct witness_piece {
    mpfr_t *at; /* and PER_OUTPUT of each */
    struct witness_piece *next;
};

void witness_pieces_free(struct witness_piece *piece)
{
    while (piece != NULL) {
        struct witness_piece *next = piece->next;
        free(piece);
        piece = next;
    }
}

void witness_piece_begin(struct witness_engine *e)
{
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    struct witness_piece **link = e->recording ? e->piece_link : NULL;
    if (link == NULL) {
        return;
    }
    struct witness_piece *piece = malloc(sizeof *piece);
    mpfr_t *at = piece == NULL
                     ? NULL
                     : witness_track_numbers(e, PIECE_NUMBERS + PIECE_PER_OUTPUT * e->outputs);
    e->no_room |= piece == NULL;
    e->piece_link = NULL;
    if (at == NULL) {
        free(piece);
        return;
    }
    *piece = (struct witness_piece){.at = at};
    mpfr_set(at[SINCE], e->quadrature.synced, MPFR_RNDN);
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_t *own = at + PIECE_NUMBERS + PIECE_PER_OUTPUT * k;
        mpfr_set(own[PIECE_U], n[k].u, MPFR_RNDN);
        mpfr_set(own[PIECE_CURRENT], n[k].current, MPFR_RNDN);
    }
    *link = piece;
    e->piece_link = link;
}

void witness_piece_write(struct witness_engine *e)
{
    struct witness_piece *piece = e->recording && e->piece_link != NULL ? *e->piece_link : NULL;
    if (piece == NULL) {
        return;
    }
    mpfr_set(piece->at[PIECE_UNTIL], e->quadrature.synced, MPFR_RNDN);
    mpfr_set(piece->at[INTEGRAL], e->quadrature.integral, MPFR_RNDN);
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_t *own = piece->at + PIECE_NUMBERS + PIECE_PER_OUTPUT * k;
        mpfr_set(own[PIECE_SUM], e->output[k].sum, MPFR_RNDN);
    }
    e->piece_link = &piece->next;
}

static bool piece_is(const struct witness_engine *e, const struct witness_piece *piece,
                     mpfr_srcptr t)
{
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    bool is = mpfr_equal_p(piece->at[SINCE], e->quadrature.synced) &&
              mpfr_equal_p(piece->at[PIECE_UNTIL], t);
    for (size_t k = 0; k < e->outputs && is; k++) {
        mpfr_t *own = piece->at + PIECE_NUMBERS + PIECE_PER_OUTPUT * k;
        is = mpfr_equal_p(own[PIECE_U], n[k].u) && mpfr_equal_p(own[PIECE_CURRENT], n[k].current);
    }
    return is;
}

bool witness_piece_follow(struct witness_engine *e, mpfr_srcptr t)
{
    const struct witness_piece *piece =
        !e->recording && e->piece_link != NULL ? *e->piece_link : NULL;
    if (piece == NULL || !piece_is(e, piece, t)) {
        e->piece_link = e->recording ? e->piece_link : NULL;
        return false;
    }
    e->piece_link = &(*e->piece_link)->next;
    mpfr_set(e->quadrature.integral, piece->at[INTEGRAL], MPFR_RNDN);
    for (size_t k = 0; k < e->outputs; k++) {
        mpfr_t *own = piece->at + PIECE_NUMBERS + PIECE_PER_OUTPUT * k;
        mpfr_set(e->output[k].sum, own[PIECE_SUM], MPFR_RNDN);
    }
    return true;
}
