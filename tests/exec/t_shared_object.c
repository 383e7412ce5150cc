/* SPDX-License-Identifier: MIT */
/* t_shared_object.c: a shared object as an engine: the textbook of verify/exec/examples passes
 * where it says that it can, with a planted mistake it fails, and what else somebody compiles is an
 * error of the case or one clear line. Built here as its users build theirs: with the installed
 * headers, by C and C++. EVIDENT names the program. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

#include <stdbool.h>

#define HEADERS "mkdir -p $D/i/cases && cp cases/engine.h cases/result.h cases/problem.h $D/i/cases"
#define SOURCE "verify/exec/examples/eventprop.c"
#define BUILD "${CC:-cc} -shared -fPIC -O1 -I $D/i -o $D/e.so -x c - -lm"
#define FIRST_SPIKES                                                                               \
    "random-delays:1:0 random-recurrent:1:0 random-recurrent:1:1 random-deep:1:0 random-deep:1:1 " \
    "random-batch:1:0 random-batch:1:1 closed-chain:1:0 cases/examples/first-spike.json "

static void with_headers(void)
{
    setup();
    ck_assert_msg(shell(HEADERS) == 0, "%s", text);
}

/* Builds the example after a change by sed, and has it judged. */
static int judged(const char *change, const char *cases)
{
    char command[1200];
    snprintf(command, sizeof command,
             "sed '%s' " SOURCE " >$D/e.c && { [ -z '%s' ] || ! cmp -s " SOURCE
             " $D/e.c; } && " BUILD
             " <$D/e.c && $E verify %s --engine so:$D/e.so --no-witness --jobs 1",
             change, change, cases);
    return shell(command);
}

TEST(textbook_passes_what_it_can_and_says_why_it_cannot)
{
    ck_assert_msg(judged("", "smoke") == 0, "%s", text);
    ck_assert_msg(strstr(text, "cases: 110, 45 pass, 65 not-run\n") != NULL, "%s", text);
    ck_assert_msg(strstr(text, ": losses of first spikes only | ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "conventions: exact, binary64") != NULL, "%s", text);
}

static const struct {
    const char *change, *wrong;
} mistakes[] = {
    {"s/spike->g - after \\* n->p/spike->g/", "weights"},                       /* the reset term */
    {"s/\\* (n->q \\/ n->tau_s - n->p/* (n->q \\/ n->tau_s + n->p/", "delays"}, /* a sign */
    {"s/double at = t + case_delay(c, p, row, n)/double at = t/", "spikes"},
    {"s/n->q \\/ (double)r->c->samples/n->q/", "weights"}, /* a sum, no mean */
    {"s/= result->has_spikes = true/= true/; s/double at = t + case_delay(c, p, row, n)/double at "
     "= "
     "t/",
     "loss"}, /* nobody looks at spikes that are not given: the loss says it */
};

/* A line FAIL NAME KIND ... */
static bool fails_by(const char *kind)
{
    char wanted[40];
    snprintf(wanted, sizeof wanted, " %s ", kind);
    for (const char *at = text; (at = strstr(at, "FAIL ")); at++) {
        const char *found = strchr(at + strlen("FAIL "), ' ');
        if (found && strncmp(found, wanted, strlen(wanted)) == 0)
            return true;
    }
    return false;
}

TEST_EACH(mistake_fails, 0, sizeof mistakes / sizeof *mistakes)
{
    ck_assert_msg(judged(mistakes[_i].change, FIRST_SPIKES) == 1, "%s", text);
    ck_assert_msg(fails_by(mistakes[_i].wrong), "%s", text);
}

TEST(crash_is_an_error_of_that_case)
{
    ck_assert_int_eq(judged("s/if (forward(r, s) != 0)/if (c->samples > 2) *(volatile int *)0 = 1; "
                            "if (forward(r, s) != 0)/",
                            FIRST_SPIKES),
                     1);
    ck_assert_msg(strstr(text, "killed by signal 11") != NULL, "%s", text);
    ck_assert_msg(!strstr(text, " fail") && strstr(text, " pass"), "%s", text);
}

TEST(status_that_there_is_not_and_a_reason_in_two_lines)
{
    ck_assert_int_eq(judged("s/enum result_status status = room.*/enum result_status status = "
                            "(enum result_status)99;/",
                            "closed-output:1:1 cases/examples/first-spike.json"),
                     1);
    ck_assert_msg(strstr(text, "it returned an unknown status") != NULL, "%s", text);
    judged("s/losses of first spikes only/two\\\\nlines/", "closed-output:1:0");
    ck_assert_msg(strstr(text, ": two lines | ") != NULL, "%s", text);
}

/* Neither has V, I and adjoints at every step: explained as an answer, drawn without. */
TEST(engines_without_the_scheme_are_explained_and_drawn)
{
    ck_assert_int_eq(judged(mistakes[2].change, "closed-chain:1:0"), 1);
    ck_assert_msg(shell("$E explain closed-chain:1:0 --engine so:$D/e.so") == 0, "%s", text);
    ck_assert_msg(strstr(text, "looks like: ") != NULL, "%s", text);
    ck_assert_msg(shell("$E plot closed-chain:1:0 --engine so:$D/e.so -o $D/p.svg") == 0, "%s",
                  text);
    ck_assert_msg(strstr(text, "drawn without the engine: ") != NULL, "%s", text);
    ck_assert_msg(shell("$E explain closed-chain:1:0 --engine rounded-reference") == 2, "%s", text);
    ck_assert_msg(strstr(text, "nothing to explain") != NULL, "%s", text);
}

TEST(what_is_kept_from_one_call_to_the_next_is_seen)
{
    ck_assert_int_eq(judged("s/    backward(r, result->gradient/    static int calls; "
                            "backward(r, result->gradient/; s/    times = put_input_times(r, "
                            "times);/    times = put_input_times(r, times); if (calls++ > 0) "
                            "result->gradient[0] += 1;/",
                            "closed-chain:1:0"),
                     1);
    ck_assert_msg(fails_by("again"), "%s", text);
}

TEST(spike_that_was_not_taken_is_not_forgotten)
{
    ck_assert_int_eq(
        judged("s/        n->v = n->reset;/        r->result->spike(r->result, sample, "
               "population, 99, at); n->v = n->reset;/",
               "closed-chain:1:0"),
        1);
    ck_assert_msg(strstr(text, "a spike of a neuron that there is not") != NULL, "%s", text);
}

TEST(spikes_of_neurons_that_there_are_not_are_refused)
{
    static const char *const wrong[] = {"sample + 9, population", "sample, population + 9",
                                        "sample, 0"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char change[160];
        snprintf(change, sizeof change,
                 "s/spike(r->result, sample, population, spiking/spike(r->result, %s, spiking/",
                 wrong[k]);
        ck_assert_msg(judged(change, "closed-chain:1:0 cases/examples/first-spike.json") == 1, "%s",
                      text);
        ck_assert_msg(strstr(text, "too many spikes, or memory is short") != NULL, "%s", text);
        ck_assert_msg(strstr(text, "cases: 2, 2 error") != NULL, "%s", text);
    }
}

static const struct {
    const char *make, *name, *says;
} refused[] = {
    {"true", "so:$D/none.so", "so:"},
    {"true", "so:", "no path"},
    {"sed 's/static const struct engine engine/exit(0); static const struct engine engine/' " SOURCE
     " | " BUILD,
     "so:$D/e.so", "while it is loaded"},
    {"sed 's/static const struct engine engine/abort(); static const struct engine engine/' " SOURCE
     " | " BUILD,
     "so:$D/e.so", "while it is loaded"},
    {"echo hello >$D/t.so", "so:$D/t.so", "evident_engine"},
    {"echo 'int x;' | ${CC:-cc} -shared -fPIC -x c - -o $D/x.so", "so:$D/x.so", "found none in it"},
    {"sed 's/abi == ENGINE_ABI/abi == 99/' " SOURCE " | " BUILD, "so:$D/e.so",
     "does not know this interface"},
    {"sed 's/.abi = ENGINE_ABI/.abi = 99/' " SOURCE " | " BUILD, "so:$D/e.so",
     "of another interface"},
    {"sed 's/.run = run/.time = ENGINE_EXACT/' " SOURCE " | " BUILD, "so:$D/e.so",
     "without name or run"},
};

TEST_EACH(what_is_no_engine_is_refused_in_one_line, 0, sizeof refused / sizeof *refused)
{
    char command[800];
    snprintf(command, sizeof command,
             "{ %s; } 2>/dev/null; $E verify closed-output:1:0 --engine %s", refused[_i].make,
             refused[_i].name);
    ck_assert_msg(shell(command) == 2, "%s", text);
    ck_assert_msg(strstr(text, refused[_i].says) != NULL, "%s", text);
    ck_assert_msg(strchr(text, '\n') == text + strlen(text) - 1, "%s", text);
}

TEST(headers_are_those_of_cxx_too)
{
    ck_assert_msg(
        shell("printf '%s\\n' '#include \"cases/engine.h\"' 'static enum result_status run("
              "const engine *, result *r, const case_problem *, const engine_options *)' "
              "'{ r->loss = 1; r->has_loss = true; return RESULT_OK; }' "
              "'const engine *evident_engine(unsigned) { static engine e; "
              "e.abi = ENGINE_ABI; e.name = \"c++\"; e.run = run; return &e; }' | "
              "${CXX:-c++} -Wall -Wextra -Werror -shared -fPIC -I $D/i -x c++ - -o $D/c.so "
              "&& $E verify closed-output:1:0 --engine so:$D/c.so --no-witness") == 1,
        "%s", text);
    ck_assert_msg(strstr(text, "FAIL closed-output:1:0 loss") != NULL, "%s", text);
}

SUITE("shared_object", .setup = with_headers, .teardown = drop_folder, .seconds = 120)
