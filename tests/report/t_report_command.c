/* SPDX-License-Identifier: MIT */
/* t_report_command.c: `evident report` makes of a store the page that the run itself made. */
#include "tests/run_suite.h"
#include "tests/shell.h"

/* Passing, failing, undecided; an engine; a case that a picture cannot be made of is none of them.
 */
#define RUN                                                                                        \
    "$E verify cases/examples/worked.json closed-quadratic:1:0 closed-output:1:1 --quiet "         \
    "--engine clock-host --defect 4 --round-delays --store $D/s --report $D/live"

TEST(a_store_gives_the_page_that_the_run_made)
{
    gives(RUN, 1, "report: ");
    gives("$E report --store $D/s --out $D/twice", 0, "twice/index.html");
    gives(
        "cd $D && for f in live/*; do f=${f#live/}; "
        "sed 's|[^ ]*/live||g' live/$f >a; sed 's|[^ ]*/twice||g' twice/$f >b; cmp a b || exit 1; "
        "done && ls live | wc -l && ls twice | wc -l && echo alike",
        0, "alike");
    gives("cd $D && test -s twice/failure-0.svg && grep -c '<svg' twice/index.html", 0, "");
    gives("grep -q 'matches defect 4' $D/twice/index.html && echo named", 0, "named");
    gives("grep -q '<td>clock-host</td><td>3</td>' $D/twice/index.html && echo timed", 0, "timed");
}

TEST(runs_of_one_suite_make_a_trend)
{
    gives("$E verify closed-quadratic:1:0 --quiet --store $D/s", 0, "1 pass");
    gives("$E report --store $D/s --out $D/one && test ! -e $D/one/trend.svg", 0, "one/index");
    gives("$E verify closed-quadratic:1:0 --quiet --store $D/s", 0, "1 pass");
    gives("$E verify closed-quadratic:1:1 --quiet --store $D/s", 0, "1 pass");
    gives("$E report 2 --store $D/s --out $D/two && test -s $D/two/trend.svg", 0, "two/index");
    gives("grep -c . $D/two/trend.tsv", 0, "3\n"); /* another suite is no part of it */
}

TEST(without_a_store_the_page_says_that_there_is_none)
{
    gives(RUN, 1, "report: ");
    gives("$E verify closed-quadratic:1:0 --quiet --report $D/live", 0, "1 pass");
    gives("test ! -e $D/live/facts.tsv && test ! -e $D/live/failure-0.svg && echo gone", 0, "gone");
    gives("grep -q 'kept in a store' $D/live/index.html && echo said", 0, "said");
}

TEST(what_is_wrong_is_said_in_one_line)
{
    gives("$E report --store $D/none", 2, "no such store");
    gives("$E verify closed-quadratic:1:0 --quiet --store $D/s", 0, "1 pass");
    gives("$E report 7 --store $D/s", 2, "no run 7");
    gives("$E report 1 2 --store $D/s", 2, "only one run at a time");
    gives("$E report --store $D/s --out $D/no/where", 2, "cannot make directory");
    gives("$E report --store $D/s --out $D/s", 2, "Not a directory");
    gives("mkdir $D/empty && PATH=$D/empty $E report --store $D/s --out $D/o", 2,
          "gnuplot: not found");
    gives("$E report --help", 0, "usage: evident report ");
}

SUITE("report command", .setup = make_folder, .teardown = drop_folder)
