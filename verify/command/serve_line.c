/* SPDX-License-Identifier: MIT */
/* serve_line.c: one line of `evident serve`: which case is meant, and what is wanted of it. */
#include "verify/base/word.h"
#include "verify/command/serve.h"
#include "verify/exec/answer.h"
#include "verify/judge/judge.h"

#include <stdlib.h>
#include <string.h>

enum want { WANT_RESULT, WANT_CASE, WANT_VERDICT };

struct request {
    struct case_made made;
    char *name;       /* the address or file; NULL: the case came along */
    json_t *document; /* of a line with braces */
    enum want want;
};

static void clear(struct request *request)
{
    case_made_clear(&request->made);
    json_decref(request->document);
    free(request->name);
}

/* ---- reading ---- */

static int refuse(struct case_error *error, const char *place, const char *wanted)
{
    snprintf(error->text, sizeof error->text, "%s, wanted %s", place, wanted);
    return -1;
}

/* An address or a file, as on the command line, but for standard input: that is this line's. */
static int load_name(struct request *request, const char *name, size_t length,
                     struct case_error *error)
{
    request->name = strndup(name, length);
    if (!request->name)
        return refuse(error, "memory is short", "less");
    if (strlen(request->name) < length || strcmp(request->name, "-") == 0)
        return refuse(error, "found no case", "a case in JSON, an address or a file");
    return ver_load(&request->made, request->name, error);
}

static int load_text(struct request *request, const char *text, size_t length,
                     struct case_error *error)
{
    request->made.problem = case_read_text(text, length, "case", NULL, error);
    return request->made.problem ? 0 : -1;
}

static int load_case(struct request *request, const json_t *one, struct case_error *error)
{
    if (json_is_string(one))
        return load_name(request, json_string_value(one), json_string_length(one), error);
    if (!json_is_object(one))
        return refuse(error, "case: found none", "a case in JSON, an address or a file");
    char *text = json_dumps(one, JSON_COMPACT | JSON_REAL_PRECISION(17));
    int failed = text ? load_text(request, text, strlen(text), error)
                      : refuse(error, "memory is short", "less");
    free(text);
    return failed;
}

static int take_want(struct request *request, struct case_error *error)
{
    const json_t *want = json_object_get(request->document, "want");
    bool answered = json_object_get(request->document, "answer");
    const char *word = json_string_value(want);
    request->want = answered ? WANT_VERDICT : WANT_RESULT;
    if (!want)
        return 0;
    if (!answered && word && strcmp(word, "case") == 0)
        request->want = WANT_CASE;
    else if (!word || strcmp(word, answered ? "verdict" : "result") != 0)
        return refuse(error, "want: found something else",
                      answered ? "\"verdict\", as there is an answer" : "\"result\" or \"case\"");
    return 0;
}

static int refuse_unknown(const json_t *document, struct case_error *error)
{
    static const char *const known[] = {"case", "answer", "conventions", "want"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)document, key, value)
    {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(key, known[k]) != 0)
            k++;
        if (k < sizeof known / sizeof *known)
            continue;
        snprintf(error->text, sizeof error->text,
                 "found %.60s, wanted case, answer, conventions or want", key);
        return -1;
    }
    return 0;
}

static int read_line(struct request *request, const char *line, size_t length,
                     struct case_error *error)
{
    json_error_t where;
    if (line[0] != '{')
        return load_name(request, line, length, error);
    request->document = answer_document(line, length, JSON_REJECT_DUPLICATES, &where);
    if (!request->document) {
        snprintf(error->text, sizeof error->text, "column %d: no JSON: %s", where.column,
                 where.text);
        return -1;
    }
    if (json_object_get(request->document, "format"))
        return load_text(request, line, length, error);
    if (refuse_unknown(request->document, error) != 0 || take_want(request, error) != 0)
        return -1;
    return load_case(request, json_object_get(request->document, "case"), error);
}

/* ---- answering ---- */

void serve_refusal(FILE *out, size_t number, const char *key, const char *text)
{
    char *clean = ver_clean_text(text), said[600];
    snprintf(said, sizeof said, "line %zu: %.550s", number, clean ? clean : "memory is short");
    char *whole = ver_clean_text(said); /* no half of a character at its end */
    fprintf(out, "{\"format\": \"evident-result-1\", \"%s\": ", key);
    if (!whole || !case_put_quoted(out, whole))
        fputs("\"memory is short\"", out);
    fputs("}\n", out);
    free(clean);
    free(whole);
}

/* A document of several lines as one. */
static void put_flat(FILE *out, char *text)
{
    for (char *at = text; *at; at++)
        if (*at == '\n')
            *at = ' ';
    fprintf(out, "%s\n", text);
}

static void put_case(FILE *out, size_t number, const struct case_problem *c)
{
    char *text = case_text(c);
    if (text)
        put_flat(out, text);
    else
        serve_refusal(out, number, "error", "memory is short");
    free(text);
}

static void put_result(FILE *out, const struct options *options, size_t number,
                       const struct case_problem *c)
{
    struct ref_result result;
    struct ref_options ask = run_reference_options(options);
    if (options->judge.seconds > 0) /* so that there is time to say what ran away */
        ask.deadline = ver_now() + VER_SHARE_OF_TIME * options->judge.seconds;
    enum ref_status status = ref_run(&result, c, &ask);
    struct ver_result_options how = {.digits = options->judge.digits};
    char *text = NULL;
    size_t size;
    FILE *memory = NULL;
    if (status == REF_CAPACITY || status == REF_MEMORY)
        serve_refusal(out, number, status == REF_MEMORY ? "error" : "not-run", result.reason);
    else if ((memory = open_memstream(&text, &size)) &&
             (ver_result_write(memory, c, &result, &how) | fclose(memory)) == 0)
        put_flat(out, text);
    else
        serve_refusal(out, number, "error", "memory is short");
    free(text);
    ref_clear(&result);
}

static int put_verdict(FILE *out, const struct options *options, const struct request *request,
                       struct case_error *error)
{
    json_t *answer = json_object_get(request->document, "answer");
    json_t *conventions = json_object_get(request->document, "conventions");
    json_t *list = json_is_array(answer) ? json_incref(answer) : json_pack("[O]", answer);
    char *text =
        conventions ? json_dumps(conventions, JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY) : NULL;
    struct serve_answers given = {.name =
                                      request->name ? request->name : request->made.problem->name,
                                  .made = &request->made,
                                  .answers = list,
                                  .conventions = text};
    int failed = !list || (conventions && !text) ? refuse(error, "memory is short", "less")
                                                 : serve_verdict(out, options, &given, error);
    json_decref(list);
    free(text);
    return failed;
}

void serve_line(FILE *out, const struct options *options, size_t number, const char *line,
                size_t length)
{
    struct request request = {.name = NULL};
    struct case_error error = {""};
    while (length > 0 && line[length - 1] && strchr(" \t\r", line[length - 1]))
        length--;
    int failed = read_line(&request, line, length, &error);
    if (!failed && request.want == WANT_CASE)
        put_case(out, number, request.made.problem);
    else if (!failed && request.want == WANT_RESULT)
        put_result(out, options, number, request.made.problem);
    else if (!failed)
        failed = put_verdict(out, options, &request, &error);
    if (failed)
        serve_refusal(out, number, "error", error.text);
    clear(&request);
}
