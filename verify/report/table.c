/* table.c: the tables of a run, tab separated, names in the first line. Nothing in them depends on
 * time, threads or the machine: two runs of the same program write the same bytes. */
#include "verify/report/table.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int ver_directory_make(const char *directory, struct case_error *error)
{
    struct stat status;
    if (mkdir(directory, 0777) == 0)
        return 0;
    int number = errno;
    if (number == EEXIST && stat(directory, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return 0;
        number = ENOTDIR;
    }
    snprintf(error->text, sizeof error->text, "%.300s: cannot make directory: %s", directory,
             strerror(number));
    return -1;
}

int table_open(struct ver_file *file, const char *directory, const char *name, const char *heading,
               struct case_error *error)
{
    char path[1200];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error->text, sizeof error->text, "%.300s: path too long", directory);
        return -1;
    }
    if (ver_file_open(file, path, error) != 0)
        return -1;
    fprintf(file->stream, "%s\n", heading);
    return 0;
}

/* Names come from users; a tab in one would break the table. */
static int put_line(char *line, size_t size, const char *name, const char *rest)
{
    int length = snprintf(line, size, "%s\t%s", name, rest);
    return length < 0 || (size_t)length >= size ? -1 : 0;
}

static void plain(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            *text = ' ';
}

/* A NaN has no sign that means anything, and a store does not keep it. */
static double unsigned_nan(double x)
{
    return isnan(x) ? VER_NAN : x;
}

int ver_check_line(char *line, size_t size, const struct ver_judgement *judgement,
                   const struct ver_comparison *c)
{
    char rest[VER_LINE - 128], index[sizeof c->index];
    memcpy(index, c->index, sizeof index);
    plain(index);
    snprintf(rest, sizeof rest, "%s\t%s\t%s\t%s\t%.2f\t%.5f\t%.1f\t%ld\t%s\t%s\t%.4g\t%s\t%s",
             judgement->name, c->quantity, index[0] ? index : "-", ver_class_name(c->class_),
             unsigned_nan(c->digits), unsigned_nan(c->order), unsigned_nan(c->step), c->precision,
             c->value[0] ? c->value : "-", c->reference[0] ? c->reference : "-",
             unsigned_nan(c->distance), ver_outcome_name(c->outcome),
             c->engine ? c->engine : "reference");
    return put_line(line, size, judgement->family, rest);
}

/* "-" where there is no number, as beyond double precision. */
static const char *size_text(char text[24], double x)
{
    snprintf(text, 24, isfinite(x) ? "%.6g" : "-", x);
    return text;
}

int ver_case_line(char *line, size_t size, const struct ver_judgement *j)
{
    char rest[VER_LINE - 128], norm[24], condition[24];
    snprintf(rest, sizeof rest, "%s\t%s\t%zu\t%zu\t%zu\t%ld\t%.6g\t%.6g\t%.6g\t%.6g\t%s\t%s\t%.2f",
             j->name, ver_verdict_name(j->verdict), j->neurons, j->parameters, j->spikes,
             j->precision, j->margin[REF_GRAZING], j->margin[REF_SLOPE], j->margin[REF_COINCIDENCE],
             j->margin[REF_END], size_text(norm, j->gradient_norm),
             size_text(condition, j->condition), j->digits);
    return put_line(line, size, j->family, rest);
}

/* ---- cases.tsv ---- */

static int write_cases(const char *directory, const struct ver_judgement *judgement, size_t cases,
                       struct case_error *error)
{
    struct ver_file file;
    char line[2 * VER_LINE];
    if (table_open(&file, directory, "cases.tsv",
                   "family\tcase\tverdict\tneurons\tparameters\tspikes\tprecision\tgrazing\tslope\t"
                   "coincidence\tend\tgradient_norm\tcondition\tdigits",
                   error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++)
        if (ver_case_line(line, sizeof line, &judgement[k]) == 0)
            fprintf(file.stream, "%s\n", line);
    return ver_file_commit(&file, error);
}

/* ---- families.tsv ---- */

static bool same_family(const struct ver_judgement *a, const struct ver_judgement *b)
{
    return strcmp(a->family, b->family) == 0;
}

/* Adds up one family; digits and order have room for all its comparisons. */
static void write_family(FILE *stream, const struct ver_judgement *judgement, size_t cases,
                         size_t first, double *digits, double *order)
{
    size_t verdict[VER_VERDICTS] = {0}, members = 0, numbers = 0, agreements = 0, orders = 0;
    for (size_t k = first; k < cases; k++) {
        if (!same_family(&judgement[k], &judgement[first]))
            continue;
        members++;
        verdict[judgement[k].verdict]++;
        for (size_t i = 0; i < judgement[k].comparisons; i++) {
            const struct ver_comparison *c = &judgement[k].comparison[i];
            if (c->outcome == VER_EXCLUDED)
                continue;
            numbers += c->numbers;
            if (c->class_ != VER_NO_CLASS && !isnan(c->digits))
                digits[agreements++] = c->digits;
            if (c->class_ != VER_NO_CLASS && !isnan(c->order))
                order[orders++] = c->order;
        }
    }
    double median = ver_median(digits, agreements);
    fprintf(stream, "%s\t%zu", judgement[first].family, members);
    for (int v = 0; v < VER_VERDICTS; v++)
        fprintf(stream, "\t%zu", verdict[v]);
    fprintf(stream, "\t%zu\t%.2f\t%.2f\t%.5f\n", numbers, agreements > 0 ? digits[0] : VER_NAN,
            median, ver_median(order, orders));
}

static int write_families(const char *directory, const struct ver_judgement *judgement,
                          size_t cases, struct case_error *error)
{
    struct ver_file file;
    size_t room = 1;
    for (size_t k = 0; k < cases; k++)
        room += judgement[k].comparisons;
    double *digits = malloc(room * sizeof *digits), *order = malloc(room * sizeof *order);
    int failed = -1;
    if (!digits || !order)
        snprintf(error->text, sizeof error->text, "families.tsv: memory is short");
    else
        failed = table_open(&file, directory, "families.tsv",
                            "family\tcases\tpass\tfail\tundecided\tnot_run\terror\tcomparisons\t"
                            "digits_minimum\tdigits_median\torder_median",
                            error);
    if (!failed) {
        for (size_t k = 0; k < cases; k++) {
            size_t first = 0;
            while (!same_family(&judgement[first], &judgement[k]))
                first++;
            if (first == k)
                write_family(file.stream, judgement, cases, k, digits, order);
        }
        failed = ver_file_commit(&file, error);
    }
    free(digits);
    free(order);
    return failed;
}

/* ---- summary.tsv ---- */

static int write_summary(const char *directory, const struct ver_totals *totals,
                         const struct ver_run_facts *facts, struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "summary.tsv", "key\tvalue", error) != 0)
        return -1;
    FILE *out = file.stream;
    fprintf(out, "sources\t%s\n", facts->sources);
    fprintf(out, "options\t%s\n", facts->text);
    fprintf(out, "cases\t%zu\n", totals->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        fprintf(out, "%s\t%zu\n", ver_verdict_name((enum ver_verdict)v), totals->verdict[v]);
    for (int k = 0; k < VER_KINDS; k++)
        fprintf(out, "compared_%s\t%zu\n", ver_kind_name((enum ver_kind)k), totals->compared[k]);
    for (int k = VER_KIND_ROUNDING; k < VER_KINDS; k++)
        fprintf(out, "apart_%s\t%zu\n", ver_kind_name((enum ver_kind)k), totals->apart[k]);
    for (int c = WITNESS_SMOOTH + 1; c < VER_CLASSES; c++)
        fprintf(out, "excluded_%s\t%zu\n", ver_class_name(c), totals->excluded[c]);
    fprintf(out, "digits_minimum\t%.2f\n", totals->digits_minimum);
    fprintf(out, "digits_median\t%.2f\n", totals->digits_median);
    fprintf(out, "order_minimum\t%.5f\n", totals->order_minimum);
    fprintf(out, "order_median\t%.5f\n", totals->order_median);
    fprintf(out, "order_maximum\t%.5f\n", totals->order_maximum);
    fprintf(out, "digest\t%016" PRIx64 "\n", totals->digest);
    fprintf(out, "evident\t%s\n", VER_VERSION);
    fprintf(out, "mpfr\t%s\n", mpfr_get_version());
    fprintf(out, "flint\t%s\n", FLINT_VERSION);
    fprintf(out, "arb\t%s\n", arb_version);
    fprintf(out, "jansson\t%s\n", JANSSON_VERSION);
    fprintf(out, "compiler\t%s\n", __VERSION__);
    return ver_file_commit(&file, error);
}

int ver_tables(const char *directory, const struct ver_judgement *judgement, size_t cases,
               const struct ver_totals *totals, const struct ver_run_facts *facts,
               struct case_error *error)
{
    if (table_checks(directory, judgement, cases, facts->all_checks, error) != 0 ||
        table_agreement(directory, judgement, cases, error) != 0 ||
        write_cases(directory, judgement, cases, error) != 0 ||
        write_families(directory, judgement, cases, error) != 0 ||
        table_clocks(directory, judgement, cases, totals, error) != 0 ||
        table_page(directory, judgement, cases, error) != 0 ||
        write_summary(directory, totals, facts, error) != 0)
        return -1;
    return table_examples(directory, error);
}
