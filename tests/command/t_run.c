/* SPDX-License-Identifier: MIT */
/* t_run.c: `evident run` from outside: limits and what stopped there, progress, and which end of a
 * step the time of an engine's spike is. Beside them, options about other programs. */
#include "tests/program_case.h"
#include "verify/command/command.h"
#include "tests/run_suite.h"

#include <jansson.h>
#include <math.h>

START_TEST(bad_limits_are_refused_in_one_line)
{
    refuses("run --time-limit x a", "found 'x', wanted a whole number from 0");
    refuses("run --time-limit -1 a", "found '-1'");
    refuses("run --time-limit 1.5 a", "found '1.5'");
    refuses("run --spike-limit many a", "found 'many'");
    refuses("run --spike-limit", "wants a value");
    refuses("verify --require-judged x", "found 'x', wanted a number of cases, or P%");
    refuses("verify --require-judged 101%", "found '101%'");
    refuses("verify --require-judged 5%%", "found '5%%'");
    refuses("verify --require-judged -1", "found '-1'");
    refuses("verify --require-judged ''", "found ''");
    refuses("judge $D --require-judged 50p", "found '50p'");
}
END_TEST

START_TEST(options_of_a_program_want_one)
{
    refuses("verify closed-chain:1:0 --engine-time-limit 5", "--engine-time-limit: wants an");
    refuses("verify closed-chain:1:0 --engine-time-limit x --engine exec:cat", "found 'x'");
    refuses("verify closed-chain:1:0 --engine-time-limit 0 --engine exec:cat", "found '0'");
    refuses("verify a --conventions a --engine clock-host", "--conventions: wants an --engine");
    refuses("explain a --engine-time-limit 5 --engine clock-host", "wants an --engine exec:");
}
END_TEST

/* Neuron 1 excites itself without end. */
static const char runaway[] =
    "{\"format\": \"evident-case-1\", \"name\": \"runaway\", \"time\": {\"end\": 30},"
    "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
    " {\"name\": \"n\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0.999, \"bias\": 0}],"
    "\"projections\": [{\"source\": \"in\", \"target\": \"n\", \"weights\": [[7, 7.5]]},"
    " {\"source\": \"n\", \"target\": \"n\", \"weights\": [[0, 0], [0, 2000]]}],"
    "\"samples\": [{\"spikes\": {\"in\": [[0]]}, \"target\": {\"times\": [3, 3]}}],"
    "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"n\"}}\n";

START_TEST(runaway_firing_is_stopped_and_named)
{
    write_file("r.json", runaway);
    refuses("run $D/r.json --spike-limit 2000 --out $D/out",
            "the limit of spikes is reached at t = ");
    says(" of 30 ms in sample 0: of 2001 spikes ");
    says(" are of neuron n[1], lately one every ");
    ck_assert_int_ne(shell("ls $D/out"), 0);
    refuses("run $D/r.json --time-limit 1", "time ran out at t = ");
    says(" are of neuron n[1], lately one every ");
    ck_assert_int_eq(shell("$E verify $D/r.json --time-limit 1 --quiet"), 1);
    says("ERROR ");
    says("took more than 1 seconds: time ran out at t = ");
    says(" are of neuron n[1], lately one every ");
}
END_TEST

START_TEST(limits_that_are_not_reached_change_nothing)
{
    ck_assert_int_eq(
        shell("$E run closed-chain:1:0 >$D/a && $E run closed-chain:1:0 --time-limit 0 "
              "--spike-limit 0 | cmp - $D/a"),
        0);
    ck_assert_int_eq(
        shell("n=$($E run random-deep:1:17 --digits 20 --no-gradients | tr ',' '\\n' | "
              "grep -c '\"[0-9.]*\"'); $E run random-deep:1:17 --spike-limit $n "
              ">/dev/null"),
        0);
}
END_TEST

/* To a pipe: a line each half minute, with all that is known. */
START_TEST(long_run_says_how_far_it_is)
{
    struct progress progress;
    struct ref_progress here = {192, 1, 4321, 12.5, false};
    char line[256] = "";
    int error = dup(STDERR_FILENO), ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    progress_start_run(&progress, 30);
    progress_run(&progress, &here);
    progress.drawn -= 29;
    progress_run(&progress, &here);
    progress.drawn -= 2;
    progress.started -= 31;
    progress_run(&progress, &here);
    progress_run(&progress, &here);
    progress_hide(&progress);
    dup2(error, STDERR_FILENO);
    close(ends[1]);
    ck_assert_int_gt(read(ends[0], line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "evident run: at t = 12.5 of 30 ms of sample 1, 4321 spikes, 192 bits, "
                           "31 s\n");
}
END_TEST

/* ---- times of an engine ---- */

static json_t *spikes_of(json_t *document)
{
    const json_t *sample = json_array_get(json_object_get(document, "samples"), 0);
    return json_object_get(json_object_get(sample, "spikes"), "hid");
}

/* The published code names a spike by the beginning of its step. */
START_TEST(compat_prints_the_published_labels)
{
    ck_assert_int_eq(shell("$E run $D/case.json --engine clock-host"), 0);
    says("\"times\": \"step-end\"");
    json_t *plain = json_loads(text, 0, NULL), *train, *time;
    ck_assert_int_eq(shell("$E run $D/case.json --engine clock-host --compat"), 0);
    says("\"times\": \"step-begin\"");
    json_t *compat = json_loads(text, 0, NULL);
    size_t spikes = 0, n, k;
    json_array_foreach(spikes_of(plain), n, train) json_array_foreach(train, k, time)
    {
        json_t *label = json_array_get(json_array_get(spikes_of(compat), n), k);
        double end = strtod(json_string_value(time), NULL);
        double begin = strtod(json_string_value(label), NULL);
        ck_assert_msg(begin == end - 0.25, "%g for %g", begin, end);
        spikes++;
    }
    ck_assert_uint_ge(spikes, 3);
    json_decref(plain);
    json_decref(compat);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("limits and times");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, bad_limits_are_refused_in_one_line);
    tcase_add_test(tests, options_of_a_program_want_one);
    tcase_add_test(tests, runaway_firing_is_stopped_and_named);
    tcase_add_test(tests, limits_that_are_not_reached_change_nothing);
    tcase_add_test(tests, long_run_says_how_far_it_is);
    tcase_add_test(tests, compat_prints_the_published_labels);
    suite_add_tcase(suite, tests);
    return run_suite_forked(suite);
}
