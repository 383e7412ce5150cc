/* SPDX-License-Identifier: MIT */
/* study.c: the table of studies, and what each of them leaves behind. */
#include "verify/study/study.h"
#include "verify/base/number.h"
#include "verify/base/word.h"
#include "verify/report/report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern const struct study study_landscape, study_validity;

static const struct study *const table[] = {&study_landscape, &study_validity};

const struct study *study_at_place(size_t k)
{
    return k < sizeof table / sizeof *table ? table[k] : NULL;
}

const struct study *study_find(const char *name)
{
    for (size_t k = 0; study_at_place(k); k++)
        if (strcmp(study_at_place(k)->name, name) == 0)
            return study_at_place(k);
    return NULL;
}

/* ---- tables ---- */

int study_open(struct study_run *run, struct case_file *file, const char *name, const char *heading)
{
    char path[64];
    snprintf(path, sizeof path, "%s.tsv", name);
    return table_open(file, run->directory, path, heading, run->error);
}

int study_close(struct study_run *run, struct case_file *file, int failed)
{
    if (failed)
        case_file_abandon(file);
    return failed ? failed : case_file_commit(file, run->error);
}

void study_claim(struct study_run *run, const char *claim, double measured, double lowest,
                 double highest)
{
    bool const holds = measured >= lowest && measured <= highest;
    run->claimed++;
    run->broken += !holds;
    fprintf(run->claims.stream, "%s\t%.10g\t%.10g\t%.10g\t%s\n", claim, measured, lowest, highest,
            holds ? "yes" : "no");
}

double study_quantile(double *x, size_t count, double q)
{
    if (count == 0)
        return (double)NAN;
    qsort(x, count, sizeof *x, ascending);
    double const place = q * (double)(count - 1);
    size_t const below = (size_t)place;
    double const above = below + 1 < count ? x[below + 1] : x[below];
    return x[below] + (place - (double)below) * (above - x[below]);
}

/* ---- the page ---- */

struct page {
    const struct study *study;
    const struct study_run *run;
    struct report_picture picture[STUDY_PICTURES];
};

static int put_claims(FILE *out, const struct page *page)
{
    char path[1240], line[512];
    snprintf(path, sizeof path, "%s/claim.tsv", page->run->directory);
    FILE *in = fopen(path, "r");
    if (!in)
        return -1;
    fputs("<table>\n", out);
    for (bool head = true; fgets(line, sizeof line, in); head = false) {
        line[strcspn(line, "\n")] = '\0';
        fputs("<tr>", out);
        char *rest;
        for (char *cell = strtok_r(line, "\t", &rest); cell; cell = strtok_r(NULL, "\t", &rest)) {
            fputs(head ? "<th>" : "<td>", out);
            ver_html_put(out, cell);
            fputs(head ? "</th>" : "</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
    fclose(in);
    return 0;
}

static int put_part(void *context, FILE *out, const char *name)
{
    const struct page *page = context;
    if (strcmp(name, "style") == 0)
        return report_put_shared(out, "picture.css", page->run->error);
    if (strcmp(name, "layout") == 0)
        return report_put_shared(out, "page.css", page->run->error);
    if (strcmp(name, "name") == 0)
        ver_html_put(out, page->study->name);
    else if (strcmp(name, "claim") == 0)
        ver_html_put(out, page->study->claim);
    else if (strcmp(name, "command") == 0)
        fprintf(out, "evident study %s --seed %llu%s", page->study->name,
                (unsigned long long)page->run->seed, page->run->quick ? " --quick" : "");
    else if (strcmp(name, "claims") == 0)
        return put_claims(out, page);
    for (size_t k = 0; strcmp(name, "pictures") == 0 && k < STUDY_PICTURES; k++)
        if (page->study->picture[k]) {
            report_put_picture(out, &page->picture[k]);
            fputs("<p>", out);
            ver_html_put(out, page->study->reading[k]);
            fputs("</p>\n", out);
        }
    return 0;
}

/* Pictures and page; broken and whole claims are shown alike. */
static int show(const struct study *study, const struct study_run *run)
{
    struct page page = {.study = study, .run = run};
    int failed = 0;
    char *style_path = case_shared_path("./reports/picture.css", "reports/picture.css", run->error);
    char *style = style_path ? report_read(style_path, run->error) : NULL;
    failed = style ? 0 : -1;
    for (size_t k = 0; !failed && k < STUDY_PICTURES && study->picture[k]; k++) {
        page.picture[k].name = study->picture[k];
        page.picture[k].says = study->claim;
        failed = report_draw(&page.picture[k], run->directory, style, run->error);
    }
    if (!failed)
        failed = report_write(run->directory, "index.html", "study.html", put_part, &page,
                              run->error);
    for (size_t k = 0; k < STUDY_PICTURES; k++)
        free(page.picture[k].inlined);
    free(style);
    free(style_path);
    return failed;
}

static int directory_make(const char *path, struct case_error *error)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return 0;
    return ver_directory_make(path, error);
}

int study_execute(const struct study *study, const char *directory, uint64_t seed, bool quick,
                  size_t *claimed, size_t *broken, struct case_error *error)
{
    char path[1200];
    struct progress progress;
    struct study_run run = {
        .directory = path, .seed = seed, .quick = quick, .progress = &progress, .error = error};
    int const length = snprintf(path, sizeof path, "%s/%s", directory, study->name);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error->text, sizeof error->text, "%.300s: path too long", directory);
        return -1;
    }
    if (directory_make(directory, error) != 0 || directory_make(path, error) != 0 ||
        study_open(&run, &run.claims, "claim", "claim\tmeasured\tlowest\thighest\tholds") != 0)
        return -1;
    progress_start(&progress, "study", true);
    int failed = study->run(&run);
    progress_hide(&progress);
    failed = study_close(&run, &run.claims, failed);
    *claimed = run.claimed;
    *broken = run.broken;
    return failed ? failed : show(study, &run);
}
