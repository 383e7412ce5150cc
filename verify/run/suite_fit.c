/* SPDX-License-Identifier: MIT */
/* suite_fit.c: of the cases of suites, those that the programs under test say they can, and that
 * the command line wants. What does not fit is left out and counted, and as many others are drawn
 * of the same family and seed, behind those of the suite. */
#include "verify/run/suite_fit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* So many times the cases of a line are looked at for others, at most. */
enum { LOOKS = 4 };

static void tally(struct suite_fit *fit, const char *why)
{
    size_t k = 0;
    fit->out++;
    while (k < fit->lefts && strcmp(fit->left[k].why, why) != 0)
        k++;
    if (k == SUITE_FIT_LEFTS)
        return;
    if (k == fit->lefts) {
        fit->left[k] = (struct suite_left){.count = 0};
        snprintf(fit->left[fit->lefts++].why, CASE_FIT_WHY, "%s", why);
    }
    fit->left[k].count++;
}

static bool fits_all(const struct case_problem *c, const struct suite_fit *fit, char *why)
{
    bool good = true;
    for (size_t k = 0; k < fit->wants && good; k++)
        good = case_fits(c, fit->want[k], why);
    return good;
}

/* 1: it fits, 0: it does not, -1 and error. */
static int look_at(const struct ver_source *source, const struct suite_fit *fit, char *why,
                   struct case_error *error)
{
    struct case_made made;
    if (source->made)
        return fits_all(source->made->problem, fit, why);
    if (ver_source_make(&made, source, error) != 0)
        return -1;
    bool good = fits_all(made.problem, fit, why);
    case_made_clear(&made);
    return good;
}

/* One more of a family; -1 and error. */
static int draw(struct ver_sources *kept, struct ver_source *other, struct suite_fit *fit,
                size_t *missing, struct case_error *error)
{
    char address[128], why[CASE_FIT_WHY];
    int good = look_at(other, fit, why, error);
    if (good <= 0)
        return good;
    snprintf(address, sizeof address, "%s:%" PRIu64 ":%" PRIu64, other->family->name, other->seed,
             other->number);
    struct ver_source source = *other;
    if (!(source.name = strdup(address)))
        return snprintf(error->text, sizeof error->text, "memory is short"), -1;
    source.position = kept->count;
    kept->at[kept->count++] = source;
    fit->drawn++;
    --*missing;
    return 0;
}

static bool same_line(const struct ver_source *a, const struct ver_source *b)
{
    return a->of_suite && b->of_suite && a->family && a->family == b->family && a->seed == b->seed;
}

int suite_fit(struct ver_sources *sources, struct suite_fit *fit, struct case_error *error)
{
    struct ver_sources kept = {calloc(sources->count + 1, sizeof *kept.at), 0, sources->count + 1};
    int failed = kept.at ? 0 : -1;
    if (failed)
        snprintf(error->text, sizeof error->text, "memory is short");
    for (size_t k = 0, line = 0; k < sources->count; k++) {
        struct ver_source *source = &sources->at[k];
        char why[CASE_FIT_WHY];
        int good = failed ? 0 : source->of_suite ? look_at(source, fit, why, error) : 1;
        failed = good < 0 ? -1 : failed;
        struct ver_source copy = *source;
        if (good > 0) {
            copy.position = kept.count;
            kept.at[kept.count++] = copy;
        } else {
            if (!failed)
                tally(fit, why);
            ver_source_clear(source);
        }
        copy.name = NULL;
        copy.made = NULL;
        if (k + 1 < sources->count && same_line(&copy, &sources->at[k + 1]))
            continue;
        size_t cases = k + 1 - line, had = 0;
        for (size_t i = kept.count; i > 0 && same_line(&copy, &kept.at[i - 1]); i--)
            had++;
        size_t missing = copy.of_suite && copy.family && had < cases ? cases - had : 0;
        for (size_t more = 0; missing > 0 && !failed && more < (LOOKS - 1) * cases; more++) {
            copy.number++;
            if (copy.family->limit > 0 && copy.number >= copy.family->limit)
                break;
            failed = draw(&kept, &copy, fit, &missing, error);
        }
        line = k + 1;
    }
    free(sources->at);
    *sources = kept;
    return failed;
}
