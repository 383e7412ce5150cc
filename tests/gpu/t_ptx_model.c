/* SPDX-License-Identifier: MIT */
/* t_ptx_model.c: what tests/ptx/trace.c writes down of a kernel of six instructions, and how long
 * tests/ptx/model.py says that they take, both known by hand. Run where there is nvcc.
 *
 * The program itself runs the kernel if it is given a word: a trace begins and ends with a process.
 */
#ifdef EVIDENT_PTX

#include "tests/program_case.h"
#include "tests/ptx/standin.h"
#include "tests/ptx/trace.h"
#include "tests/run_suite.h"

/* Lines 8 to 14 of it; the registers that are not loaded are there from the beginning. */
static const char hand_ptx[] = ".version 9.0\n.target sm_90\n.address_size 64\n"
                               ".visible .entry hand(\n\t.param .u64 hand_param_0\n)\n{\n"
                               "\tld.shared.u32 %r1, [%r2];\n"
                               "\tadd.s32 %r3, %r1, %r1;\n"
                               "\tld.global.f32 %f1, [%rd1];\n"
                               "\tadd.rn.f32 %f2, %f1, %f1;\n"
                               "\tbar.sync 0;\n"
                               "\t@%p1 mul.lo.s32 %r4, %r3, %r3;\n"
                               "\tret;\n}\n";
enum { LOAD_SHARED = 8, ADD, LOAD, ADD_REAL, BARRIER, PRODUCT, RETURN };

/* A thread of two warps, as a translated kernel would be. The first warp asks every second bank for
 * two words; of the second one only half of the lanes multiply. */
static void hand(const void *argument)
{
    uint32_t thread = emulated_here()->thread, warp = thread / LANES, lane = thread % LANES;
    (void)argument;
    trace_enter("hand");
    trace_step(LOAD_SHARED);
    trace_access(PTX_SHARED, warp == 0 ? 8 * lane : 256 + 4 * lane, 4);
    trace_step(ADD);
    trace_step(LOAD);
    trace_access(PTX_GLOBAL, 0x1000 * (warp + 1) + 4 * lane, 4);
    trace_step(ADD_REAL);
    trace_step(BARRIER);
    emulated_block_barrier(1);
    if (warp == 0 || lane < LANES / 2)
        trace_step(PRODUCT);
    trace_step(RETURN);
}

static int run_hand(void)
{
    const struct emulated_launch launch = {
        .blocks = 1, .blocks_y = 1, .cluster = 1, .threads = 2 * LANES, .kernel = hand};
    const struct emulated_settings settings = {.order = EMULATED_SHUFFLED, .seed = 1};
    int stuck;
    standin.launches = 1;
    return emulated_run(&launch, &settings, &stuck) != 0;
}

static char self[256];

static void trace_it(void)
{
    char command[512];
    snprintf(command, sizeof command, "TRACE=\"hand $D/hand.tr\" %s run && cat $D/hand.tr", self);
    put_file("hand.ptx", hand_ptx);
    ck_assert_int_eq(shell(command), 0);
}

TEST(a_trace_says_lines_lanes_banks_and_sectors)
{
    trace_it();
    ck_assert_str_eq(text, "=\n"
                           "0 8 32 s 2\n0 9 32\n0 10 32 g 80 81 82 83\n0 11 32\n0 12 32\n"
                           "1 8 32 s 1\n1 9 32\n1 10 32 g 100 101 102 103\n1 11 32\n1 12 32\n"
                           "0 13 32\n0 14 32\n"
                           "1 13 16\n1 14 32\n");
}

/* Cycles at which instructions are issued, w the warp; memory serves one access at a time.
 *
 *          one block                           two: warps 0, 1 and 2, 3
 * shared   0: 0, two passes; 1: 2              2: 3, two passes; 3: 5
 * there    after 33 + passes - 1: 34, 35       37, 38
 * add      34, 35                              37, 38
 * global   35, 36; 4 sectors, half a cycle     38, 39; until 41, 43
 *          each: until 37, 39
 * there    + 263: 300, 302                     304, 306
 * add      300, 302                            304, 306
 * barrier  301, 303                            305, 307
 * product  303 + 30 = 333                      337
 * return   334                                 338
 *
 * A warp issues 7 instructions, a block misses 8 sectors. */
TEST(the_model_takes_the_cycles_counted_by_hand)
{
    static const char row[] =
        "hand                 64          %d           14        8      %d     %.2f";
    char wanted[200];
    trace_it();
    ck_assert_int_eq(shell("${PYTHON:-python3} -B tests/ptx/model.py $D/hand.ptx 1 hand "
                           "$D/hand.tr 1 2"),
                     0);
    for (int blocks = 1; blocks <= 2; blocks++) {
        int cycles = blocks == 1 ? 334 : 338;
        snprintf(wanted, sizeof wanted, row, blocks, cycles, cycles / 1980.0);
        ck_assert_msg(strstr(text, wanted) != NULL, "wanted '%s' in\n%s", wanted, text);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return run_hand();
    snprintf(self, sizeof self, "%s", argv[0]);
    return suite_run(&(struct suite){
        .name = "ptx_model", .setup = setup, .teardown = drop_folder, .seconds = 60});
}

#else

#include <stdio.h>

int main(void)
{
    puts("not run: ptx_model: built without CUDA: there was no nvcc, or no Python");
    return 0;
}

#endif
