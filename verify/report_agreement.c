/* report_agreement.c: checks.tsv has a line for every comparison, hundreds of thousands, and
 * gnuplot would read it once for every curve. So the curves are counted here, in one pass:
 * agreement.tsv says for every group of families how many smooth differences agree to at most so
 * many digits. A group is what stands before the first hyphen of a family's name. */
#include "verify/report.h"

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

static int count_checks(struct group *group, const char *directory, struct case_error *error)
{
    enum { FAMILY = 0, CLASS = 4, DIGITS = 5 };
    struct report_rows rows;
    int found = report_rows_open(&rows, directory, "checks.tsv", REPORT_CHECKS, error);
    while (found == 0 && (found = report_rows_next(&rows, error)) == 1) {
        double digits = strtod(rows.cell[DIGITS], NULL);
        struct group *of = group_of(group, rows.cell[FAMILY]);
        found = of ? 0 : -1;
        if (!of)
            snprintf(error->text, sizeof error->text, "checks.tsv: more than %d groups of families",
                     GROUPS);
        else if (strcmp(rows.cell[CLASS], "smooth") == 0 && !isnan(digits)) {
            of->count[(int)ceil(fmin(fmax(10 * digits, 0), TENTHS))]++;
            of->all++;
        }
    }
    report_rows_close(&rows);
    return found;
}

int report_count_agreement(const char *directory, struct case_error *error)
{
    char path[1200];
    struct ver_file file;
    snprintf(path, sizeof path, "%s/agreement.tsv", directory);
    struct group *group = calloc(GROUPS, sizeof *group);
    if (!group) {
        snprintf(error->text, sizeof error->text, "%.300s: memory is short", path);
        return -1;
    }
    if (count_checks(group, directory, error) != 0 || ver_file_open(&file, path, error) != 0) {
        free(group);
        return -1;
    }
    fputs("group\tdigits\tcomparisons\tshare\n", file.stream);
    /* Each curve rises from 0 where it starts. */
    for (size_t g = 0; g < GROUPS; g++) {
        unsigned long long sum = 0;
        for (int k = 0; k <= TENTHS; k++) {
            if (group[g].count[k] > 0 && sum == 0)
                fprintf(file.stream, "%s\t%.1f\t0\t0\n", group[g].name, k / 10.0);
            sum += group[g].count[k];
            if (group[g].count[k] > 0)
                fprintf(file.stream, "%s\t%.1f\t%llu\t%.6f\n", group[g].name, k / 10.0, sum,
                        (double)sum / (double)group[g].all);
        }
    }
    free(group);
    return ver_file_commit(&file, error);
}
