/* table_agreement.c: agreement.tsv says for every group of families how many smooth differences
 * agree to at most so many digits. Counted here, while every comparison is at hand: gnuplot would
 * read hundreds of thousands once for every curve. A group is what stands before the first hyphen
 * of a family's name. */
#include "verify/report/report.h"
#include "verify/report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROUPS = 16,
    TENTHS = 2000 /* digits are counted in tenths, rounded up, from 0 to 200 */
};

struct group {
    char name[32];
    unsigned long long count[TENTHS + 1], all;
};

static struct group *group_of(struct group *group, const char *family)
{
    size_t length = strcspn(family, "-");
    if (length >= sizeof group->name)
        length = sizeof group->name - 1;
    for (size_t g = 0; g < GROUPS; g++) {
        if (!group[g].name[0])
            memcpy(group[g].name, family, length);
        if (strncmp(group[g].name, family, length) == 0 && !group[g].name[length])
            return &group[g];
    }
    return NULL;
}

/* Digits are taken as checks.tsv prints them: a page and its tables agree. */
static double as_printed(double digits)
{
    char text[400];
    snprintf(text, sizeof text, "%.2f", digits);
    return strtod(text, NULL);
}

static int count_case(struct group *group, const struct ver_judgement *j, struct case_error *error)
{
    struct group *of = j->comparisons > 0 ? group_of(group, j->family) : NULL;
    if (j->comparisons > 0 && !of) {
        snprintf(error->text, sizeof error->text, "agreement.tsv: more than %d groups of families",
                 GROUPS);
        return -1;
    }
    for (size_t i = 0; i < j->comparisons; i++) {
        const struct ver_comparison *c = &j->comparison[i];
        if (c->class_ != WITNESS_SMOOTH || isnan(c->digits))
            continue;
        of->count[(int)ceil(fmin(fmax(10 * as_printed(c->digits), 0), TENTHS))]++;
        of->all++;
    }
    return 0;
}

/* Each curve rises from 0 where it starts. */
static void put_group(FILE *out, const struct group *group)
{
    unsigned long long sum = 0;
    for (int k = 0; k <= TENTHS; k++) {
        if (group->count[k] > 0 && sum == 0)
            fprintf(out, "%s\t%.1f\t0\t0\n", group->name, k / 10.0);
        sum += group->count[k];
        if (group->count[k] > 0)
            fprintf(out, "%s\t%.1f\t%llu\t%.6f\n", group->name, k / 10.0, sum,
                    (double)sum / (double)group->all);
    }
}

int table_agreement(const char *directory, const struct ver_judgement *judgement, size_t cases,
                    struct case_error *error)
{
    struct ver_file file;
    struct group *group = calloc(GROUPS, sizeof *group);
    int failed = group ? 0 : -1;
    if (!group)
        snprintf(error->text, sizeof error->text, "agreement.tsv: memory is short");
    for (size_t k = 0; k < cases && !failed; k++)
        failed = count_case(group, &judgement[k], error);
    if (!failed)
        failed = table_open(&file, directory, "agreement.tsv", REPORT_AGREEMENT, error);
    if (!failed) {
        for (size_t g = 0; g < GROUPS; g++)
            put_group(file.stream, &group[g]);
        failed = ver_file_commit(&file, error);
    }
    free(group);
    return failed;
}
