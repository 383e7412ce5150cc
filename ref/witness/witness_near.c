/* SPDX-License-Identifier: MIT */
/* witness_near.c: functions of what is near an argument that is known.
 *
 * A moved run evaluates e^x at almost the same x as the unmoved one, 2^-80 away. With d the
 * distance to an argument that is known,
 *     e^{x+d} = e^x (1 + d + d^2 (1/2! + d (1/3! + ...))),
 * which needs work / log2(1/d) terms: 3 or 4 instead of a whole exponential, all but the first with
 * fewer bits. Where it would need more than SERIES_MOST, the exponential is taken afresh,
 * so this saves time and decides nothing. An error of e^x, 2^-work of it, is common to all points
 * of a difference. The same goes for log(1 + x).
 *
 * Arguments are found by the leading bits of the double next to them: a table with one argument a
 * place, the latest one of the unmoved run. (The last iterate of a crossing is nearer to what moved
 * runs ask than the ones before it.) */
#include "ref/witness/witness.h"

#include <stdlib.h>
#include <string.h>

enum { SERIES_MOST = 14 };
enum { KEY_DROPPED = 24 };     /* of the 52 bits of a mantissa */
enum { TABLE_BITS_MOST = 29 }; /* of all numbers in a table: 64 MiB */
enum { DISTANCE, SERIES, ARGUMENT, BEFORE, EXP_SCRATCH };
_Static_assert(EXP_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

struct known {
    uint64_t key; /* 0: an empty place */
    mpfr_t at, value;
};

enum function { EXPONENTIAL, LOGARITHM }; /* e^x, log(1 + x) */

struct witness_known {
    mpfr_prec_t work;
    enum function function;
    struct known *place;
    size_t places, count; /* places: a power of two, at least half of them empty */
    struct witness_known *next;
};

void witness_known_free(struct witness_known *table)
{
    while (table != NULL) {
        struct witness_known *next = table->next;
        for (size_t i = 0; i < table->places; i++) {
            if (table->place[i].key != 0) {
                mpfr_clears(table->place[i].at, table->place[i].value, (mpfr_ptr)0);
            }
        }
        free(table->place);
        free(table);
        table = next;
    }
}

static uint64_t key_of(mpfr_srcptr argument)
{
    double x = mpfr_get_d(argument, MPFR_RNDN);
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits >> KEY_DROPPED) + 1;
}

/* The place of a key, or the empty one where it belongs. */
static struct known *place_of(struct known *place, size_t places, uint64_t key)
{
    size_t i = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (places - 1);
    while (place[i].key != 0 && place[i].key != key) {
        i = (i + 1) & (places - 1);
    }
    return &place[i];
}

static struct witness_known *table_of(struct witness_known **list, mpfr_prec_t work,
                                      enum function function)
{
    struct witness_known *table = *list;
    while (table != NULL && (table->work != work || table->function != function)) {
        table = table->next;
    }
    if (table == NULL && (table = calloc(1, sizeof *table)) != NULL) {
        table->work = work;
        table->function = function;
        table->next = *list;
        *list = table;
    }
    return table;
}

/* Room for one more; false leaves the table as it is: memory is short, or it is full. */
static bool table_grow(struct witness_engine *e, struct witness_known *table)
{
    if (2 * (table->count + 1) <= table->places) {
        return true;
    }
    size_t places = table->places == 0 ? 256 : 2 * table->places;
    struct known *place = NULL;
    if (table->count * 2 * (size_t)table->work <= (size_t)1 << TABLE_BITS_MOST) {
        place = calloc(places, sizeof *place);
        e->no_room |= place == NULL;
    }
    if (place == NULL) {
        return false;
    }
    for (size_t i = 0; i < table->places; i++) {
        if (table->place[i].key != 0) {
            *place_of(place, places, table->place[i].key) = table->place[i];
        }
    }
    free(table->place);
    table->place = place;
    table->places = places;
    return true;
}

enum { SPARE = 4 }; /* bits */

/* 0: for what is of second order in a step of a difference; 1: for all else. */
static mpfr_prec_t level_bits(const struct witness_engine *e, size_t level)
{
    return level == 0 ? witness_short_bits(e->prec) : e->work;
}

enum {
    LEVEL_D,
    LEVEL_SUM,
    LEVEL_COEFFICIENT, /* 1/j!, then -(-1)^j / j */
    LEVEL_NUMBERS = LEVEL_COEFFICIENT + 2 * (WITNESS_TERMS + 1)
};

int witness_series_init(struct witness_engine *e)
{
    for (size_t l = 0; l < WITNESS_LEVELS; l++) {
        mpfr_t *level = witness_store_take(&e->store, LEVEL_NUMBERS, level_bits(e, l));
        if (level == NULL) {
            return -1;
        }
        e->series.level[l] = level;
    }
    return 0;
}

/* Of d^j, with the bits of a level. */
static mpfr_srcptr coefficient(struct witness_engine *e, enum function function, size_t l, long j)
{
    mpfr_t *own = e->series.level[l] + LEVEL_COEFFICIENT + function * (WITNESS_TERMS + 1);
    for (long *made = &e->series.made[l][function]; *made < j;) {
        unsigned long next = (unsigned long)++*made;
        mpfr_set_si(own[next], function == LOGARITHM && next % 2 == 0 ? -1 : 1, MPFR_RNDN);
        mpfr_div_ui(own[next], own[next], next, MPFR_RNDN);
        if (function == EXPONENTIAL && next > 1) {
            mpfr_mul(own[next], own[next], own[next - 1], MPFR_RNDN);
        }
    }
    return own[j];
}

/* r = d + d (d (c2 + d (c3 + ...))) up to 2^-least, |d| < 2^-bits: e^d - 1 or log(1 + d). */
static void series(struct witness_engine *e, enum function function, mpfr_ptr r, mpfr_srcptr d,
                   long bits, long least)
{
    long j = (least - 1) / bits;
    if (j < 2) {
        mpfr_set(r, d, MPFR_RNDN);
        return;
    }
    size_t l = least - 2 * bits + SPARE > (long)level_bits(e, 0);
    mpfr_ptr sum = e->series.level[l][LEVEL_SUM], own = e->series.level[l][LEVEL_D];
    mpfr_set(own, d, MPFR_RNDN);
    mpfr_mul(sum, own, coefficient(e, function, l, j), MPFR_RNDN);
    while (--j >= 2) {
        mpfr_add(sum, sum, coefficient(e, function, l, j), MPFR_RNDN);
        mpfr_mul(sum, sum, own, MPFR_RNDN);
    }
    mpfr_mul(sum, sum, own, MPFR_RNDN);
    mpfr_add(r, d, sum, MPFR_RNDN);
}

void witness_exp_less_1(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument)
{
    long bits = mpfr_regular_p(argument) ? -(long)mpfr_get_exp(argument) : 0;
    long least = (long)e->work + bits;
    if (WITNESS_TERMS * bits < least) {
        mpfr_expm1(value, argument, MPFR_RNDN);
    } else {
        series(e, EXPONENTIAL, value, argument, bits, least);
    }
}

/* value = f(argument) from f(known->at): with d = argument - known->at,
 *     e^{x+d} = e^x + e^x (e^d - 1),    log(1 + x + d) = log(1 + x) + log(1 + d/(1 + x)).
 * False if that is no shorter way. */
static bool by_series(struct witness_engine *e, enum function function, mpfr_ptr value,
                      mpfr_srcptr argument, const struct known *known)
{
    mpfr_ptr d = e->exp_scratch[DISTANCE], r = e->exp_scratch[SERIES];
    mpfr_sub(d, argument, known->at, MPFR_RNDN);
    if (mpfr_zero_p(d)) {
        mpfr_set(value, known->value, MPFR_RNDN);
        return true;
    }
    if (function == LOGARITHM) {
        mpfr_add_ui(r, known->at, 1, MPFR_RNDN);
        mpfr_div(d, d, r, MPFR_RNDN);
    }
    if (!mpfr_regular_p(d) || !mpfr_regular_p(known->value)) {
        return false;
    }
    long bits = -(long)mpfr_get_exp(d), least = (long)e->work;
    least -= function == LOGARITHM ? (long)mpfr_get_exp(known->value) : 0;
    if (SERIES_MOST * bits < least) {
        return false;
    }
    series(e, function, r, d, bits, least);
    mpfr_srcptr near = known->value;
    if (function == EXPONENTIAL) {
        mpfr_mul(r, r, near, MPFR_RNDN);
    }
    mpfr_add(value, near, r, MPFR_RNDN);
    return true;
}

static void keep(struct witness_engine *e, struct witness_known *table, uint64_t key,
                 mpfr_srcptr argument, mpfr_srcptr value)
{
    if (!table_grow(e, table)) {
        return;
    }
    struct known *place = place_of(table->place, table->places, key);
    if (place->key == 0) {
        mpfr_inits2(e->work, place->at, place->value, (mpfr_ptr)0);
        place->key = key;
        table->count++;
    }
    mpfr_set(place->at, argument, MPFR_RNDN);
    mpfr_set(place->value, value, MPFR_RNDN);
}

static void afresh(enum function function, mpfr_ptr value, mpfr_srcptr argument)
{
    if (function == EXPONENTIAL) {
        mpfr_exp(value, argument, MPFR_RNDN);
    } else {
        mpfr_log1p(value, argument, MPFR_RNDN);
    }
}

static void evaluate(struct witness_engine *e, enum function function, mpfr_ptr value,
                     mpfr_srcptr argument)
{
    struct witness_known *table = e->share == NULL || !mpfr_number_p(argument)
                                      ? NULL
                                      : table_of(witness_share_known(e->share), e->work, function);
    if (table == NULL) {
        e->no_room |= e->share != NULL && mpfr_number_p(argument);
        afresh(function, value, argument);
        return;
    }
    uint64_t key = key_of(argument);
    const struct known *known =
        table->places == 0 ? NULL : place_of(table->place, table->places, key);
    bool held = known != NULL && known->key != 0;
    if (value == argument) {
        mpfr_set(e->exp_scratch[ARGUMENT], argument, MPFR_RNDN);
        argument = e->exp_scratch[ARGUMENT];
    }
    if (!held || !by_series(e, function, value, argument, known)) {
        afresh(function, value, argument);
    }
    if (e->unmoved || !held) {
        keep(e, table, key, argument, value);
    }
}

void witness_exp(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument)
{
    evaluate(e, EXPONENTIAL, value, argument);
}

void witness_log1p(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument)
{
    evaluate(e, LOGARITHM, value, argument);
}
