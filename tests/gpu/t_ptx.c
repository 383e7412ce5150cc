/* SPDX-License-Identifier: MIT */
/* t_ptx.c: the CUDA driver without a GPU gives the host driver's bits: cuda.cu itself, the PTX
 * that nvcc makes of its kernels, and a stand-in of the runtime (tests/ptx/standin.h) whose streams
 * run in every order that the events allow. Run where the program was built with nvcc.
 *
 * PTX_ALL=1: three cases a family in every order, not one (make ptx). EVIDENT: the program, beside
 * whose folder ptx/ has one that is linked with the stand-in. */
#ifdef EVIDENT_PTX

#include "tests/ptx/stays.h"

#include "tests/emulated_case.h"
#include "tests/program_case.h"
#include "tests/ptx/standin.h"
#include "tests/quiet_case.h"
#include "tests/run_suite.h"

static const char *const order_name[] = {"issue", "first", "last", "random"};

static void begin(void)
{
    setup();
    standin.order = STANDIN_RANDOM;
}

static void end(void)
{
    drop_folder();
    mpfr_free_cache();
}

/* NULL, or what differs between the host driver and the device's. */
static const char *difference(const struct case_problem *c, const struct engine_options *options)
{
    struct result host, other;
    engine_run(&gpu_clock_host, &host, c, options);
    engine_run(&gpu_clock_cuda, &other, c, options);
    const char *what = edge_difference(&host, &other);
    if (what && other.status != RESULT_OK)
        printf("    stand-in: %s\n", other.reason);
    result_clear(&host);
    result_clear(&other);
    return what;
}

static void ck_same(const struct edge *e, unsigned block, unsigned cluster)
{
    struct engine_options options = traced;
    struct case_problem *c = edge_case(e);
    options.block = block;
    options.cluster = cluster;
    options.poison = false; /* what was never written is seen */
    const char *what = difference(c, &options);
    ck_assert_msg(!what, "%zu-%zu-%zu, %zu samples, %zu steps, block %u, cluster %u: %s differs",
                  e->inputs, e->hidden, e->outputs, e->samples, e->steps, block, cluster, what);
    case_free(c);
}

/* ---- families ---- */

static const unsigned shapes[][2] = {{32, 1}, {64, 1}, {32, 2}, {64, 3}};

static void ck_same_case(const struct case_family *family, uint64_t k)
{
    struct engine_options options = traced;
    struct case_made made;
    ck_assert(family->make(&made, 3, family->limit ? k % family->limit : k) == 0);
    options.delays = CASE_ROUND_DELAYS;
    options.step = made.problem->end / (double)(70 + 37 * k % 130); /* several chunks */
    options.block = shapes[k % 4][0];
    options.cluster = shapes[k % 4][1];
    options.poison = k % 2 == 0;
    const char *what = difference(made.problem, &options);
    ck_assert_msg(!what, "%s:3:%d, streams in order '%s': %s differs", family->name, (int)k,
                  order_name[standin.order], what);
    case_made_clear(&made);
}

/* One case a family, a quarter of the families in each order a time; with time, three in all. */
TEST_EACH(all_families_give_the_bits_of_the_host, 0, 4)
{
    size_t ran = 0;
    bool all = getenv("PTX_ALL") != NULL;
    for (const struct case_family *family = case_families; family->name; family++) {
        uint64_t turn = (uint64_t)(family - case_families);
        bool large = strcmp(family->name, "real-digits") == 0;
        for (uint64_t k = 0; k < 3 && !large; k++)
            for (int order = 0; order < STANDIN_ORDERS; order++)
                if (all ? turn % 4 == (uint64_t)_i
                        : k == 0 && (turn + (uint64_t)order) % 4 == (uint64_t)_i) {
                    standin.order = (enum standin_order)order;
                    ck_same_case(family, turn + k);
                    ran++;
                }
    }
    ck_assert(ran > 5);
}

/* ---- orders ---- */

/* Several chunks, so that both halves of the history are used again. */
TEST_EACH(no_order_of_the_streams_changes_a_bit, 0, STANDIN_ORDERS)
{
    const struct edge e = {20, 40, 3, 2, 300, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_MATRIX};
    standin.order = (enum standin_order)_i;
    ck_same(&e, 64, 1);
    /* The gathering, the younger stream, waits for the adjoint of the same chunk, which is issued
     * right before it: it never finds an older operation that could have run. */
    ck_assert_msg((standin.overtakes > 0) == (_i == STANDIN_FIRST || _i == STANDIN_RANDOM),
                  "%lu overtakes", standin.overtakes);
}

/* ---- sizes ---- */

TEST_EACH(sizes_at_the_edges_of_warps_blocks_and_chunks, 0, 5)
{
    static const size_t sizes[] = {1, 32, 33, 65, 257};
    const struct edge hidden = {7,          sizes[_i], 2, 2, 70, CASE_MAX_VOLTAGE_CROSS_ENTROPY,
                                EDGE_SCALAR};
    const struct edge samples = {4, 5, 2, sizes[_i], 70, CASE_VOLTAGE_SQUARED_ERROR, EDGE_NONE};
    const struct edge steps = {20,         33, 3, 2, sizes[_i], CASE_FIRST_SPIKE_SQUARED_ERROR,
                               EDGE_MATRIX};
    ck_same(&hidden, 96, 3);
    if (sizes[_i] < 64)
        ck_same(&samples, 32, 1);
    ck_same(&steps, 64, 2);
}

TEST(the_largest_block_and_the_largest_cluster)
{
    const struct edge block = {7, 1025, 2, 1, 4, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_NONE};
    const struct edge cluster = {7, 300, 2, 1, 40, CASE_INSTANTANEOUS_CROSS_ENTROPY, EDGE_SCALAR};
    ck_same(&block, 1024, 1);
    ck_same(&cluster, 32, 8);
}

/* The sample behind 2^32 numbers of the trace, alone: the others are not run, and all that they
 * would have left is 0. */
TEST(places_beyond_32_bits)
{
    const char *what = emulated_far(&gpu_clock_cuda, &standin.only, NULL);
    ck_assert_msg(!what, "%s", what);
}

/* ---- silence ---- */

TEST_EACH(silence_ends_at_the_same_0, 0, QUIET_LOSSES)
{
    struct engine_options options = traced;
    struct case_problem *c = quiet_case(_i);
    options.block = 64;
    const char *what = difference(c, &options);
    ck_assert_msg(!what, "loss %d: %s differs", _i, what);
    case_free(c);
}

/* ---- memory ---- */

TEST(what_does_not_fit_into_shared_memory_lies_elsewhere)
{
    standin.shared = 16;
    for (unsigned cluster = 1; cluster <= 3;
         cluster++) { /* and other delays, other bytes a block */
        const struct edge e = {
            20, 100, 3, 3, 70, CASE_MAX_VOLTAGE_CROSS_ENTROPY, (enum edge_delays)(cluster - 1)};
        ck_same(&e, 64, cluster);
    }
    /* More threads than the kernels of such blocks are compiled for: they take fewer. */
    const struct edge wide = {7, 1025, 2, 1, 4, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_NONE};
    ck_same(&wide, 1024, 1);
}

/* A second run begins with the room that the first one needed: it goes forward once. */
TEST(the_next_run_has_room_for_all_spikes)
{
    const struct edge e = {7, 32, 2, 1, 200, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_NONE};
    struct engine_options options = traced;
    struct case_problem *c = edge_case(&e);
    unsigned long launches[2];
    for (size_t k = 0; k < e.hidden * e.hidden; k++)
        c->projection[1].weight[k] = 1; /* every spike sets off many */
    options.block = 32;
    for (int k = 0; k < 2; k++) {
        launches[k] = standin.launches;
        const char *what = difference(c, &options);
        ck_assert_msg(!what, "%s differs", what);
        launches[k] = standin.launches - launches[k];
    }
    /* kernel_forward and kernel_loss, as often as lists were full. */
    ck_assert_msg(launches[0] >= launches[1] + 2, "%lu, then %lu launches", launches[0],
                  launches[1]);
    case_free(c);
}

/* ---- devices ---- */

/* Code for sm_80 knows no clusters, whatever the device can do. */
TEST_EACH(code_of_an_earlier_architecture_gets_no_clusters, 0, 3)
{
    const struct edge e = {20, 100, 3, 2, 100, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_SCALAR};
    standin.code = _i == 2 ? 90 : 80;
    standin.major = _i == 0 ? 8 : 9;
    ck_same(&e, 64, 3);
}

static enum result_status status_of(char reason[RESULT_REASON])
{
    const struct edge e = {2, 3, 2, 1, 10, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    const struct engine_options options = {.gradients = true};
    struct case_problem *c = edge_case(&e);
    struct result r;
    enum result_status status = engine_run(&gpu_clock_cuda, &r, c, &options);
    strcpy(reason, r.reason);
    result_clear(&r);
    case_free(c);
    return status;
}

TEST_EACH(only_two_errors_say_that_there_is_no_device, 0, 4)
{
    static const cudaError_t error[] = {cudaErrorNoDevice, cudaErrorInsufficientDriver,
                                        cudaErrorInitializationError, cudaErrorSystemNotReady};
    char reason[RESULT_REASON], line[RESULT_REASON];
    enum result_status wanted = _i < 2 ? RESULT_ABSENT : RESULT_FAULT;
    ck_assert_int_eq(gpu_device(line, sizeof line), RESULT_OK);
    standin.device = error[_i];
    ck_assert_int_eq(gpu_device(line, sizeof line), wanted);
    ck_assert_int_eq(status_of(reason), wanted);
    ck_assert_str_eq(reason, line);
    ck_assert_ptr_nonnull(strstr(line, _i < 2 ? "no NVIDIA device" : "does not work"));
}

TEST(after_an_error_of_a_kernel_the_device_is_lost_to_the_process)
{
    char reason[RESULT_REASON], again[RESULT_REASON];
    ck_assert_int_eq(status_of(reason), RESULT_OK);
    ck_assert(!gpu_lost());
    standin.bad = standin.launches + 3;
    ck_assert_int_eq(status_of(reason), RESULT_FAULT);
    ck_assert_ptr_nonnull(strstr(reason, "illegal memory access"));
    ck_assert(gpu_lost());
    standin.bad = 0;
    ck_assert_int_eq(status_of(again), RESULT_FAULT);
    ck_assert_str_eq(reason, again);
}

/* The second of three cases loses the device with its last launch; the third is judged in another
 * process. A process alone would lose all that follow. */
#define THREE "closed-output:1:1 closed-output:1:2 closed-output:1:3 "
#define JUDGED "--engine clock-host --engine clock-cuda --round-delays --no-witness --every 100000 "

TEST(the_next_case_has_a_device_again)
{
    static const char verify[] = "P=$(dirname $E)/ptx/evident; [ -x $P ] || exit 99; "
                                 "$P verify " THREE JUDGED "--jobs 1";
    char command[600];
    ck_assert_int_eq(shell(verify), 0);
    says("cases: 3, 3 pass");
    snprintf(command, sizeof command, "export STANDIN_BAD=20; %s", verify);
    ck_assert_int_eq(shell(command), 1);
    says("ERROR closed-output:1:2: ");
    says("an illegal memory access was encountered");
    says("cases: 3, 2 pass, 1 error");
}

TEST(a_limit_of_memory_and_a_device_exclude_each_other)
{
    ck_assert_int_eq(shell("$(dirname $E)/ptx/evident verify " THREE JUDGED "--memory-limit 4000"),
                     2);
    says("--memory-limit: clock-cuda reserves address space beyond any limit");
    ck_assert_int_eq(shell("$(dirname $E)/ptx/evident verify " THREE "--engine clock-host "
                           "--engine-if-present clock-cuda --round-delays --no-witness "
                           "--every 100000 --memory-limit 4000"),
                     0);
    says("left out: clock-cuda reserves address space beyond any --memory-limit");
    says("3 pass");
}

/* ---- the translator ---- */

TEST(the_translator_stops_where_it_must)
{
    static const struct {
        const char *instruction, *says;
    } refused[] = {{"fma.rn.f32 %f1, %f1, %f1, %f1;", "fused"},
                   {"mad.rn.f64 %fd1, %fd1, %fd1, %fd1;", "fused"},
                   {"add.f32 %f1, %f1, %f1;", "not said to be rounded to nearest"},
                   {"mul.rz.f64 %fd1, %fd1, %fd1;", "not said to be rounded to nearest"},
                   {"sub.rn.ftz.f32 %f1, %f1, %f1;", "not exact: ftz"},
                   {"div.full.f32 %f1, %f1, %f1;", "not exact: full"},
                   {"ex2.approx.f32 %f1, %f1;", "not exact: approx"},
                   {"atom.global.add.u32 %r1, [%rd1], %r1;", "not known"},
                   {"barrier.cluster.arrive; mov.u32 %r1, 0; barrier.cluster.wait;", "its wait"},
                   {"mov.u32 %r1, %smid;", "operand %smid"},
                   {"add.rn.f32 %f1, %f1, %f1;", NULL}};
    enum { COUNT = sizeof refused / sizeof *refused };
    char content[600], name[40];
    for (size_t k = 0; k < COUNT; k++) {
        snprintf(content, sizeof content,
                 ".version 9.0\n.target sm_90\n.address_size 64\n.visible .entry kernel(\n"
                 "\t.param .u64 kernel_param_0\n)\n{\n\t.reg .f32 %%f<2>;\n\t.reg .f64 %%fd<2>;\n"
                 "\t.reg .b32 %%r<2>;\n\t.reg .b64 %%rd<2>;\n\t%s\n\tret;\n}\n",
                 refused[k].instruction);
        snprintf(name, sizeof name, "%zu.ptx", k);
        put_file(name, content);
    }
    ck_assert_int_eq(
        shell("${PYTHON:-python3} -B -c 'import sys; sys.path.insert(0, \"tests/ptx\")\n"
              "import translate\n"
              "for path in sys.argv[1:]:\n"
              "    print(path, translate.main([\"one\", path]), flush=True)' $D/*.ptx"),
        0);
    for (size_t k = 0; k < COUNT; k++) {
        snprintf(name, sizeof name, "/%zu.ptx %d\n", k, refused[k].says ? 1 : 0);
        says(name);
        snprintf(name, sizeof name, "/%zu.ptx: ", k);
        const char *line = strstr(text, name);
        ck_assert_msg((line != NULL) == (refused[k].says != NULL), "%s: %s", refused[k].instruction,
                      text);
        ck_assert_msg(!line || strstr(line, refused[k].says), "%s: %s", refused[k].instruction,
                      line);
    }
    says("ptx_kernels_one");
    ck_assert_int_eq(shell("${PYTHON:-python3} tests/ptx/translate.py --lint $D/*.ptx"), 1);
    for (size_t k = 0; k < COUNT; k++) {
        snprintf(name, sizeof name, "/%zu.ptx:12: ", k);
        const char *line = strstr(text, name);
        ck_assert_msg((line != NULL) == (k < 7), "lint of %s: %s", refused[k].instruction, text);
        ck_assert(!line || strstr(line, refused[k].says));
    }
}

SUITE("ptx", .setup = begin, .teardown = end, .seconds = 600)

#else

#include <stdio.h>

int main(void)
{
    puts("not run: ptx: built without CUDA: there was no nvcc, or no Python");
    return 0;
}

#endif
