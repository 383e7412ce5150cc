/* SPDX-License-Identifier: MIT */
/* training_page.c: the page of a training, reports/training.html with its parts filled in. */
#include "verify/base/word.h"
#include "verify/report/report.h"
#include "verify/report/training_table.h"

#include <stdlib.h>
#include <string.h>

enum { PICTURES = 6, VERIFIED = 4, FOLDS = 5 };

struct training_place { /* context of the parts */
    struct train *train;
    const struct training_result *result;
    const char *command;
    const struct training_choice *choice; /* or NULL */
    char *style;
    struct report_picture picture[PICTURES];
    struct case_error *error;
};

static const char *const set_name[] = {"the training set", "held-out data", "the test set"};

static void put_verdict(FILE *out, const struct training_place *at)
{
    const struct training_result *r = at->result;
    fprintf(out,
            "%.2f %% of %s (95 %%: %.2f to %.2f, %.0f samples), weights of epoch %zu, chosen by ",
            100 * r->score.accuracy, set_name[r->set], 100 * r->low, 100 * r->high,
            r->score.samples, at->train->state.best_epoch);
    fputs(strcmp(at->train->settings.select, "last") == 0 ? "being the last"
                                                          : at->train->settings.select,
          out);
    if (strcmp(at->train->settings.select, "test") == 0)
        fputs(": the test set itself, so no estimate of how well it generalises", out);
    fputs(".", out);
}

static void put_totals(FILE *out, const struct training_place *at)
{
    const struct train *t = at->train;
    double seconds = 0;
    for (size_t k = 0; k < t->state.rows; k++)
        seconds += t->state.row[k].seconds;
    fprintf(out,
            "<dl class=\"totals\">\n<div><dt>samples</dt><dd>%zu</dd></div>\n"
            "<div><dt>epochs</dt><dd>%zu</dd></div>\n<div><dt>parameters</dt><dd>%zu</dd></div>\n"
            "<div><dt>spikes a neuron</dt><dd>%.1f</dd></div>\n"
            "<div><dt>silent neurons</dt><dd>%.0f</dd></div>\n"
            "<div><dt>minutes</dt><dd>%.1f</dd></div>\n</dl>\n",
            t->set[TRAIN_LEARN].samples, t->state.rows, t->parameters, at->result->score.spikes,
            at->result->score.silent, seconds / 60);
}

/* The three pairs that are taken for one another most. */
static void put_confused(FILE *out, const struct training_place *at)
{
    size_t classes = at->train->set[TRAIN_LEARN].classes, most[3][2] = {{0, 0}};
    const size_t *count = at->result->confusion;
    size_t found = 0;
    for (; count && found < 3; found++) {
        size_t best = 0;
        for (size_t k = 0; k < classes * classes; k++) {
            bool told = k / classes == k % classes;
            for (size_t f = 0; f < found; f++)
                told |= most[f][0] == k;
            if (!told && count[k] > best) {
                best = count[k];
                most[found][0] = k;
            }
        }
        if (best == 0)
            break;
        most[found][1] = best;
    }
    for (size_t f = 0; f < found; f++)
        fprintf(out, "%s %zu for %zu (%zu times)", f == 0 ? "Most often:" : ",",
                most[f][0] / classes, most[f][0] % classes, most[f][1]);
    fputs(found > 0 ? "." : "", out);
}

static void put_configurations(FILE *out, const struct training_choice *choice)
{
    fputs("<table>\n<tr><th></th><th>configuration</th><th>epoch</th><th>mean, %</th></tr>\n", out);
    for (size_t c = 0; c < choice->configurations; c++) {
        const struct training_folds *f = &choice->of[c];
        fprintf(out, "<tr><td>%zu</td><td>", c + 1);
        ver_html_put(out, f->name);
        fprintf(out, "</td><td>%zu</td><td>%.2f%s</td></tr>\n", f->best, 100 * f->mean[f->best],
                c == choice->chosen ? ", chosen" : "");
    }
    fputs("</table>\n", out);
}

/* A section of its own, where the training was chosen so. */
static void put_choice(FILE *out, const struct training_place *at)
{
    if (!at->choice)
        return;
    const struct training_folds *f = &at->choice->of[at->choice->chosen];
    fputs("<h2>Each speaker left out in turn</h2>\n<figure>\n", out);
    report_put_picture(out, &at->picture[FOLDS]);
    fprintf(
        out,
        "<figcaption>Held-out data by epoch, the mean over %zu groups; of the chosen "
        "configuration also the best and the worst group. By the largest mean configuration and "
        "epoch were chosen, before anything looked at the test set.</figcaption>\n</figure>\n",
        f->groups);
    put_configurations(out, at->choice);
    fputs("<table>\n<tr><th>group left out</th><th>samples</th><th>right in that epoch, %</th></tr>"
          "\n",
          out);
    for (size_t g = 0; g < f->groups; g++)
        fprintf(out, "<tr><td>%u</td><td>%zu</td><td>%.2f</td></tr>\n", (unsigned)f->group[g],
                f->held[g], 100 * f->accuracy[g * f->epochs + f->best]);
    fputs("</table>\n", out);
}

static void put_settings(FILE *out, const struct training_place *at)
{
    size_t size;
    char *text = train_settings_text(&at->train->settings, false, &size);
    ver_html_put(out, text ? text : "");
    free(text);
}

static int put(void *context, FILE *out, const char *name)
{
    struct training_place *at = context;
    if (strcmp(name, "style") == 0)
        fputs(at->style, out);
    else if (strcmp(name, "layout") == 0)
        return report_put_shared(out, "page.css", at->error);
    else if (strcmp(name, "title") == 0)
        ver_html_put(out, at->train->settings.name);
    else if (strcmp(name, "command") == 0)
        ver_html_put(out, at->command);
    else if (strcmp(name, "verdict") == 0)
        put_verdict(out, at);
    else if (strcmp(name, "totals") == 0)
        put_totals(out, at);
    else if (strcmp(name, "confused") == 0)
        put_confused(out, at);
    else if (strcmp(name, "choice") == 0)
        put_choice(out, at);
    else if (strcmp(name, "settings") == 0)
        put_settings(out, at);
    else if (strcmp(name, "verified") == 0)
        fputs(at->picture[VERIFIED].inlined
                  ? "A point a sample. Orange: the bound."
                  : "No sample of this training was sent to the reference.",
              out);
    for (size_t k = 0; k < PICTURES; k++)
        if (strncmp(name, "picture ", 8) == 0 && strcmp(name + 8, at->picture[k].name) == 0)
            report_put_picture(out, &at->picture[k]);
    return 0;
}

int training_page(struct train *train, const struct training_result *result, const char *directory,
                  const char *command, const struct training_choice *choice,
                  struct case_error *error)
{
    struct training_place at = {
        .train = train,
        .result = result,
        .command = command,
        .choice = choice,
        .picture = {{"curves", "Accuracy, spikes and silent neurons by epoch", NULL},
                    {"confusion", "Samples by class and by what they are taken for", NULL},
                    {"raster", "Spikes of one sample", NULL},
                    {"weights", "Weights before and after training", NULL},
                    {"verified", "Errors in units of their bounds, angles to the exact gradient",
                     NULL},
                    {"folds", "Held-out accuracy by epoch", NULL}},
        .error = error,
    };
    if (training_tables(train, result, choice, directory, error) != 0)
        return -1;
    at.style = report_read_shared("picture.css", error);
    int failed = at.style ? 0 : -1;
    for (size_t k = 0; k < PICTURES - !choice && !failed; k++)
        failed = report_draw(&at.picture[k], directory, at.style, error);
    if (!failed)
        failed = report_write(directory, "index.html", "training.html", put, &at, error);
    for (size_t k = 0; k < PICTURES; k++)
        free(at.picture[k].inlined);
    free(at.style);
    return failed;
}
