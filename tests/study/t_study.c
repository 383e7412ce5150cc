/* SPDX-License-Identifier: MIT */
/* t_study.c: how far a gradient is valid, and the studies, as a user asks. */
#include "tests/run_suite.h"
#include "tests/shell.h"

#include <math.h>

/* By 867 intervals of another program: 0.0169623960; by bisection the other side. */
TEST(the_next_change_of_the_worked_example_is_where_it_is)
{
    gives("$E validity cases/examples/worked.json --along 'weights[0][0][0]' --prove --json", 0,
          "\"side\": 1, \"kind\": \"order\", \"at\": \"0.0169623960519027236426233907673");
    says("\"side\": -1, \"kind\": \"order\", \"at\": \"-0.0745376458094820481758952324773");
    says("\"confirmed\": true");
    says("\"proven\": \"0.0169");
    says("\"proven\": \"-0.0745");
}

/* One input of weight w, tau 20 and 5, threshold 1/4: born at w = 4^(1/3), as the peak of the
 * voltage is w 4^(-4/3); the loss jumps from (45 - 3)^2/2 by that of a spike at the peak. */
TEST(a_birth_is_found_to_30_digits_with_both_losses)
{
    ck_assert_int_eq(
        shell("cat > $D/one.json << 'END'\n"
              "{\"format\": \"evident-case-1\", \"name\": \"one\", \"time\": {\"end\": 40},"
              "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
              "{\"name\": \"out\", \"size\": 1, \"model\": \"lif\", \"tau_mem\": 20,"
              "\"tau_syn\": 5, \"threshold\": 0.25, \"reset\": 0, \"bias\": 0}],"
              "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"delay\": 0,"
              "\"weights\": [[1]]}],"
              "\"samples\": [{\"spikes\": {\"in\": [[1]]}, \"target\": {\"times\": [3]}}],"
              "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"out\","
              "\"silent_after\": 5}}\nEND"),
        0);
    gives("$E validity $D/one.json --along 'weights[0][0][0]' --json --prove", 0,
          "\"kind\": \"grazing\", \"at\": \"0.587401051968199474751705639272");
    says("\"population\": \"out\", \"neuron\": 0, \"spike\": 0, \"sample\": 0, \"born\": 1");
    says("\"loss\": [\"882");
    says("\"kind\": \"none\", \"none_up_to\": \"-10.0000");
    gives("$E validity $D/one.json --along 'tau_syn.out[0]' --within 100", 0, "domain");
    gives("$E validity $D/one.json --along 'spike_times[0].in[0][0]' --within 100", 0, "end");
}

TEST(a_direction_that_there_is_not_is_refused)
{
    refuses("$E validity cases/examples/worked.json --along 'weights[9][0][0]'",
            "--along: found 'weights[9][0][0]', wanted a parameter");
    refuses("$E validity cases/examples/worked.json --along random:x", "wanted random:SEED");
    refuses("$E study nothing", "found 'nothing', wanted a study");
    refuses("$E run cases/examples/worked.json --at 1", "--at wants --along");
    refuses("$E run cases/examples/worked.json --along gradient --at much", "--at: found 'much'");
}

TEST(a_point_of_a_line_is_printed_with_what_decides_it)
{
    gives("$E run cases/examples/worked.json --along 'weights[0][0][0]' --at 0.01696239605190272 "
          "--digits 30",
          0, "\"along\": \"weights[0][0][0]\", \"at\": \"0.01696239605190272\"");
    says("\"slope\": \"");
    says("\"signature\": \"");
    says("\"by_time\": {");
    says("{\"kind\": \"order\", \"sample\": 0, \"population\": \"hid\", \"neuron\": 0, \"spike\": "
         "1");
    gives("$E run cases/examples/worked.json --along gradient --at '[0 +/- 1e-7]'", 0,
          "\"status\": \"ok\"");
    gives("$E run cases/examples/worked.json --along gradient --at '[0 +/- 1e-1]'", 1,
          "\"status\": \"undecided\"");
}

TEST(studies_are_listed_and_claim_what_holds)
{
    gives("$E study", 0, "validity ");
    gives("$E study validity --quick --out $D/s --seed 1", 0, "claims hold");
    gives("cat $D/s/validity/claim.tsv", 0, "claim\tmeasured\tlowest\thighest\tholds\n");
    gives("grep -c 'no$' $D/s/validity/claim.tsv", 1, "0");
    gives("head -c 400 $D/s/validity/radius.svg", 0, "<svg");
    gives("cat $D/s/validity/index.html", 0, "evident study validity --seed 1 --quick");
    gives("cp -r $D/s $D/t && $E study validity --quick --out $D/s --seed 1 && "
          "for f in $D/s/validity/*.tsv; do cmp $f $D/t/validity/${f##*/}; done",
          0, "claims hold");
}

SUITE("study", .setup = make_folder, .teardown = drop_folder, .seconds = 120)
