/* SPDX-License-Identifier: MIT */
/* t_ranks.c: several MPI ranks say what one process says, and leave the same store. Run where the
 * program was built with Open MPI. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

static const char suite_text[] = "random-deep 1 1\nrandom-batch 1 2\nrandom-recurrent 1 2\n"
                                 "closed-chain 1 6\nclosed-quadratic 1 25\ndegenerate-end 1 4\n";

/* As children of mpirun, also as root and on a machine of fewer cores; Open MPI leaves memory
 * behind that is not ours. */
static int ranks(int count, const char *after)
{
    char command[2048];
    put_file("few.suite", suite_text);
    snprintf(command, sizeof command,
             "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; cd $D; "
             "alone() { $E verify few.suite --jobs 1 \"$@\" | grep -v 'a case takes'; }; "
             "many() { ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 mpirun --oversubscribe -n %d $E "
             "verify few.suite \"$@\" | "
             "grep -v 'a case takes'; }; %s",
             count, after);
    return shell(command);
}

TEST_EACH(ranks_say_what_one_process_says, 2, 4)
{
    ck_assert_int_eq(ranks(_i, "alone --engine clock-host --round-delays >one; "
                               "many --engine clock-host --round-delays >all; "
                               "diff one all && cat all"),
                     0);
    says("cases: 40, 40 pass");
}

/* Answers that are longer than what a message may hold without being waited for. */
TEST(their_store_is_that_of_one_process)
{
    ck_assert_int_eq(ranks(3,
                           "alone --store one.sqlite >said; many --store all.sqlite >said; "
                           "for s in one all; do $E export latest --store $s.sqlite --format tsv "
                           "--out $s.tsv || exit 3; done; cmp one.tsv all.tsv && wc -l all.tsv"),
                     0);
}

/* Every rank starts programs of its own. */
TEST(what_dies_on_any_rank_is_an_error_of_its_case)
{
    put_file("dies.sh", "read -r line && kill -9 $$\n");
    ck_assert_int_eq(ranks(3, "alone --no-witness --engine 'exec:sh dies.sh' >one; "
                              "many --no-witness --engine 'exec:sh dies.sh' >all; "
                              "diff one all && tail -1 all"),
                     0);
    says("cases: 40, 40 error");
}

static bool there_is_mpi(void)
{
    bool is = system("command -v mpirun >/dev/null && ldd \"$EVIDENT\" | grep -q libmpi") == 0;
    if (!is)
        puts("not run: ranks: no mpirun, or built without Open MPI");
    return is;
}

SUITE("ranks", .possible = there_is_mpi, .setup = setup, .teardown = drop_folder, .seconds = 120)
