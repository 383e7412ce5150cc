/* table_check.c: checks.tsv, the comparisons of a run. Millions of numbers agree; who reads the
 * table looks for those that do not, and for how near to its bound the rest came. So a comparison
 * that differs or is excluded has a row of its own, and those of a case that agree, of one kind and
 * by one engine, share the row of the one that came nearest to its bound: `rows` says how many they
 * are, `numbers` how many numbers they compared, itself among them. Hence the sums of `numbers` of
 * a kind are those of summary.tsv, with all rows or without. Two numbers that agree are not
 * written: their distance is. */
#include "verify/report/report.h"
#include "verify/report/table.h"

#include <math.h>
#include <string.h>

/* Agreeing comparisons of one kind, by one engine. */
struct fold {
    enum ver_kind kind;
    const char *engine;
    size_t nearest, rows, numbers;
};

enum { FOLDS = VER_KINDS * (1 + VER_ENGINES) };

static bool same_engine(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* NULL where there is no room: more engines than a run can have. */
static struct fold *fold_of(struct fold *fold, size_t *folds, const struct ver_comparison *c)
{
    for (size_t f = 0; f < *folds; f++)
        if (fold[f].kind == c->kind && same_engine(fold[f].engine, c->engine))
            return &fold[f];
    if (*folds == FOLDS)
        return NULL;
    fold[*folds] = (struct fold){.kind = c->kind, .engine = c->engine};
    return &fold[(*folds)++];
}

/* Nearer to its bound, or as near with fewer digits. */
static bool nearer(const struct ver_comparison *a, const struct ver_comparison *b)
{
    if (isnan(a->distance) || isnan(b->distance))
        return !isnan(a->distance) && isnan(b->distance);
    if (a->distance > b->distance || a->distance < b->distance)
        return a->distance > b->distance;
    return a->digits < b->digits;
}

static size_t fold_case(struct fold fold[FOLDS], const struct ver_judgement *j)
{
    size_t folds = 0;
    for (size_t i = 0; i < j->comparisons; i++) {
        const struct ver_comparison *c = &j->comparison[i];
        struct fold *to = c->outcome == VER_AGREES ? fold_of(fold, &folds, c) : NULL;
        if (!to)
            continue;
        if (to->rows == 0 || nearer(c, &j->comparison[to->nearest]))
            to->nearest = i;
        to->rows++;
        to->numbers += c->numbers;
    }
    return folds;
}

static void put_row(FILE *out, const struct ver_judgement *j, const struct ver_comparison *c,
                    size_t rows, size_t numbers)
{
    char line[2 * VER_LINE];
    if (ver_check_line(line, sizeof line, j, c) == 0)
        fprintf(out, "%s\t%s\t%zu\t%zu\n", line, ver_kind_name(c->kind), rows, numbers);
}

static void put_fold(FILE *out, const struct ver_judgement *j, const struct fold *fold)
{
    struct ver_comparison c = j->comparison[fold->nearest];
    c.value[0] = c.reference[0] = '\0';
    put_row(out, j, &c, fold->rows, fold->numbers);
}

static void put_case(FILE *out, const struct ver_judgement *j, bool all)
{
    struct fold fold[FOLDS];
    size_t folds = all ? 0 : fold_case(fold, j);
    for (size_t i = 0; i < j->comparisons; i++) {
        const struct ver_comparison *c = &j->comparison[i];
        const struct fold *in = all || c->outcome != VER_AGREES ? NULL : fold_of(fold, &folds, c);
        if (!in)
            put_row(out, j, c, 1, c->numbers);
        else if (in->nearest == i)
            put_fold(out, j, in);
    }
}

int table_checks(const char *directory, const struct ver_judgement *judgement, size_t cases,
                 bool all, struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, "checks.tsv", REPORT_CHECKS, error) != 0)
        return -1;
    for (size_t k = 0; k < cases; k++)
        put_case(file.stream, &judgement[k], all);
    return ver_file_commit(&file, error);
}
