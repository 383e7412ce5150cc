/* store_junit.c: a run in the XML that CI systems read: a test suite a family, a test a case. What
 * fails is a failure, with a line a comparison; undecided is a failure of its own type, since it is
 * no pass; not-run is skipped. Times stand there only on request: they differ from run to run. */
#include "verify/store/store_inner.h"
#include "verify/base/word.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_A_CASE = 20 };

/* XML cannot say most control characters at all; store_clean_text has taken them away. */
static int put_text(struct store *store, FILE *out, const char *text)
{
    char *clean = store_clean_text(text);
    if (!clean)
        return store_refuse(store, "memory is short");
    for (const char *at = clean; *at; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*at, out);
        }
    }
    free(clean);
    return 0;
}

static int put_attribute(struct store *store, FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    int failed = put_text(store, out, value);
    fputc('"', out);
    return failed;
}

/* ---- one case ---- */

/* A line a comparison that differs, as `evident verify` prints it. */
static int put_failures(struct store *store, int64_t run, int64_t position, FILE *out)
{
    static const char sql[] =
        "SELECT printf('%s %s %s got %s want %s distance %s by %s%s', q.kind, q.name, x.place,"
        " x.got, x.want, CASE WHEN x.distance IS NULL THEN 'nan' ELSE printf('%.3g', x.distance) "
        "END, q.engine,"
        " coalesce(' | ' || x.hint, ''))"
        " FROM comparisons x JOIN quantities q ON q.id = x.quantity"
        " WHERE x.run = ? AND x.position = ? AND x.outcome = 'fail' ORDER BY x.number";
    sqlite3_stmt *row = store_ask(store, sql, "ii", run, position);
    size_t lines = 0;
    int got;
    while ((got = store_next(store, row)) > 0) {
        lines++;
        if (lines > LINES_A_CASE)
            continue;
        if (put_text(store, out, store_column_text(row, 0)) != 0) {
            store_stop(row);
            return -1;
        }
        fputc('\n', out);
    }
    if (lines > LINES_A_CASE)
        fprintf(out, "%zu more\n", lines - LINES_A_CASE);
    return got;
}

static int put_outcome(struct store *store, int64_t run, sqlite3_stmt *row, FILE *out)
{
    const char *verdict = store_column_text(row, 2), *reason = store_column_text(row, 3);
    bool skipped = strcmp(verdict, "not-run") == 0, error = strcmp(verdict, "error") == 0;
    const char *tag = skipped ? "skipped" : error ? "error" : "failure";
    fprintf(out, "   <%s", tag);
    int failed = put_attribute(store, out, "message", reason[0] ? reason : verdict);
    if (skipped) {
        fputs("/>\n", out);
        return failed;
    }
    failed = failed || put_attribute(store, out, "type", verdict) != 0;
    fputs(">", out);
    failed = failed || put_failures(store, run, sqlite3_column_int64(row, 0), out) != 0;
    fputs("evident verify ", out);
    char *name = ver_word(store_column_text(row, 1));
    failed = failed || put_text(store, out, name ? name : "") != 0;
    free(name);
    fputc(' ', out);
    failed = failed || put_text(store, out, store_column_text(row, 4)) != 0;
    fprintf(out, "</%s>\n", tag);
    return failed ? -1 : 0;
}

static int put_case(struct store *store, int64_t run, sqlite3_stmt *row, const char *family,
                    bool times, FILE *out)
{
    bool passed = strcmp(store_column_text(row, 2), "pass") == 0;
    fputs("  <testcase", out);
    int failed = put_attribute(store, out, "classname", family) != 0 ||
                 put_attribute(store, out, "name", store_column_text(row, 1)) != 0;
    if (times && !isnan(store_column_real(row, 5)))
        fprintf(out, " time=\"%.6f\"", store_column_real(row, 5));
    fputs(passed ? "/>\n" : ">\n", out);
    if (passed)
        return failed ? -1 : 0;
    failed = failed || put_outcome(store, run, row, out) != 0;
    fputs("  </testcase>\n", out);
    return failed ? -1 : 0;
}

/* ---- families ---- */

static int put_cases(struct store *store, int64_t run, const char *family, bool times, FILE *out)
{
    static const char sql[] =
        "SELECT c.position, c.name, c.verdict, c.reason, r.options,"
        " (SELECT sum(t.seconds) FROM times t WHERE t.run = c.run AND t.position = c.position)"
        " FROM cases c JOIN runs r ON r.id = c.run WHERE c.run = ? AND c.family = ?"
        " ORDER BY c.position";
    sqlite3_stmt *row = store_ask(store, sql, "it", run, family);
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (put_case(store, run, row, family, times, out) != 0) {
            store_stop(row);
            return -1;
        }
    }
    return got;
}

static void put_counts(FILE *out, sqlite3_stmt *row, int first)
{
    static const char *const names[] = {"tests", "failures", "errors", "skipped"};
    for (int k = 0; k < 4; k++)
        fprintf(out, " %s=\"%lld\"", names[k], (long long)sqlite3_column_int64(row, first + k));
    fputs(">\n", out);
}

int store_junit(struct store *store, int64_t run, bool times, FILE *out)
{
    static const char all[] =
        "SELECT count(*), coalesce(sum(verdict NOT IN ('pass', 'error', 'not-run')), 0),"
        " coalesce(sum(verdict = 'error'), 0), coalesce(sum(verdict = 'not-run'), 0)"
        " FROM cases WHERE run = ?";
    static const char families[] =
        "SELECT family, count(*), sum(verdict NOT IN ('pass', 'error', 'not-run')),"
        " sum(verdict = 'error'), sum(verdict = 'not-run')"
        " FROM cases WHERE run = ? GROUP BY family ORDER BY min(position)";
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"evident\"", out);
    sqlite3_stmt *row = store_ask(store, all, "i", run);
    int got = store_next(store, row);
    if (got <= 0)
        return -1;
    put_counts(out, row, 0);
    store_stop(row);
    row = store_ask(store, families, "i", run);
    while ((got = store_next(store, row)) > 0) {
        const char *family = store_column_text(row, 0);
        fputs(" <testsuite", out);
        int failed = put_attribute(store, out, "name", family);
        put_counts(out, row, 1);
        if (failed || put_cases(store, run, family, times, out) != 0) {
            store_stop(row);
            return -1;
        }
        fputs(" </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    return got;
}
