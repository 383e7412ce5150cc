/* SPDX-License-Identifier: MIT */
/* family.c: the table of all families, and how "FAMILY:SEED:K" becomes a case.
 *
 * SEED and K are plain decimal numbers below 2^64; the same address is the same case on every
 * machine. */
#include "cases/families/families.h"
#include "cases/families/family_real.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct case_family case_families[] = {
    {"closed-quadratic", "one layer at tau_mem = 2 tau_syn: spikes by the quadratic formula", 0,
     case_make_closed_quadratic},
    {"closed-lambert", "one layer at equal time constants: spikes by Lambert's W", 0,
     case_make_closed_lambert},
    {"closed-chain", "two or three neurons in a chain: the chain rule by hand", 0,
     case_make_closed_chain},
    {"closed-output", "LI outputs driven by input spikes: losses by hand", 0,
     case_make_closed_output},
    {"random-feedforward", "none or one hidden layer, every loss", 0, case_make_random_feedforward},
    {"random-deep", "two to four hidden layers", 0, case_make_random_deep},
    {"random-recurrent", "recurrent layers with self-connections, with and without delays", 0,
     case_make_random_recurrent},
    {"random-delays", "scalar and matrix delays, several projections between a pair", 0,
     case_make_random_delays},
    {"random-heterogeneous", "time constants, thresholds, resets and biases of every neuron", 0,
     case_make_random_heterogeneous},
    {"random-batch", "two to four samples", 0, case_make_random_batch},
    {"conditioning-slope", "a crossing at a prescribed slope, 1 down to 1e-12 per ms", 0,
     case_make_conditioning_slope},
    {"conditioning-peak-above", "a peak 1e-2 down to 1e-30 above threshold", 0,
     case_make_conditioning_peak_above},
    {"conditioning-peak-below", "a peak 1e-2 down to 1e-30 below threshold", 0,
     case_make_conditioning_peak_below},
    {"degenerate-simultaneous", "arrivals at the same time", 0, case_make_degenerate_simultaneous},
    {"degenerate-twins", "identical neurons that spike at the same times", 0,
     case_make_degenerate_twins},
    {"degenerate-undecided", "cases at which the gradient, or a part of it, does not exist", 0,
     case_make_degenerate_undecided},
    {"degenerate-end", "events next to the end of the trial", 0, case_make_degenerate_end},
    {"degenerate-taus", "equal, nearly equal and extreme ratios of time constants", 0,
     case_make_degenerate_taus},
    {"degenerate-zero-weights", "weights that are exactly zero", 0,
     case_make_degenerate_zero_weights},
    {"degenerate-silent", "networks of which parts or all stay silent", 0,
     case_make_degenerate_silent},
    {"degenerate-bursting", "many spikes a neuron", 0, case_make_degenerate_bursting},
    {"degenerate-inhibition", "strong inhibition, voltages far below threshold", 0,
     case_make_degenerate_inhibition},
    {"degenerate-long", "trials of more than 1,000 time constants", 0, case_make_degenerate_long},
    {"degenerate-scales", "weights and times many powers of two away from 1", 0,
     case_make_degenerate_scales},
    {"real-yin-yang", "Yin-Yang trials of the published 5-200-3 network", CASE_REAL_YIN_YANG_LIMIT,
     case_make_yin_yang},
    {"real-digits", "spoken digits through a 700-256-20 recurrent network", CASE_REAL_DIGITS_LIMIT,
     case_make_digits},
    {"real-digits-small", "the same on every tenth channel, 70-24-20", CASE_REAL_DIGITS_LIMIT,
     case_make_digits_small},
    {NULL, NULL, 0, NULL}};

const struct case_family *case_family_find(const char *name)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

static int refuse(struct case_error *error, const char *address, const char *found,
                  const char *wanted)
{
    snprintf(error->text, sizeof error->text, "%.80s: %s: found %.80s, wanted %.200s", address,
             "address of a case", found, wanted);
    return -1;
}

/* A decimal number below 2^64 that ends at stop. The text behind it, or NULL. */
static const char *read_number(uint64_t *value, const char *text, char stop)
{
    const char *c = text;
    *value = 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        uint64_t digit = (uint64_t)(*c - '0');
        if (*value > (UINT64_MAX - digit) / 10) {
            return NULL;
        }
        *value = *value * 10 + digit;
    }
    return c == text || *c != stop ? NULL : c + 1;
}

int case_make(struct case_made *made, const char *address, struct case_error *error)
{
    *made = (struct case_made){0};
    char name[64] = "";
    const char *colon = strchr(address, ':');
    if (colon != NULL && (size_t)(colon - address) < sizeof name) {
        memcpy(name, address, (size_t)(colon - address));
    }
    if (colon == NULL) {
        return refuse(error, address, "no colon", "FAMILY:SEED:K");
    }
    const struct case_family *family = case_family_find(name);
    if (family == NULL) {
        return refuse(error, address, "an unknown family", "a family that is listed");
    }

    uint64_t seed, k;
    const char *rest = read_number(&seed, colon + 1, ':');
    if (rest == NULL || read_number(&k, rest, '\0') == NULL) {
        return refuse(error, address, colon + 1, "SEED:K, two whole numbers below 2^64");
    }
    if (family->limit > 0 && k >= family->limit) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "K below %" PRIu64, family->limit);
        return refuse(error, address, rest, wanted);
    }
    return case_family_make(made, family, seed, k, error);
}

int case_family_make(struct case_made *made, const struct case_family *family, uint64_t seed,
                     uint64_t k, struct case_error *error)
{
    *made = (struct case_made){0};
    if (family->make(made, seed, k) == 0)
        return 0;
    *error = made->error;
    case_made_clear(made);
    return error->text[0] ? -1 : refuse(error, family->name, "too little memory", "more");
}

void case_made_clear(struct case_made *made)
{
    for (size_t i = 0; i < made->knowns; i++) {
        if (made->known[i].kind != CASE_KNOWN_COUNT) {
            mpfr_clear(made->known[i].value);
        }
    }
    free(made->known);
    case_free(made->problem);
    *made = (struct case_made){0};
}
