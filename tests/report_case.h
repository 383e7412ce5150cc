/* report_case.h: tables of a run that never was, in a folder of their own, and its page. */
#ifndef EVIDENT_TESTS_REPORT_CASE_H
#define EVIDENT_TESTS_REPORT_CASE_H

#include "verify/report/report.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const table[][2] = {
    {"checks.tsv",
     REPORT_CHECKS "\n"
                   "random-a\trandom-a:1:0\tweights\tweights[0][1][2]\tsmooth\t41.30\t2.00001\t"
                   "-80.0\t256\t-\t-\t0.31\tpass\treference\tcoordinates\t40\t40\n"
                   "file\t<b>&\"x'.json\tdirection\t0\tsmooth\t3.20\t2.00001\t"
                   "-80.0\t256\t0.7012\t0.7013\t1.5e+20\tfail\treference\tdirections\t1\t1\n"},
    {"cases.tsv",
     REPORT_CASES "\n"
                  "random-a\trandom-a:1:0\tpass\t5\t40\t7\t256\t0.01\t0.2\t0.3\t4\t1.5\t"
                  "2.5\t41.30\n"
                  "file\t<b>&\"x'.json\tfail\t5\t40\t7\t256\t0.02\t0.2\t0.3\t4\t1.5\t"
                  "2.5\t3.20\n"},
    {"families.tsv",
     REPORT_FAMILIES "\n"
                     "random-a\t1201\t1190\t4\t3\t2\t2\t50001\t40.10\t41.30\t2.00001\n"
                     "file\t1\t0\t1\t0\t0\t0\t2\t3.20\t3.20\t2.00001\n"},
    {"agreement.tsv", REPORT_AGREEMENT "\nrandom\t41.3\t0\t0\nrandom\t41.3\t40\t1.000000\n"
                                       "file\t3.2\t0\t0\nfile\t3.2\t1\t1.000000\n"},
    {"ucurve.tsv", "precision\tstep\terror\n53\t-30\t1e-7\n53\t-20\t1e-9\n128\t-44\t1e-25\n"
                   "512\t-40\t1e-22\n512\t-170\t1e-101\n512\t-200\t1e-95\n"},
    {"example_traces.tsv", "time\tpopulation\tneuron\tV\tI\tlambda_V\tlambda_I\n"
                           "0.5\thid\t0\t0.1\t1\t0.02\t0.01\n9.5\thid\t0\t0.99\t1\t0.01\t0.02\n"},
    {"example_spikes.tsv", "time\tpopulation\tneuron\n1\tin\t0\n9.6\thid\t0\n"},
    {"engines.tsv", REPORT_ENGINES "\nrandom-a\trandom-a:1:0\tclock-host\tran\t1\t0\t4000\t0\t"
                                   "00ff\t-\n"},
    {"ratios.tsv", REPORT_RATIOS "\nclock-host\tV\t-3\t17\t0.4\nclock-host\tV\t-4\t3\t0.4\n"
                                 "clock-host\tweights\t-3\t5\t0.2\n"},
    {"ladder.tsv",
     REPORT_LADDER "\nrandom-a\trandom-a:1:0\t0\t0.5\tyes\t0.4\t0.1\t0.1\t0.1\t0.1\n"
                   "random-a\trandom-a:1:0\t1\t0.25\tyes\t0.2\t0.05\t0.1\t0.1\t0.1\n"},
    {"orders.tsv", REPORT_ORDERS "\nrandom-a\trandom-a:1:0\t2\t1.01\t0.99\t1\t1\t1\t1e-5\t-\n"},
    {"convergence.tsv", REPORT_CONVERGENCE "\nspikes\t-1\t-1.3\t1\nspikes\t-2\t-2.3\t1\n"
                                           "weights\t-1\t-3.3\t1\nweights\t-2\t-4.3\t1\n"},
    {"engine_families.tsv",
     REPORT_ENGINE_FAMILIES "\nrandom-a\tclock-host\t1201\t1100\t101\t0\t0\t0\t0"
                            "\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4"
                            "\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t1.01\tnan\t0\n"},
    {"summary.tsv", "key\tvalue\nsources\tci & more\noptions\t--seed 3 --directions 4 --every 8"
                    " --engine clock-host --defect 4\ndigest\t00ff\n"},
    {"heat.tsv", REPORT_HEAT "\nrandom-a\treference\tspikes\t70\t0\t0\t0.31\n"
                             "random-a\tclock-host\trounding\t900\t0\t0\t1\n"
                             "random-a\tclock-host\tladders\t0\t0\t4\tnan\n"
                             "file\treference\tspikes\t7\t0\t0\t0.0001\n"
                             "file\tclock-host\trounding\t9\t3\t0\t57.1\n"},
    {"counts.tsv", REPORT_COUNTS "\n-1\t40\t1000\t30\t2\n-2\t40\t1000\t12\t0\n"},
    {"points.tsv", REPORT_POINTS "\ncondition\trandom\t-2\t0.4\nnorm\trandom\t-2\t0.2\n"
                                 "spikes\trandom\t-0.3\t-0.4\nweights\trandom\t-0.3\t-1\n"},
    {"failures.tsv",
     REPORT_FAILURES "\nfile\t<b>&\"x'.json\tfail\t2 of 9 comparisons differ\tweights\t"
                     "weights[0][1][0]\t0.7012\t0.7013\t57.1\tclock-host\tmatches defect 4: late"
                     " (weights 2 times)\n"
                     "file\t<b>&\"x'.json\tfail\t2 of 9 comparisons differ\tloss\t-\t1\t2\t3e+4"
                     "\tclock-host\tmatches defect 4: late (weights 2 times)\n"
                     "random-a\trandom-a:1:9\tundecided\tgrazing: too near\t-\t-\t-\t-\tnan\t"
                     "reference\t-\n"}};
enum { TABLES = sizeof table / sizeof *table };

#define TREND                                                                                      \
    REPORT_TREND "\n1\t2026-01-01T00:00:00Z\tabc\t10\t9\t1\t0\t12.5\t57\t00ff\n"                   \
                 "2\t2026-01-02T00:00:00Z\tabd\t10\t10\t0\t0\t11.5\t0.9\t00fe\n"

static char directory[64], error[600];

__attribute__((unused)) static char *place(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const char *text, size_t length)
{
    FILE *out = fopen(place(name), "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(text, 1, length, out), length);
    ck_assert_int_eq(fclose(out), 0);
}

__attribute__((unused)) static void make_tables(void)
{
    snprintf(directory, sizeof directory, "/tmp/evident-t_report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    for (size_t k = 0; k < TABLES; k++)
        put(table[k][0], table[k][1], strlen(table[k][1]));
    error[0] = '\0';
}

__attribute__((unused)) static void keep_headings_only(void)
{
    for (size_t k = 0; k < TABLES; k++)
        put(table[k][0], table[k][1], strcspn(table[k][1], "\n") + 1);
}

/* How many files the directory holds whose name ends so. */
__attribute__((unused)) static int count_files(const char *ending)
{
    int count = 0;
    DIR *open = opendir(directory);
    ck_assert_ptr_nonnull(open);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        count += length >= tail && strcmp(entry->d_name + length - tail, ending) == 0 &&
                 entry->d_name[0] != '.';
    }
    closedir(open);
    return count;
}

__attribute__((unused)) static void remove_all(void)
{
    DIR *open = opendir(directory);
    ck_assert_ptr_nonnull(open);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(place(entry->d_name));
    closedir(open);
    rmdir(directory);
}

__attribute__((unused)) static char *report_page(void)
{
    struct case_error unread;
    ck_assert_msg(ver_report(directory, error, sizeof error) == 0, "%s", error);
    char *page = report_read(place("index.html"), &unread);
    ck_assert_ptr_nonnull(page);
    return page;
}

__attribute__((unused)) static int count_text(const char *page, const char *text)
{
    int count = 0;
    for (; (page = strstr(page, text)) != NULL; page += strlen(text))
        count++;
    return count;
}

#endif
