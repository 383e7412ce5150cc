/* SPDX-License-Identifier: MIT */
/* t_can.c: suites draw cases that a program says it can, and count what they leave out; --loss,
 * --sizes and --without ask for the same; misspelt words are refused. EVIDENT names the program. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

#define CAN(text) "CONVENTIONS='{\"format\": \"evident-conventions-1\", \"can\": " text "}' "
#define FEW "$E verify $D/few.suite --no-witness --engine \"exec:sh $D/answers.sh\" "

static void with_suite(void)
{
    setup();
    put_file("few.suite", "random-feedforward 1 11\nrandom-recurrent 1 3\n"
                          "file cases/regression/heterogeneous-delays.json\n");
}

TEST(what_does_not_fit_is_left_out_and_counted)
{
    gives(CAN("{\"losses\": [\"first-spike-margin\"], \"recurrent\": false, \"delays\": false}")
              FEW,
          0, "left out: 6 cases: loss voltage-integral-cross-entropy\n");
    says("left out: 3 cases: loss first-spike-cross-entropy\n");
    says("drawn instead of these 14: 3 cases of the same families\n");
    says("cases: 4, 4 pass\n"); /* one of every eleven, and four times as many are looked at */
    says("PASS random-feedforward:1:40");
}

TEST(what_is_named_by_itself_is_asked)
{
    gives(CAN("{\"losses\": [\"first-spike-margin\"]}") VERIFY
          "-q closed-output:1:0 --like $D/case.json --count 2",
          0, "cases: 4, 4 pass\n");
}

TEST(nothing_that_fits_is_one_line)
{
    gives(CAN("{\"sizes\": [20, 30]}") FEW, 2, "no case fits: all 15 are left out");
}

TEST(wishes_of_the_command_line)
{
    gives("$E verify $D/few.suite --loss voltage-squared-error,first-spike-margin --sizes 1-5 "
          "--without recurrent -q",
          0, "drawn instead of these");
    refuses("$E verify $D/few.suite --loss mse", "--loss: found 'mse', wanted some of voltage-");
    refuses("$E verify $D/few.suite --sizes 5-2", "--sizes: found '5-2', wanted LEAST-MOST");
    refuses("$E verify $D/few.suite --without reset,weights", "--without: found 'weights', wanted");
    gives("$E generate random-delays --seed 1 --count 2 --out $D/g --without delays,recurrent "
          "--sizes 1-9",
          2, "no more cases fit");
    gives("$E generate random-deep --seed 1 --count 3 --out $D/g --loss first-spike-margin && ls "
          "$D/g",
          0, "random-deep-1-29.json");
    gives("grep -L first-spike-margin $D/g/*.json | wc -l", 0, "0");
}

static const struct {
    const char *can, *said;
} wrong[] = {
    {"[]", "found [], wanted an object"},
    {"{\"loss\": []}", "conventions.can.loss: found [], wanted one of models"},
    {"{\"losses\": [\"mse\"]}", "conventions.can.losses: found \"mse\", wanted a list of kinds"},
    {"{\"models\": []}", "wanted a list of \"lif\" and \"li\""},
    {"{\"layers\": [3, 1]}", "conventions.can.layers: found [3,1], wanted a whole number"},
    {"{\"sizes\": 0}", "conventions.can.sizes: found 0"},
    {"{\"delays\": \"some\"}", "true, false or \"whole\""},
    {"{\"recurrent\": 1}", "conventions.can.recurrent: found 1, wanted true or false"},
};

TEST_EACH(what_is_misspelt_is_refused, 0, (int)(sizeof wrong / sizeof *wrong))
{
    char command[400];
    snprintf(command, sizeof command,
             "CONVENTIONS='{\"format\": \"evident-conventions-1\", \"can\": %s}' " FEW,
             wrong[_i].can);
    refuses(command, wrong[_i].said);
}

SUITE("can", .setup = with_suite, .teardown = drop_folder, .seconds = 120)
