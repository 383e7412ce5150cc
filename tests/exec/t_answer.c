/* SPDX-License-Identifier: MIT */
/* t_answer.c: results of other programs: what is read, what is refused and how. */
#include "verify/exec/answer.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "{\"format\": \"evident-case-1\", \"name\": \"asked\", \"time\": {\"end\": 30},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0}],"
    "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"weights\": [[9, 4], [5, 8]]}],"
    "\"samples\": [{\"spikes\": {\"in\": [[1, 9], [2.5]]}, \"target\": {\"times\": [3, 4]}}],"
    "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"out\"}}";

static struct case_problem *c;
static struct result answer;
static struct case_error error;

static void setup(void)
{
    c = case_read_text(text, strlen(text), "text", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
}

static void teardown(void)
{
    result_clear(&answer);
    case_free(c);
}

static enum answer_kind ask(const char *document)
{
    return answer_read(&answer, document, strlen(document), c, &error);
}

#define HEAD "{\"format\": \"evident-result-1\", \"engine\": \"mine\""

TEST(whole_answer_is_read)
{
    ck_assert_msg(ask(HEAD ", \"loss\": \"0.5\", \"samples\": [{\"loss\": 0.5, \"spikes\": "
                           "{\"out\": [[3.25, \"7.5\"], []]}}], \"gradients\": {"
                           "\"weights\": [[[1, 2], [3, \"0x1p-2\"]]],"
                           "\"bias\": {\"out\": [5, 6]},"
                           "\"spike_times\": [{\"in\": [[7, 8], [9]]}]}}") == 0,
                  "%s", error.text);
    ck_assert(answer.has_loss && answer.loss == 0.5 && answer.has_sample_loss &&
              answer.sample[0].loss == 0.5);
    ck_assert_uint_eq(answer.spikes[0].count, 2);
    ck_assert(answer.spikes[0].at[1] == 7.5);
    ck_assert_uint_eq(answer.spikes[1].count, 0);
    ck_assert(answer.provides[CASE_WEIGHT] && answer.gradient[3] == 0.25);
    ck_assert(answer.provides[CASE_BIAS] && answer.provides[CASE_SPIKE_TIME]);
    ck_assert(answer.gradient[answer.parameters - 1] == 9);
    ck_assert(!answer.provides[CASE_DELAY] && !answer.provides[CASE_TAU_MEM]);
}

TEST(nan_is_taken_as_it_is)
{
    ck_assert_int_eq(ask(HEAD ", \"loss\": \"nan\"}"), 0);
    ck_assert(answer.has_loss && isnan(answer.loss));
}

/* As json.dumps of Python and printf of C write what JSON has no number for, and as nothing does.
 */
TEST(bare_words_for_no_number_are_numbers_of_their_place)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"NaN", NAN},           {"nan", NAN},
                 {"-nan", NAN},          {"Infinity", INFINITY},
                 {"inf", INFINITY},      {"-Infinity", -INFINITY},
                 {"-inf", -INFINITY},    {"1e999", INFINITY},
                 {"-1e999", -INFINITY},  {"1e-400", 0},
                 {"1.5e-300", 1.5e-300}, {"123456789012345678901234", 123456789012345678901234.0}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        char document[400];
        snprintf(document, sizeof document,
                 HEAD ", \"note\": \"a NaN, \\\"Infinity\", \"loss\":%s, \"gradients\": "
                      "{\"weights\": [[[1,%s], [ %s , 4]]]}}",
                 words[k].word, words[k].word, words[k].word);
        ck_assert_msg(ask(document) == 0, "%s: %s", words[k].word, error.text);
        double got[] = {answer.loss, answer.gradient[1], answer.gradient[2]};
        for (size_t i = 0; i < 3; i++)
            ck_assert_msg(isnan(words[k].value) ? isnan(got[i]) : got[i] == words[k].value,
                          "%s: %g", words[k].word, got[i]);
        ck_assert(answer.gradient[0] == 1 && answer.gradient[3] == 4);
        result_clear(&answer);
    }
}

TEST(long_documents_are_read_with_their_words)
{
    enum { WORDS = 1000000 };
    char *document = malloc(8 * WORDS), *at = document;
    at += sprintf(at, HEAD ", \"note\": [NaN");
    for (size_t k = 0; k < WORDS; k++)
        at += sprintf(at, ",%s", k % 2 ? "NaN" : "1e-7");
    strcpy(at, "], \"loss\": -Infinity}");
    ck_assert_msg(ask(document) == 0, "%s", error.text);
    ck_assert(isinf(answer.loss) && answer.loss < 0);
    free(document);
}

/* As a result of the reference has it; anything else in the place of a number is refused. */
TEST(none_stands_for_no_number)
{
    ck_assert_int_eq(ask(HEAD ", \"gradients\": {\"bias\": {\"out\": [5, {\"none\": \"end\", "
                              "\"left\": \"1\", \"right\": \"0\"}]}}}"),
                     0);
    size_t const bias = answer.parameters - 5; /* two, before three spike times */
    ck_assert(answer.provides[CASE_BIAS] && answer.gradient[bias] == 5);
    ck_assert(isnan(answer.gradient[bias + 1]));
    result_clear(&answer);
    ck_assert_int_ne(ask(HEAD ", \"gradients\": {\"bias\": {\"out\": [5, {\"left\": 1}]}}}"), 0);
}

TEST(not_run_and_error_come_with_a_reason)
{
    ck_assert_int_eq(ask(HEAD ", \"not-run\": \"no delays\\nat all\"}"), ANSWER_NOT_RUN);
    ck_assert_str_eq(error.text, "no delays at all");
    result_clear(&answer);
    ck_assert_int_eq(ask(HEAD ", \"error\": \"ValueError: x\"}"), ANSWER_ERROR);
    ck_assert_str_eq(error.text, "ValueError: x");
}

static const struct {
    const char *document, *refusal;
} refused[] = {
    {"", "no JSON"},
    {"[1, 2]", "$: found a list of 2, wanted an object"},
    {HEAD, "no JSON"},
    {"{\"format\": \"evident-result-2\"}",
     "format: found \"evident-result-2\", wanted \"evident-result-1\""},
    {"{}", "format: found nothing"},
    {HEAD ", \"case\": \"another\"}", "case: found \"another\", wanted asked"},
    {HEAD ", \"loss\": nope}", "no JSON"},
    {HEAD ", \"loss\": NaNs}", "no JSON"},
    {HEAD ", \"loss\": --inf}", "no JSON"},
    {HEAD ", \"loss\": 0x10}", "no JSON"},
    {HEAD ", \"loss\": 1, \"x\": \"NaN}", "no JSON"},
    {HEAD ", \"loss\": NaN", "no JSON"},
    {HEAD ", \"loss\": true}", "loss: found true, wanted a number"},
    {HEAD ", \"loss\": \"1.5 ms\"}", "loss: found \"1.5 ms\", wanted a number"},
    {HEAD ", \"loss\": 1, \"loss\": 2}", "no JSON: duplicate"},
    {HEAD ", \"samples\": []}", "samples: found a list of 0, wanted a list of 1 samples"},
    {HEAD ", \"samples\": [{\"spikes\": {\"out\": [[1]]}}]}",
     "samples[0].spikes.out: found a list of 1, wanted a list of 2 lists"},
    {HEAD ", \"samples\": [{\"spikes\": {\"out\": [[1], 3]}}]}",
     "samples[0].spikes.out[1]: found a number, wanted a list of 0 numbers"},
    {HEAD ", \"gradients\": 3}", "gradients: found a number, wanted an object"},
    {HEAD ", \"gradients\": {\"weight\": []}}", "gradients: found \"weight\", wanted weights"},
    {HEAD ", \"gradients\": {\"weights\": [[[1, 2]]]}}",
     "gradients.weights[0]: found a list of 1, wanted a list of 2 rows"},
    {HEAD ", \"gradients\": {\"weights\": [[[1, 2], [3]]]}}",
     "gradients.weights[0][1]: found a list of 1, wanted a list of 2 numbers"},
    {HEAD ", \"gradients\": {\"weights\": [[[1, 2], [3, {}]]]}}",
     "gradients.weights[0][1][1]: found an object, wanted a number"},
    {HEAD ", \"gradients\": {\"bias\": {\"hid\": [1, 2]}}}",
     "gradients.bias.out: found nothing, wanted a list of 2 numbers"},
    {HEAD ", \"gradients\": {\"spike_times\": [{\"in\": [[1, 2], [3, 4]]}]}}",
     "gradients.spike_times[0].in[1]: found a list of 2, wanted a list of 1 numbers"},
    {HEAD ", \"not-run\": 7}", "not-run: found a number, wanted a reason"},
};

TEST_EACH(what_is_wrong_is_refused_with_its_place, 0, sizeof refused / sizeof *refused)
{
    ck_assert_int_ge(ask(refused[_i].document), ANSWER_OTHER_CASE);
    ck_assert_msg(strstr(error.text, refused[_i].refusal) != NULL, "%s", error.text);
    ck_assert(strchr(error.text, '\n') == NULL);
}

SUITE("answer", .setup = setup, .teardown = teardown, .seconds = 60)
