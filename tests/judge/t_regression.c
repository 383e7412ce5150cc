/* SPDX-License-Identifier: MIT */
/* t_regression.c: every case of cases/regression passes: what was wrong once is not wrong again. */
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

static struct ver_sources sources;

static void setup(void)
{
    struct case_error error = {""};
    sources = (struct ver_sources){NULL, 0, 0};
    ck_assert_msg(ver_sources_add(&sources, "verify/suites/regression.suite", 0, &error) == 0, "%s",
                  error.text);
}

static void teardown(void)
{
    ver_sources_clear(&sources);
}

/* With the witness and the engine, as `evident verify regression --engine clock-host` does. */
TEST(every_regression_case_passes)
{
    struct ver_options options = VER_OPTIONS_DEFAULT;
    options.engine[options.engines++] = ver_engine_find("clock-host");
    options.how.round_delays = true;
    struct ver_judgement *judgement = calloc(sources.count, sizeof *judgement);
    ck_assert_ptr_nonnull(judgement);
    ver_judge_all(judgement, &sources, &options, 0, NULL);
    for (size_t k = 0; k < sources.count; k++) {
        ck_assert_msg(judgement[k].verdict == VER_PASS, "%s: %s %s", judgement[k].name,
                      ver_verdict_name(judgement[k].verdict), judgement[k].reason);
        ck_assert_msg(judgement[k].judged && judgement[k].judged[0].state == VER_ENGINE_RAN,
                      "%s: the engine did not run", judgement[k].name);
        ver_judgement_clear(&judgement[k]);
    }
    free(judgement);
}

/* Canonical, so that a case shrunk again gives the same bytes and a difference is a difference. */
TEST(every_regression_case_is_canonical)
{
    static char bytes[1 << 20];
    for (size_t k = 0; k < sources.count; k++) {
        FILE *file = fopen(sources.at[k].name, "r");
        ck_assert_ptr_nonnull(file);
        bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
        fclose(file);
        char *text = case_text(sources.at[k].made->problem);
        ck_assert_msg(text && strcmp(text, bytes) == 0, "%s", sources.at[k].name);
        free(text);
        ck_assert_ptr_nonnull(sources.at[k].made->problem->note);
    }
    ck_assert_uint_ge(sources.count, 3);
}

SUITE("regression", .setup = setup, .teardown = teardown)
