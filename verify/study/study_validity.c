/* SPDX-License-Identifier: MIT */
/* study_validity.c: how far gradients are valid, over cases of the families: what the next change
 * is along a random direction of the weights, how much of the way to it is proven, and whether
 * what is proven holds at random points. */
#include "cases/families/random.h"
#include "verify/base/number.h"
#include "verify/study/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE_DIGITS = 30, ROOM = 2048, PREC = 512 };

static const char *const families[] = {"random-feedforward", "random-recurrent", "random-deep",
                                       "random-delays"};
enum { FAMILIES = sizeof families / sizeof *families };

struct tally {
    struct case_file file;
    size_t cases, undecided, changes, confirmed, unknown, probes, wrong, ratios;
    size_t kind[STUDY_KINDS];
    double ratio[ROOM], distance[ROOM];
};

/* Random points of what is proven: as the start, every one of them. */
static void probe(struct tally *t, const struct study_line *line, const arb_t proven,
                  struct case_random *random, size_t probes)
{
    struct ref_result r;
    arb_t h, share;
    arb_init(h);
    arb_init(share);
    uint64_t signature = 0;
    if (study_at(&r, line, h, 20, STUDY_SPIKES) == REF_OK)
        signature = r.signature;
    ref_clear(&r);
    for (size_t k = 0; k < probes; k++) {
        arb_set_d(share, case_random_unit(random));
        arb_mul(h, proven, share, PREC);
        arb_get_mid_arb(h, h);
        bool const good =
            study_at(&r, line, h, 20, STUDY_SPIKES) == REF_OK && r.signature == signature;
        t->probes++;
        t->wrong += !good;
        ref_clear(&r);
    }
    arb_clear(h);
    arb_clear(share);
}

static void put_row(struct tally *t, const char *address, const struct study_line *line, int side,
                    const struct study_change *change, const arb_t proven, size_t balls)
{
    arb_t place;
    arb_init(place);
    arb_union(place, change->near, change->far, PREC);
    char *text = arb_get_str(place, PLACE_DIGITS, ARB_STR_NO_RADIUS);
    fprintf(t->file.stream, "%s\t%s\t%+d\t%s\t%.10g\t%s\t%d\t%zu\t%zu\t%.6g\t%.6g\n", address,
            line->name, side, text, middle(proven), study_kind_name(change->kind), change->born,
            change->runs, balls, middle(change->loss[1]) - middle(change->loss[0]),
            middle(change->by[1]) - middle(change->by[0]));
    flint_free(text);
    arb_clear(place);
}

static void look(struct tally *t, const struct study_run *run, const char *address,
                 const struct study_line *line, int side, struct case_random *random)
{
    struct study_change change;
    struct case_error ignored;
    arb_t proven, start;
    study_change_init(&change);
    arb_init(proven);
    arb_init(start);
    if (study_locate(&change, line, start, side, 10, PLACE_DIGITS, &ignored) != 0) {
        t->undecided++;
    } else {
        size_t const balls = study_prove(proven, line, change.near, run->quick ? 200 : 1000);
        t->kind[change.kind]++;
        t->unknown += change.kind == STUDY_UNKNOWN;
        if (change.kind != STUDY_NONE && change.kind != STUDY_DOMAIN) {
            t->changes++;
            t->confirmed += change.confirmed;
        }
        if (t->ratios < ROOM && change.kind != STUDY_DOMAIN) {
            t->distance[t->ratios] = fabs(middle(change.near));
            t->ratio[t->ratios++] = middle(proven) / middle(change.near);
        }
        probe(t, line, proven, random, run->quick ? 3 : 100);
        put_row(t, address, line, side, &change, proven, balls);
    }
    study_change_clear(&change);
    arb_clear(proven);
    arb_clear(start);
}

static int one_case(struct tally *t, struct study_run *run, size_t k)
{
    struct case_made made;
    struct study_line line;
    struct case_random random;
    char address[64], direction[32];
    snprintf(address, sizeof address, "%s:%llu:%zu", families[k % FAMILIES],
             (unsigned long long)run->seed, k / FAMILIES);
    snprintf(direction, sizeof direction, "random:%zu", k);
    case_random_init(&random, run->seed, "probe", k);
    if (case_make(&made, address, run->error) != 0)
        return -1;
    t->cases++;
    int const failed = study_line_find(&line, made.problem, direction, run->error);
    for (int side = 1; !failed && side >= -1; side -= 2)
        look(t, run, address, &line, side, &random);
    study_line_clear(&line);
    case_made_clear(&made);
    return failed;
}

static int claim_all(struct study_run *run, struct tally *t)
{
    struct case_file file;
    if (study_open(run, &file, "kind", "kind\tchanges") != 0)
        return -1;
    for (int kind = 0; kind < STUDY_KINDS; kind++)
        fprintf(file.stream, "%s\t%zu\n", study_kind_name((enum study_kind)kind), t->kind[kind]);
    if (study_close(run, &file, 0) != 0)
        return -1;
    double const changes = (double)t->changes;
    study_claim(run, "changes found, a case and side", changes / (2.0 * (double)t->cases), 0.5, 1);
    study_claim(run, "changes that runs on both sides confirm, share",
                (double)t->confirmed / changes, 1, 1);
    study_claim(run, "changes whose kind is known, share", 1 - (double)t->unknown / changes, 0.99,
                1);
    study_claim(run, "proven share of the way to the next change, median",
                study_quantile(t->ratio, t->ratios, 0.5), 0.5, 1);
    study_claim(run, "proven share, lowest tenth", study_quantile(t->ratio, t->ratios, 0.1), 0, 1);
    study_claim(run, "points in what is proven that are not as the start", (double)t->wrong, 0, 0);
    return 0;
}

static int run_study(struct study_run *run)
{
    struct tally *t = calloc(1, sizeof *t);
    size_t const cases = run->quick ? 8 : 1000;
    if (!t) {
        snprintf(run->error->text, sizeof run->error->text, "memory is short");
        return -1;
    }
    int failed = study_open(run, &t->file, "radius",
                            "case\talong\tside\tat\tproven\tkind\tborn\truns\tballs\tjump\tkink");
    if (!failed) {
        for (size_t k = 0; !failed && k < cases; k++) {
            progress_show(run->progress, k, cases, t->undecided);
            failed = one_case(t, run, k);
        }
        failed = study_close(run, &t->file, failed);
    }
    if (!failed)
        failed = claim_all(run, t);
    free(t);
    return failed;
}

const struct study study_validity = {
    .name = "validity",
    .claim = "the distance up to which a gradient is valid can be found, and most of it proven",
    .picture = {"radius"},
    .reading = {"A point is the next change of spikes along a random direction of all weights: how "
                "far it is, and which share of the way is proven to hold none. Colours are kinds "
                "of changes; most points at the top is as it should be."},
    .run = run_study,
};
