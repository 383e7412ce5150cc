/* store_markdown.c: a run as the summary of a CI job: verdict first, totals, engines, what did not
 * pass and the command that shows it again. Markdown as GitHub and GitLab render it; every text is
 * escaped, since names and answers come from users. Short on purpose: the page has the rest. */
#include "verify/store/store_inner.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED = 20, LONGEST = 160 /* of a text in a table */ };

/* One line, no markup: what Markdown, HTML or a table would take for its own is escaped. */
static void put_text(FILE *out, const char *text)
{
    size_t length = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++, length++) {
        if (length >= LONGEST && (*at & 0xc0) != 0x80) {
            fputs("...", out);
            return;
        }
        if (*at == '<')
            fputs("&lt;", out);
        else if (*at == '>')
            fputs("&gt;", out);
        else if (*at == '&')
            fputs("&amp;", out);
        else if (*at < ' ' || *at == 127)
            fputc(' ', out);
        else if (strchr("\\`*_{}[]()#+!|~$@", *at))
            fprintf(out, "\\%c", *at);
        else
            fputc(*at, out);
    }
}

/* In a block of code nothing is escaped; no line that has begun can end the block. */
static void put_code(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
}

static void put_row(FILE *out, sqlite3_stmt *row, int first)
{
    for (int k = first; k < sqlite3_column_count(row); k++) {
        fputs(k > first ? " | " : "| ", out);
        put_text(out, store_column_text(row, k)[0] ? store_column_text(row, k) : "-");
    }
    fputs(" |\n", out);
}

/* A table under a heading that is only there with a first row; at most so many rows. */
static int put_table(struct store *store, int64_t run, const char *sql, const char *heading,
                     size_t most, FILE *out)
{
    sqlite3_stmt *row = store_ask(store, sql, "i", run);
    size_t rows = 0;
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (rows++ == 0)
            fprintf(out, "\n%s\n", heading);
        if (rows <= most)
            put_row(out, row, 0);
    }
    if (rows > most)
        fprintf(out, "\n%zu more are not listed here.\n", rows - most);
    return got;
}

static int put_verdict(struct store *store, int64_t run, FILE *out)
{
    static const char sql[] =
        "SELECT count(*), sum(verdict = 'pass'), sum(verdict IN ('fail', 'error')),"
        " (SELECT status = 'complete' FROM runs WHERE id = ?1),"
        " (SELECT sum(numbers) FROM comparisons WHERE run = ?1 AND outcome <> 'excluded')"
        " FROM cases WHERE run = ?1";
    sqlite3_stmt *row = store_ask(store, sql, "i", run);
    if (store_next(store, row) <= 0)
        return -1;
    long long cases = sqlite3_column_int64(row, 0), pass = sqlite3_column_int64(row, 1);
    long long wrong = sqlite3_column_int64(row, 2), numbers = sqlite3_column_int64(row, 4);
    bool complete = sqlite3_column_int(row, 3) != 0;
    store_stop(row);
    if (wrong > 0)
        fprintf(out, "## evident: %lld of %lld cases fail\n", wrong, cases);
    else if (cases == 0)
        fprintf(out, "## evident: nothing was run\n");
    else if (pass < cases)
        fprintf(out, "## evident: %lld of %lld cases pass, none fails\n", pass, cases);
    else
        fprintf(out, "## evident: all %lld cases pass\n", cases);
    fprintf(out, "\n%lld numbers were compared.%s\n", numbers,
            complete ? "" : " **The run is not complete.**");
    return 0;
}

/* The commands of the failing cases, folded away. */
static int put_commands(struct store *store, int64_t run, FILE *out)
{
    static const char sql[] = "SELECT c.name, r.options FROM cases c JOIN runs r"
                              " ON r.id = c.run WHERE c.run = ? AND c.verdict <> 'pass' ORDER BY"
                              " c.verdict NOT IN ('fail', 'error'), c.position LIMIT 20";
    sqlite3_stmt *row = store_ask(store, sql, "i", run);
    size_t lines = 0;
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (lines++ == 0)
            fputs("\n<details><summary>Commands that show them again</summary>\n\n```\n", out);
        char *name = ver_word(store_column_text(row, 0));
        fputs("evident verify ", out);
        put_code(out, name ? name : "");
        fputc(' ', out);
        put_code(out, store_column_text(row, 1));
        fputc('\n', out);
        free(name);
    }
    if (lines > 0)
        fputs("```\n\n</details>\n", out);
    return got;
}

int store_markdown(struct store *store, int64_t run, FILE *out)
{
    static const char totals[] =
        "SELECT count(*), sum(verdict = 'pass'), sum(verdict = 'fail'),"
        " sum(verdict = 'undecided'), sum(verdict = 'not-run'), sum(verdict = 'error')"
        " FROM cases WHERE run = ? HAVING count(*) > 0";
    static const char engines[] =
        "SELECT e.engine, count(*), sum(e.state = 'ran'), sum(e.same),"
        " (SELECT printf('%.3g', max(x.distance)) FROM comparisons x"
        "  WHERE x.run = e.run AND x.engine = e.engine"
        "  AND x.outcome <> 'excluded'),"
        " (SELECT sum(x.outcome = 'fail') FROM comparisons x"
        "  WHERE x.run = e.run AND x.engine = e.engine),"
        " (SELECT e2.reason FROM engines e2 WHERE e2.run = e.run AND e2.engine = e.engine"
        "  AND e2.state <> 'ran' ORDER BY e2.position LIMIT 1)"
        " FROM engines e WHERE e.run = ? GROUP BY e.engine ORDER BY min(e.number)";
    static const char failures[] =
        "SELECT c.name, x.engine, x.quantity || ' ' || x.place, x.got, x.want,"
        " CASE WHEN x.distance IS NULL THEN 'nan' ELSE printf('%.3g', x.distance) END,"
        " coalesce((SELECT hint FROM hints h WHERE h.run = x.run AND h.position = x.position"
        "  AND h.number = x.number), '') FROM cases c JOIN comparisons x ON x.run = c.run"
        " AND x.position = c.position"
        " WHERE c.run = ? AND c.verdict <> 'pass' AND x.outcome = 'fail' AND x.number ="
        " (SELECT min(y.number) FROM comparisons y WHERE y.run = c.run"
        "  AND y.position = c.position AND y.outcome = 'fail') ORDER BY c.position";
    static const char open[] =
        "SELECT verdict, name, reason FROM cases WHERE run = ?"
        " AND verdict NOT IN ('pass', 'fail') ORDER BY verdict <> 'error', position";
    static const char about[] =
        "SELECT suite, options, version, substr(commit_id, 1, 12), compiler, device"
        " FROM runs WHERE id = ?";
    if (put_verdict(store, run, out) != 0 ||
        put_table(store, run, totals,
                  "| cases | pass | fail | undecided | not run | error |\n|--|--|--|--|--|--|", 1,
                  out) != 0 ||
        put_table(store, run, engines,
                  "| engine | cases | ran | same bits | worst, bounds | comparisons that fail | "
                  "why not run |\n|--|--|--|--|--|--|--|",
                  SIZE_MAX, out) != 0 ||
        put_table(store, run, failures,
                  "### What fails\n\nThe first comparison of each case; distance in units of its "
                  "bound.\n\n| case | who | what | got | want | distance | looks like |\n"
                  "|--|--|--|--|--|--|--|",
                  LISTED, out) != 0 ||
        put_table(store, run, open,
                  "### What was not settled\n\n| verdict | case | reason |\n|--|--|--|", LISTED,
                  out) != 0 ||
        put_commands(store, run, out) != 0 || store_since(store, run, out) != 0)
        return -1;
    return put_table(store, run, about,
                     "| suite | options | evident | commit | compiler | device |\n"
                     "|--|--|--|--|--|--|",
                     1, out);
}
