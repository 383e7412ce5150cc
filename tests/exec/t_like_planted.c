/* SPDX-License-Identifier: MIT */
/* t_like_planted.c: cases like one of a program's own, of two lif layers: the textbook of
 * verify/exec/examples passes them all, and fails with any of these mistakes; what is printed shows
 * the case again. EVIDENT names the program. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

#define SOURCE "verify/exec/examples/eventprop.c"
#define LIKE "cases/regression/first-spikes-two-layers.json"

/* Builds the example after a change by sed, and has it judged. */
static int judged(const char *change, const char *cases)
{
    char command[1200];
    snprintf(command, sizeof command,
             "sed '%s' " SOURCE " >$D/e.c && { [ -z '%s' ] || ! cmp -s " SOURCE
             " $D/e.c; } && ${CC:-cc} -shared -fPIC -O1 -I . -o $D/e.so $D/e.c -lm && "
             "$E verify %s --engine so:$D/e.so --no-witness -q --jobs 2",
             change, change, cases);
    return shell(command);
}

TEST(the_textbook_passes_all)
{
    ck_assert_msg(judged("", "--like " LIKE " --count 20 --seed 4") == 0, "%s", text);
    says("cases: 20, 20 pass\n");
}

static const char *const mistake[] = {
    "s/spike->g - after \\* n->p/spike->g/",                        /* the reset term */
    "s/\\* (n->q \\/ n->tau_s - n->p/* (n->q \\/ n->tau_s + n->p/", /* a sign */
    "s/double at = t + case_delay(c, p, row, n)/double at = t/",
    "s/n->q \\/ (double)r->c->samples/n->q/", /* a sum, no mean */
    "s/n->threshold + n->bias) \\/ n->tau_m/n->threshold + n->bias)/",
    "s/n->p \\*= exp(-s \\/ n->tau_m)/n->p *= exp(-s \\/ n->tau_s)/",
    "s/current - n->reset + n->bias/current - n->threshold + n->bias/",
    "s/output < outputs \\&\\& r->spike.k..t == t.output./output < outputs/", /* of all spikes */
    "s/p->weight.row \\* columns + n./p->weight[n * c->population[p->source].size + row]/",
    "s/double at = t + case_delay(c, p, row, n)/& - c->step/",   /* a step short */
    "s/slope.k. += l->alpha \\*/slope[k] += 0 */",               /* the penalty */
    "s/spike->g += slope/(void)slope/",                          /* what is before a hidden spike */
    "s/middle > low \\&\\& middle < high/high - low > 1e-6/",    /* a solver's tolerance */
    "s/top > 0 \\&\\& top < t - n->t ? top : t - n->t/t - n->t/" /* peaks between arrivals */
};

TEST_EACH(a_mistake_fails_and_the_command_shows_it_again, 0,
          (int)(sizeof mistake / sizeof *mistake))
{
    ck_assert_msg(judged(mistake[_i], "--like " LIKE " --count 20 --fail-fast") == 1, "%s", text);
    const char *command = strstr(text, "| evident verify like:");
    ck_assert_msg(command != NULL, "%s", text);
    char again[600];
    size_t length = strcspn(command + 10, "\n");
    ck_assert_uint_lt(length, 500);
    snprintf(again, sizeof again, "$E %.*s -q", (int)length, command + 10);
    gives(again, 1, "FAIL like:" LIKE);
}

TEST(wrong_words_are_one_line)
{
    refuses("$E verify --like no-such.json", "no-such.json: found no readable file");
    refuses("$E verify --like -", "--like: found -, wanted a file or an address");
    refuses("$E verify --count 3", "--count and --vary want --like CASE");
    refuses("$E verify --like " LIKE " --vary times", "wanted");
    refuses("$E verify closed-chain:1:0-x", "wanted SEED:K");
    refuses("$E verify real-digits:1:6-8", "beyond the cases of the family");
}

TEST(ranges_stand_wherever_a_case_does)
{
    gives("$E verify closed-chain:1:2-4 -q", 0, "cases: 3, 3 pass");
    gives("$E check closed-chain:1:0-1 like:" LIKE ":1:3-4", 0, "closed-chain:1:1: ok");
    says("like:" LIKE ":1:4: ok");
    gives("$E run closed-chain:1:3-3", 0, "\"case\": \"closed-chain:1:3\"");
    refuses("$E run closed-chain:1:3-4", "only one case at a time");
}

SUITE("like_planted", .setup = setup, .teardown = drop_folder, .seconds = 120)
