/* SPDX-License-Identifier: MIT */
/* report_judged.c: what stands first in the page of a run: who was judged, the verdict, how far the
 * numbers agree, when, where and at which commit. */
#include "verify/report/report.h"
#include "verify/base/word.h"
#include "verify/run/engines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t count(const struct report *report, enum ver_verdict verdict)
{
    return report->totals->verdict[verdict];
}

static size_t wrong(const struct report *report)
{
    return count(report, VER_FAIL) + count(report, VER_ERROR);
}

/* What was not run is no case of the engine's: of the others it is said how many fail. */
static size_t could_run(const struct report *report)
{
    return report->totals->cases - count(report, VER_NOT_RUN);
}

int report_put_tone(struct report *report)
{
    bool clean = could_run(report) > 0 && count(report, VER_PASS) == could_run(report);
    fputs(wrong(report) ? "fail" : clean ? "pass" : "open", report->out);
    return 0;
}

int report_put_verdict(struct report *report)
{
    size_t ran = could_run(report);
    bool all = ran == report->totals->cases;
    const char *can = all ? "" : " it can run";
    if (report->totals->cases == 0)
        fputs("nothing was run", report->out);
    else if (ran == 0)
        fprintf(report->out, "it can run none of the %zu cases", report->totals->cases);
    else if (wrong(report))
        fprintf(report->out, "%zu of %s%zu cases%s fail%s", wrong(report), all ? "" : "the ", ran,
                can, wrong(report) == 1 && !all ? "s" : "");
    else if (count(report, VER_UNDECIDED))
        fprintf(report->out, "%zu of %s%zu cases%s pass, none fails", count(report, VER_PASS),
                all ? "" : "the ", ran, can);
    else
        fprintf(report->out, "all %zu cases%s pass", ran, can);
    return 0;
}

/* ---- who ---- */

/* A line of `who`: as it is called here, what it calls itself, its version, what it gives. */
static void put_one(FILE *out, char *line)
{
    enum { CALLED, ITSELF, VERSION, GIVES, FIELDS };
    char *field[FIELDS] = {"", "", "", ""};
    for (int k = 0; k < FIELDS && line; k++) {
        char *tab = strchr(line, '\t');
        if (tab)
            *tab = '\0';
        field[k] = line;
        line = tab ? tab + 1 : NULL;
    }
    bool named = field[ITSELF][0] != '\0';
    fputs("<p class=\"who\"><strong>", out);
    ver_html_put(out, named ? field[ITSELF] : field[CALLED]);
    fputs("</strong>", out);
    for (int k = VERSION; k < FIELDS; k++)
        if (field[k][0]) {
            fputs(k == VERSION ? " " : " <span>", out);
            ver_html_put(out, field[k]);
            fputs(k == VERSION ? "" : "</span>", out);
        }
    if (named) {
        fputs(" <code>", out);
        ver_html_put(out, field[CALLED]);
        fputs("</code>", out);
    }
    fputs("</p>\n", out);
}

int report_put_who(struct report *report)
{
    char who[sizeof report->facts.who], *rest = who;
    snprintf(who, sizeof who, "%s", report->facts.who);
    if (!who[0]) {
        fputs("<p class=\"who\"><strong>the reference of evident</strong> ", report->out);
        ver_html_put(report->out, report->facts.version);
        fputs(" <span>exact, held against the witness</span></p>\n", report->out);
        return 0;
    }
    for (char *line; (line = strtok_r(rest, "\n", &rest));)
        put_one(report->out, line);
    return 0;
}

/* ---- the evidence ---- */

/* 2,702,273 */
static const char *group_digits(char text[40], size_t number)
{
    char plain[32];
    int length = snprintf(plain, sizeof plain, "%zu", number), used = 0;
    for (int k = 0; k < length; k++) {
        if (k > 0 && (length - k) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[k];
    }
    text[used] = '\0';
    return text;
}

static void put_scheme(FILE *out, const struct ver_totals *totals, size_t e)
{
    double largest = 0;
    const struct ver_ratios *ratios = totals->engine[e].ratios;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        largest = fmax(largest, ratios[q].largest);
    if (largest > 0 && largest <= 1)
        fprintf(out, " Its rounding stays within %.2f of what is proven of it.", largest);
    if (e == 0 && totals->ladders[VER_LADDER_WEIGHTS] > 0)
        fprintf(out, " As the step shrinks, its weight gradients near the truth with order %.2f.",
                totals->ladder_order[VER_LADDER_WEIGHTS]);
}

/* How far what passes agrees. */
static int put_digits(struct report *report)
{
    enum { ENGINE, FEWEST, NAME, MIDDLE };
    struct table rows;
    int got;
    report_ask(report, &rows, "page digits");
    while ((got = table_next(&rows)) > 0) {
        bool reference = strcmp(rows.cell[ENGINE], "reference") == 0;
        if (reference && report->totals->engines > 0)
            continue;
        fprintf(report->out, " %s to at least %s digits (",
                reference ? "Reference and witness agree" : "What passes agrees",
                rows.cell[FEWEST]);
        ver_html_put(report->out, rows.cell[NAME]);
        fprintf(report->out, "), to %s in the median.", rows.cell[MIDDLE]);
    }
    return report_end_rows(report, &rows, got);
}

int report_put_evidence(struct report *report)
{
    char grouped[40];
    size_t numbers = 0;
    for (int k = 0; k < VER_KINDS; k++)
        numbers += report->totals->compared[k];
    fprintf(report->out, "%s numbers were compared.", group_digits(grouped, numbers));
    if (put_digits(report) != 0)
        return -1;
    for (size_t e = 0; e < report->totals->engines; e++) {
        const char *name = report->totals->engine[e].engine;
        const struct engine *engine = name ? ver_engine_find(name) : NULL;
        if (engine && engine->scheme)
            put_scheme(report->out, report->totals, e);
    }
    size_t undecided = count(report, VER_UNDECIDED), not_run = count(report, VER_NOT_RUN);
    if (undecided > 0)
        fprintf(report->out, " %zu undecided%s", undecided, not_run > 0 ? "," : "");
    if (not_run > 0)
        fprintf(report->out, " %zu not run", not_run);
    if (undecided + not_run > 0)
        fputs(": no claim is made about these.", report->out);
    return 0;
}

int report_put_where(struct report *report)
{
    const struct store_facts *facts = &report->facts;
    char when[sizeof facts->started];
    snprintf(when, sizeof when, "%s", facts->started);
    char *middle = strchr(when, 'T'), *end = strchr(when, 'Z');
    if (middle)
        *middle = ' ';
    if (end)
        *end = '\0';
    if (when[0])
        fprintf(report->out, "<time datetime=\"%s\">%.16s UTC</time> on ", facts->started, when);
    ver_html_put(report->out, facts->host[0] ? facts->host : "an unnamed host");
    fputs(facts->commit[0] ? ", commit <code>" : ", commit not known", report->out);
    if (facts->commit[0]) {
        fprintf(report->out, "%.12s</code>%s", facts->commit, facts->dirty ? " and changes" : "");
    }
    fputs(", by evident ", report->out);
    ver_html_put(report->out, facts->version);
    return 0;
}

int report_put_totals(struct report *report)
{
    static const char *const title[VER_VERDICTS] = {"pass", "fail", "undecided", "not run",
                                                    "error"};
    static const char *const kind[VER_VERDICTS] = {"good", "bad", "open", "open", "bad"};
    fprintf(report->out, "<dl class=\"totals\">\n<div><dt>cases</dt><dd>%zu</dd></div>\n",
            report->totals->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        fprintf(report->out, "<div class=\"%s\"><dt>%s</dt><dd>%zu</dd></div>\n",
                count(report, v) ? kind[v] : "", title[v], count(report, v));
    fputs("</dl>\n", report->out);
    return 0;
}
