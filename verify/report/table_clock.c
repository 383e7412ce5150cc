/* table_clock.c: the tables about engines. engines.tsv has a line a case and engine, ratios.tsv the
 * histogram of error / bound, ladder.tsv, orders.tsv and convergence.tsv how errors shrink with the
 * step, and engine_families.tsv what the page shows. */
#include "verify/report/report.h"
#include "verify/report/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            *text = ' ';
}

static int write_engines(const char *directory, const struct ver_judgement *judgement, size_t cases,
                         struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "engines.tsv", REPORT_ENGINES, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++)
        for (size_t e = 0; e < judgement[k].clocks; e++) {
            const struct ver_clock *clock = &judgement[k].clock[e];
            char reason[sizeof clock->reason];
            memcpy(reason, clock->reason, sizeof reason);
            plain(reason);
            fprintf(file.stream, "%s\t%s\t%s\t%s\t%d\t%d\t%zu\t%zu\t%016" PRIx64 "\t%s\n",
                    judgement[k].family, judgement[k].name, clock->engine ? clock->engine : "-",
                    ver_clock_state_name(clock->state), clock->traced, clock->same,
                    clock->decisions, clock->near, clock->digest, reason[0] ? reason : "-");
        }
    return ver_file_commit(&file, error);
}

static int write_ratios(const char *directory, const struct ver_totals *totals,
                        struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "ratios.tsv", REPORT_RATIOS, error) != 0)
        return -1;
    for (size_t e = 0; e < totals->clocks; e++)
        for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
            for (int b = 0; b < VER_RATIO_BINS; b++) {
                const struct ver_ratios *ratios = &totals->clock[e].ratios[q];
                if (ratios->count[b] > 0)
                    fprintf(file.stream, "%s\t%s\t%d\t%" PRIu64 "\t%.6g\n", totals->clock[e].engine,
                            ver_clock_quantity_name((enum ver_clock_quantity)q), 1 - b,
                            ratios->count[b], ratios->largest);
            }
    return ver_file_commit(&file, error);
}

static int write_ladder(const char *directory, const struct ver_judgement *judgement, size_t cases,
                        struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "ladder.tsv", REPORT_LADDER, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++)
        for (size_t r = 0; judgement[k].ladder && r < judgement[k].ladder->rungs; r++) {
            const struct ver_rung *rung = &judgement[k].ladder->rung[r];
            fprintf(file.stream, "%s\t%s\t%zu\t%.9g\t%s", judgement[k].family, judgement[k].name, r,
                    rung->step, rung->agrees ? "yes" : "no");
            for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
                fprintf(file.stream, "\t%.6g", rung->error[q]);
            fputc('\n', file.stream);
        }
    return ver_file_commit(&file, error);
}

static int write_orders(const char *directory, const struct ver_judgement *judgement, size_t cases,
                        struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "orders.tsv", REPORT_ORDERS, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++) {
        const struct ver_ladder *ladder = judgement[k].ladder;
        if (!ladder)
            continue;
        fprintf(file.stream, "%s\t%s\t%zu", judgement[k].family, judgement[k].name, ladder->rungs);
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            fprintf(file.stream, "\t%.4f", ladder->order[q]);
        fprintf(file.stream, "\t%.4g\t%s\n", ladder->limit,
                ladder->reason[0] ? ladder->reason : "-");
    }
    return ver_file_commit(&file, error);
}

/* Median error over the cases whose counts agree, a line a quantity and step (to a power of two).
 */
static int write_convergence(const char *directory, const struct ver_judgement *judgement,
                             size_t cases, struct case_error *error)
{
    enum { FINEST = -24, COARSEST = 8 };
    struct ver_file file;
    double *found = malloc((cases + 1) * sizeof *found);
    if (!found) {
        snprintf(error->text, sizeof error->text, "convergence.tsv: memory is short");
        return -1;
    }
    int failed = table_open(&file, directory, "convergence.tsv", REPORT_CONVERGENCE, error);
    for (int q = 0; q < VER_LADDER_QUANTITIES && !failed; q++)
        for (int power = COARSEST; power >= FINEST; power--) {
            size_t count = 0;
            for (size_t k = 0; k < cases; k++)
                for (size_t r = 0; judgement[k].ladder && r < judgement[k].ladder->rungs; r++) {
                    const struct ver_rung *rung = &judgement[k].ladder->rung[r];
                    if (rung->agrees && rung->error[q] > 0 && lround(log2(rung->step)) == power)
                        found[count++] = log2(rung->error[q]);
                }
            if (count > 0)
                fprintf(file.stream, "%s\t%d\t%.4f\t%zu\n",
                        strchr(ver_ladder_quantity_name((enum ver_ladder_quantity)q), '_') + 1,
                        power, ver_median(found, count), count);
        }
    free(found);
    return failed ? -1 : ver_file_commit(&file, error);
}

/* ---- engine_families.tsv ---- */

/* Upper edge of the bin that holds the middle number, NaN of none. */
static double median_ratio(const struct ver_ratios *ratios)
{
    uint64_t all = 0, sum = 0;
    for (int b = 0; b < VER_RATIO_BINS; b++)
        all += ratios->count[b];
    for (int b = VER_RATIO_BINS - 1; b >= 0 && all > 0; b--) {
        sum += ratios->count[b];
        if (2 * sum >= all)
            return ldexp(1, 1 - b);
    }
    return VER_NAN;
}

struct family {
    size_t cases, state[VER_CLOCK_STATES], same;
    struct ver_ratios ratios[VER_CLOCK_QUANTITIES];
};

static void write_family(FILE *out, const char *name, const char *engine,
                         const struct family *family, double *order[2], const size_t orders[2])
{
    fprintf(out, "%s\t%s\t%zu", name, engine, family->cases);
    for (int s = 0; s <= VER_CLOCK_FAILED; s++)
        fprintf(out, "\t%zu", family->state[s]);
    fprintf(out, "\t%zu", family->same);
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        fprintf(out, "\t%.3g\t%.3g", median_ratio(&family->ratios[q]), family->ratios[q].largest);
    for (int i = 0; i < 2; i++)
        fprintf(out, "\t%.3f", ver_median(order[i], orders[i]));
    fprintf(out, "\t%zu\n", family->state[VER_CLOCK_UNJUDGED]);
}

/* Adds up the cases from first on that are of its family, for one engine. */
static void add_up(FILE *out, const struct ver_judgement *judgement, size_t cases, size_t first,
                   size_t engine, double *order[2])
{
    struct family family = {.cases = 0};
    size_t orders[2] = {0, 0};
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        family.ratios[q].largest = VER_NAN;
    for (size_t k = first; k < cases; k++) {
        const struct ver_judgement *j = &judgement[k];
        if (strcmp(j->family, judgement[first].family) != 0 || engine >= j->clocks)
            continue;
        family.cases++;
        family.state[j->clock[engine].state]++;
        family.same += j->clock[engine].same;
        for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
            ver_ratios_add(&family.ratios[q], &j->clock[engine].ratios[q]);
        for (int i = 0; i < 2 && engine == 0 && j->ladder; i++)
            if (!isnan(j->ladder->order[i]))
                order[i][orders[i]++] = j->ladder->order[i];
    }
    const char *name = judgement[first].clock[engine].engine;
    write_family(out, judgement[first].family, name ? name : "-", &family, order, orders);
}

static int write_families(const char *directory, const struct ver_judgement *judgement,
                          size_t cases, struct case_error *error)
{
    struct ver_file file;
    double *order[2] = {malloc((cases + 1) * sizeof(double)), malloc((cases + 1) * sizeof(double))};
    int failed = -1;
    if (!order[0] || !order[1])
        snprintf(error->text, sizeof error->text, "engine_families.tsv: memory is short");
    else
        failed = table_open(&file, directory, "engine_families.tsv", REPORT_ENGINE_FAMILIES, error);
    if (!failed) {
        for (size_t k = 0; k < cases; k++) {
            size_t first = 0;
            while (strcmp(judgement[first].family, judgement[k].family) != 0)
                first++;
            for (size_t e = 0; first == k && e < judgement[k].clocks; e++)
                add_up(file.stream, judgement, cases, k, e, order);
        }
        failed = ver_file_commit(&file, error);
    }
    free(order[0]);
    free(order[1]);
    return failed;
}

int table_clocks(const char *directory, const struct ver_judgement *judgement, size_t cases,
                 const struct ver_totals *totals, struct case_error *error)
{
    if (write_engines(directory, judgement, cases, error) != 0 ||
        write_ratios(directory, totals, error) != 0 ||
        write_ladder(directory, judgement, cases, error) != 0 ||
        write_orders(directory, judgement, cases, error) != 0 ||
        write_convergence(directory, judgement, cases, error) != 0)
        return -1;
    return write_families(directory, judgement, cases, error);
}
