/* SPDX-License-Identifier: MIT */
/* serve_verdict.c: answers to one case, judged; the rows of the judgement as one line of JSON, with
 * the columns of stores as keys. */
#include "verify/base/hash.h"
#include "verify/base/word.h"
#include "verify/command/serve.h"
#include "verify/exec/program.h"
#include "verify/run/record.h"

#include <stdlib.h>
#include <string.h>

/* Of an answer that does not say whose it is. */
#define NOBODY "answer"

/* ---- judging ---- */

/* The one program of this process; its answers change with every line. */
static struct program *program(void)
{
    static struct program *kept;
    return kept ? kept : (kept = program_new(PROGRAM_PREFIX, NULL));
}

static const char *name_of(const json_t *answers)
{
    const char *name = json_string_value(json_object_get(json_array_get(answers, 0), "engine"));
    return name && name[0] ? name : NOBODY;
}

static int read_conventions(struct convention *convention, const char *text,
                            struct case_error *error)
{
    convention_default(convention);
    if (!text)
        return 0;
    int got = convention_read(convention, text, strlen(text), error);
    if (got > 0)
        snprintf(error->text, sizeof error->text,
                 "conventions: found something else, wanted a document in evident-conventions-1");
    return got == 0 ? 0 : -1;
}

/* ---- writing ---- */

static void put_text(FILE *out, const char *text)
{
    char *clean = ver_clean_text(text);
    if (!clean || !case_put_quoted(out, clean))
        fputs("null", out);
    free(clean);
}

static void put_value(FILE *out, const struct value *value)
{
    if (value->type == VALUE_TEXT)
        put_text(out, value->text);
    else if (value->type == VALUE_INTEGER)
        fprintf(out, "%lld", (long long)value->integer);
    else if (value->type == VALUE_NULL)
        fputs("null", out);
    else if (isinf(value->real))
        fputs(value->real > 0 ? "\"inf\"" : "\"-inf\"", out);
    else
        fprintf(out, "%.17g", value->real);
}

static void put_columns(FILE *out, enum record_kind kind, const void *row, const char *before)
{
    const struct record_table *table = &record_table[kind];
    for (size_t k = 0; k < table->columns; k++) {
        struct value value;
        if (table->column[k].apart) /* times, which are no part of a verdict */
            continue;
        column_get(&value, &table->column[k], row);
        fprintf(out, "%s\"%s\": ", before, table->column[k].name);
        put_value(out, &value);
        before = ", ";
    }
}

static void put_judgement(FILE *out, const struct ver_judgement *judgement)
{
    fputs("{\"format\": \"evident-verdict-1\"", out);
    put_columns(out, RECORD_CASE, judgement, ", ");
    fputs(", \"comparisons\": [", out);
    for (size_t k = 0; k < judgement->comparisons; k++) {
        fputs(k > 0 ? ", {" : "{", out);
        put_columns(out, RECORD_COMPARISON, &judgement->comparison[k], "");
        fputc('}', out);
    }
    fputs("], \"engines\": [", out);
    for (size_t e = 0; e < judgement->engines; e++) {
        fputs(e > 0 ? ", {" : "{", out);
        put_columns(out, RECORD_ENGINE, &judgement->judged[e], "");
        fputc('}', out);
    }
    fputs("]}\n", out);
}

int serve_verdict(FILE *out, const struct options *options, const struct serve_answers *given,
                  struct case_error *error)
{
    struct ver_options how = options->judge;
    struct ver_judgement judgement;
    struct convention convention;
    struct program *own = program();
    if (!own) {
        snprintf(error->text, sizeof error->text, "memory is short");
        return -1;
    }
    if (read_conventions(&convention, given->conventions, error) != 0)
        return -1;
    program_give(own, given->answers, &convention);
    own->engine.name = name_of(given->answers);
    how.no_witness = true;
    how.engine[how.engines++] = &own->engine;
    ver_judge(&judgement, given->name, "", given->made, &how);
    hash_case(judgement.case_digest, given->made->problem);
    put_judgement(out, &judgement);
    ver_judgement_clear(&judgement);
    own->given = NULL;
    return 0;
}
