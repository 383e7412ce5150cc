/* table_page.c: tables that only the page reads. heat.tsv: how near to its bound each kind of
 * comparison came, by family and by who is judged. counts.tsv: spikes that a step loses or makes
 * up. points.tsv: scatter plots, one point a cell of a raster. failures.tsv: what did not pass. */
#include "verify/report/report.h"
#include "verify/report/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- heat.tsv ---- */

struct heat {
    size_t numbers, differ, excluded;
    double largest; /* distance in units of the bound; NaN where there was none */
};

/* Column of the heat map: kinds of the reference first, then kinds of each engine asked for. */
enum { HEATS = VER_KINDS * (1 + VER_ENGINES) };

static size_t heat_column(const struct ver_judgement *j, const struct ver_comparison *c)
{
    size_t who = 0;
    for (size_t e = 0; e < j->clocks && e < VER_ENGINES && c->engine; e++)
        if (j->clock[e].engine && strcmp(j->clock[e].engine, c->engine) == 0)
            who = e + 1;
    return who * VER_KINDS + (size_t)c->kind;
}

static void heat_add(struct heat *heat, const struct ver_comparison *c)
{
    if (c->outcome == VER_EXCLUDED) {
        heat->excluded += c->numbers;
        return;
    }
    heat->numbers += c->numbers;
    heat->differ += c->outcome == VER_DIFFERS;
    if (isnan(heat->largest) || c->distance > heat->largest)
        heat->largest = c->distance;
}

static void write_heats(FILE *out, const struct ver_judgement *judgement, size_t cases,
                        size_t first)
{
    struct heat heat[HEATS] = {{0, 0, 0, 0}};
    const char *engine[1 + VER_ENGINES] = {"reference"};
    for (size_t h = 0; h < HEATS; h++)
        heat[h].largest = VER_NAN;
    for (size_t k = first; k < cases; k++) {
        const struct ver_judgement *j = &judgement[k];
        if (strcmp(j->family, judgement[first].family) != 0)
            continue;
        for (size_t e = 0; e < j->clocks && e < VER_ENGINES; e++)
            engine[e + 1] = j->clock[e].engine ? j->clock[e].engine : engine[e + 1];
        for (size_t i = 0; i < j->comparisons; i++)
            heat_add(&heat[heat_column(j, &j->comparison[i])], &j->comparison[i]);
    }
    for (size_t h = 0; h < HEATS; h++)
        if (heat[h].numbers + heat[h].excluded > 0 && engine[h / VER_KINDS])
            fprintf(out, "%s\t%s\t%s\t%zu\t%zu\t%zu\t%.4g\n", judgement[first].family,
                    engine[h / VER_KINDS], ver_kind_name((enum ver_kind)(h % VER_KINDS)),
                    heat[h].numbers, heat[h].differ, heat[h].excluded, heat[h].largest);
}

static int write_heat(const char *directory, const struct ver_judgement *judgement, size_t cases,
                      struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "heat.tsv", REPORT_HEAT, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++) {
        size_t first = 0;
        while (strcmp(judgement[first].family, judgement[k].family) != 0)
            first++;
        if (first == k)
            write_heats(file.stream, judgement, cases, k);
    }
    return ver_file_commit(&file, error);
}

/* ---- counts.tsv ---- */

static int write_counts(const char *directory, const struct ver_judgement *judgement, size_t cases,
                        struct case_error *error)
{
    enum { FINEST = -24, COARSEST = 8 };
    struct ver_file file;
    if (table_open(&file, directory, "counts.tsv", REPORT_COUNTS, error) != 0)
        return -1;
    for (int power = COARSEST; power >= FINEST; power--) {
        size_t ladders = 0, spikes = 0, missing = 0, extra = 0;
        for (size_t k = 0; k < cases; k++)
            for (size_t r = 0; judgement[k].ladder && r < judgement[k].ladder->rungs; r++) {
                const struct ver_rung *rung = &judgement[k].ladder->rung[r];
                if (rung->spikes + rung->extra == 0 || lround(log2(rung->step)) != power)
                    continue;
                ladders++;
                spikes += rung->spikes;
                missing += rung->missing;
                extra += rung->extra;
            }
        if (ladders > 0)
            fprintf(file.stream, "%d\t%zu\t%zu\t%zu\t%zu\n", power, ladders, spikes, missing,
                    extra);
    }
    return ver_file_commit(&file, error);
}

/* ---- points.tsv ---- */

/* A point of a picture; those in one cell of the raster lie under one mark. */
struct point {
    const char *picture, *family;
    long column, row;
    size_t order;
    double x, y; /* log10 */
};

struct points {
    struct point *at;
    size_t count, room;
    bool failed;
};

static void point_add(struct points *points, const char *picture, const char *family,
                      const double xy[2], const double cell[2])
{
    if (!isfinite(xy[0]) || !isfinite(xy[1]))
        return;
    if (points->count == points->room) {
        size_t room = 2 * points->room + 256;
        struct point *grown = realloc(points->at, room * sizeof *grown);
        points->failed |= !grown;
        if (!grown)
            return;
        points->at = grown;
        points->room = room;
    }
    points->at[points->count] = (struct point){
        picture, family, lround(xy[0] / cell[0]), lround(xy[1] / cell[1]), points->count,
        xy[0],   xy[1]};
    points->count++;
}

static size_t group_length(const char *family)
{
    return strcspn(family, "-");
}

static int by_group(const char *a, const char *b)
{
    size_t m = group_length(a), n = group_length(b);
    int order = strncmp(a, b, m < n ? m : n);
    return order ? order : (m > n) - (m < n);
}

static int by_cell(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    int order = strcmp(p->picture, q->picture);
    if (order == 0)
        order = by_group(p->family, q->family);
    if (order == 0)
        order = (p->column > q->column) - (p->column < q->column);
    return order ? order : (p->row > q->row) - (p->row < q->row);
}

static int by_cell_and_order(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    int order = by_cell(a, b);
    return order ? order : (p->order > q->order) - (p->order < q->order);
}

static void collect_points(struct points *points, const struct ver_judgement *j)
{
    static const double decade[2] = {0.15, 0.3}, quarter_octave[2] = {0.0752574989159953, 0.1};
    double grazing = j->margin[REF_GRAZING], x = grazing < 100 ? log10(grazing) : VER_NAN;
    point_add(points, "norm", j->family, (double[2]){x, log10(j->gradient_norm)}, decade);
    point_add(points, "condition", j->family, (double[2]){x, log10(j->condition)}, decade);
    for (size_t r = 0; j->ladder && r < j->ladder->rungs; r++) {
        const struct ver_rung *rung = &j->ladder->rung[r];
        const double *error = rung->error, step = log10(rung->step);
        if (!rung->agrees)
            continue;
        point_add(points, "spikes", j->family, (double[2]){step, log10(error[VER_LADDER_SPIKES])},
                  quarter_octave);
        point_add(points, "weights", j->family, (double[2]){step, log10(error[VER_LADDER_WEIGHTS])},
                  quarter_octave);
    }
}

static int write_points(const char *directory, const struct ver_judgement *judgement, size_t cases,
                        struct case_error *error)
{
    struct ver_file file;
    struct points points = {NULL, 0, 0, false};
    for (size_t k = 0; k < cases; k++)
        collect_points(&points, &judgement[k]);
    int failed = points.failed ? -1 : 0;
    if (failed)
        snprintf(error->text, sizeof error->text, "points.tsv: memory is short");
    else
        failed = table_open(&file, directory, "points.tsv", REPORT_POINTS, error);
    if (!failed) {
        if (points.count > 0)
            qsort(points.at, points.count, sizeof *points.at, by_cell_and_order);
        for (size_t k = 0; k < points.count; k++) {
            const struct point *p = &points.at[k];
            if (k == 0 || by_cell(p - 1, p) != 0)
                fprintf(file.stream, "%s\t%.*s\t%.4f\t%.4f\n", p->picture,
                        (int)group_length(p->family), p->family, p->x, p->y);
        }
        failed = ver_file_commit(&file, error);
    }
    free(points.at);
    return failed;
}

/* ---- failures.tsv ---- */

enum { LINES_A_CASE = 6 };

static void put_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
}

static void put_row(FILE *out, const struct ver_judgement *j, const struct ver_comparison *c)
{
    const char *hint = "-";
    for (size_t e = 0; e < j->clocks && c && c->engine; e++)
        if (j->clock[e].engine && strcmp(j->clock[e].engine, c->engine) == 0 &&
            j->clock[e].diagnosis[0])
            hint = j->clock[e].diagnosis;
    const char *const cell[] = {j->family,
                                j->name,
                                ver_verdict_name(j->verdict),
                                j->reason[0] ? j->reason : "-",
                                c ? c->quantity : "-",
                                c && c->index[0] ? c->index : "-",
                                c && c->reference[0] ? c->reference : "-",
                                c && c->value[0] ? c->value : "-"};
    for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
        put_plain(out, cell[k]);
        fputc('\t', out);
    }
    fprintf(out, "%.3g\t%s\t", c ? c->distance : VER_NAN, c && c->engine ? c->engine : "reference");
    put_plain(out, hint);
    fputc('\n', out);
}

static int write_failures(const char *directory, const struct ver_judgement *judgement,
                          size_t cases, struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "failures.tsv", REPORT_FAILURES, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++) {
        const struct ver_judgement *j = &judgement[k];
        size_t lines = 0;
        for (size_t i = 0; i < j->comparisons && lines < LINES_A_CASE; i++)
            if (j->comparison[i].outcome == VER_DIFFERS && j->verdict != VER_PASS) {
                put_row(file.stream, j, &j->comparison[i]);
                lines++;
            }
        if (lines == 0 && j->verdict != VER_PASS)
            put_row(file.stream, j, NULL);
    }
    return ver_file_commit(&file, error);
}

int table_page(const char *directory, const struct ver_judgement *judgement, size_t cases,
               struct case_error *error)
{
    if (write_heat(directory, judgement, cases, error) != 0 ||
        write_counts(directory, judgement, cases, error) != 0 ||
        write_points(directory, judgement, cases, error) != 0)
        return -1;
    return write_failures(directory, judgement, cases, error);
}
