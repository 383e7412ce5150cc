/* SPDX-License-Identifier: MIT */
/* t_memory.c: whichever allocation of the reference, the witness or the grid reference fails, they
 * say that memory is short, and nothing is left behind, then or after a run that went well.
 *
 * Linked with --wrap for malloc, calloc, realloc and free (tests.mk): those of this library fail on
 * demand; those of FLINT, GMP and MPFR, which abort when memory is short, are only counted. */
#include "tests/grid_compare.h"
#include "tests/twin_case.h"
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <flint/flint.h>
#include <gmp.h>
#include <limits.h>
#include <stdatomic.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static atomic_long blocks;          /* that live */
static atomic_long left = LONG_MAX; /* allocations until one fails */
static atomic_bool failed;

static bool fails(void)
{
    if (atomic_fetch_sub(&left, 1) != 1)
        return false;
    failed = true;
    return true;
}

static void *born(void *block)
{
    blocks += block != NULL;
    return block;
}

static void *counted_malloc(size_t size)
{
    return born(__real_malloc(size));
}

static void *counted_calloc(size_t count, size_t size)
{
    return born(__real_calloc(count, size));
}

static void *counted_realloc(void *block, size_t size)
{
    void *other = __real_realloc(block, size);
    blocks += block == NULL && other != NULL;
    return other;
}

static void counted_free(void *block)
{
    blocks -= block != NULL;
    __real_free(block);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : counted_realloc(block, size);
}

void __wrap_free(void *block)
{
    counted_free(block);
}

static void *gmp_realloc(void *block, size_t old, size_t size)
{
    (void)old;
    return counted_realloc(block, size);
}

static void gmp_free(void *block, size_t size)
{
    (void)size;
    counted_free(block);
}

/* Before the first number. MPFR asks GMP. */
static void count_numbers(void)
{
    mp_set_memory_functions(counted_malloc, gmp_realloc, gmp_free);
    __flint_set_memory_functions(counted_malloc, counted_calloc, counted_realloc, counted_free);
}

/* Blocks that live once caches are dropped. */
static long alive(void)
{
    flint_cleanup();
    mpfr_free_cache();
    return blocks;
}

enum said { DONE, SHORT, NONSENSE };

/* Asserts nothing, since Check's own memory is counted, too. */
typedef enum said run(const struct case_problem *c);

static long digits;

enum { PROBES = 18 }; /* more than arrays have room for at first */
static size_t probes = PROBES;

static enum said reference(const struct case_problem *c)
{
    struct ref_probe probe[PROBES];
    for (size_t k = 0; k < PROBES; k++)
        probe[k] = (struct ref_probe){.population = c->populations - 1,
                                      .time = c->end * (double)(k + 1) / (PROBES + 1)};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    options.digits = digits;
    options.adjoints = true;
    options.probe = probe;
    options.probes = probes;
    enum ref_status status = ref_run(&result, c, &options);
    enum said said = status == REF_OK ? DONE : NONSENSE;
    if (status == REF_MEMORY && strcmp(result.reason, "memory is short") == 0)
        said = SHORT;
    ref_clear(&result);
    return said;
}

static enum said simulation(const struct case_problem *c)
{
    struct witness_run simulated;
    struct ref_nudge nudge = {.parameter = 0, .coefficient = 1};
    struct witness_direction direction = {.nudge = &nudge, .nudges = 1};
    mpfr_t h;
    mpfr_init_set_d(h, 0x1p-40, MPFR_RNDN);
    enum witness_status status = witness_simulate(&simulated, c, &direction, h, 128);
    witness_run_clear(&simulated);
    mpfr_clear(h);
    return status == WITNESS_OK ? DONE : status == WITNESS_MEMORY ? SHORT : NONSENSE;
}

static enum said difference(const struct case_problem *c)
{
    struct ref_nudge nudge[] = {{.parameter = 0, .coefficient = 1},
                                    {.parameter = 1, .coefficient = -0.5}};
    struct witness_direction direction = {.nudge = nudge, .nudges = 2};
    struct witness_request request = {20, 0.05, 192, 384, NULL};
    struct witness_difference got;
    enum witness_status status =
        witness_differentiate(&got, c, &direction, WITNESS_CENTRAL, &request);
    witness_difference_clear(&got);
    return status == WITNESS_OK ? DONE : status == WITNESS_MEMORY ? SHORT : NONSENSE;
}

static struct scheme along; /* has run */

static enum said grid(const struct case_problem *c)
{
    struct ref_grid_options options = {
        .step = along.c->step, .delays = CASE_ROUND_DELAYS, .unit = 53, .gradients = true};
    struct ref_grid_result result;
    enum ref_status status = ref_grid_run(&result, c, &along.raster, &options);
    enum said said = DONE;
    if (status == REF_CAPACITY)
        said = strstr(result.reason, "memory") ? SHORT : NONSENSE;
    ref_grid_clear(&result);
    return said;
}

static run *const runs[] = {reference, simulation, difference, grid};
static const char *const names[] = {"reference", "simulation", "difference", "grid"};
static const char *const cases[] = {"random-batch:1:1",         "random-delays:1:2",
                                    "random-heterogeneous:1:3", "random-recurrent:1:4",
                                    "random-deep:1:0",          "random-feedforward:1:8",
                                    "random-feedforward:1:9",   "degenerate-end:1:10"};
enum { RUNS = sizeof runs / sizeof *runs, CASES = sizeof cases / sizeof *cases };

/* Blocks that a run with the allocation of that number failing leaves behind. */
static long left_behind(enum said *said, run *what, const struct case_problem *c, long number)
{
    long const before = alive();
    failed = false;
    left = number;
    *said = what(c);
    left = LONG_MAX;
    return alive() - before;
}

static void check_run(run *what, const struct case_problem *c, const char *where)
{
    enum said said;
    digits = 60;                           /* so many that numbers own memory */
    left_behind(&said, what, c, LONG_MAX); /* fills what is kept for good */
    long more = left_behind(&said, what, c, LONG_MAX);
    ck_assert_msg(said == DONE, "%s", where);
    ck_assert_msg(more == 0, "%s: %ld blocks left behind", where, more);
    long number = 0;
    digits = 3; /* quick */
    left_behind(&said, what, c, LONG_MAX);
    do {
        more = left_behind(&said, what, c, ++number);
        ck_assert_msg(said == (failed ? SHORT : DONE), "%s: allocation %ld", where, number);
        ck_assert_msg(more == 0, "%s: %ld blocks left behind as allocation %ld failed", where, more,
                      number);
    } while (failed);
    ck_assert_int_gt(number, 10);
}

TEST_EACH(memory_that_is_short_is_said_and_none_is_lost, 0, RUNS *CASES)
{
    const char *address = cases[_i / RUNS];
    char where[80];
    struct case_made made;
    struct case_error error;
    snprintf(where, sizeof where, "%s of %s", names[_i % RUNS], address);
    count_numbers();
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    along = (struct scheme){.c = made.problem};
    scheme_run(&along, made.problem->step);
    check_run(runs[_i % RUNS], made.problem, where);
    scheme_clear(&along);
    case_made_clear(&made);
}

/* Weights of zero that arrive on a spike wait for it in a list. */
TEST(memory_for_weights_of_zero)
{
    char text[2048];
    struct case_error error;
    count_numbers();
    snprintf(text, sizeof text, TWINS, "5", "0");
    struct case_problem *c = case_read_text(text, strlen(text), "twins", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    check_run(reference, c, "twins");
    case_free(c);
}

/* Steps of target voltages come after the probes: each of them once where an array is full. */
TEST(memory_for_steps)
{
    struct case_made made;
    struct case_error error;
    count_numbers();
    ck_assert_msg(case_make(&made, "random-feedforward:1:8", &error) == 0, "%s", error.text);
    for (probes = 0; probes < PROBES; probes++)
        check_run(reference, made.problem, "random-feedforward:1:8");
    case_made_clear(&made);
}

/* Whatever a judge has no memory for: its case is an error, and never passes, fails or is left out.
 * Every allocation at first, then ever fewer of them. */
TEST(a_judge_short_of_memory_says_error)
{
    struct ver_options options = VER_OPTIONS_DEFAULT;
    struct ver_judgement judgement;
    struct case_made made;
    struct case_error error;
    long number = 0;
    options.directions = 1;
    count_numbers();
    ck_assert_msg(case_make(&made, "closed-chain:1:0", &error) == 0, "%s", error.text);
    do {
        number += 1 + number / 16;
        long const before = alive();
        failed = false;
        left = number;
        ver_judge(&judgement, "name", "closed-chain", &made, &options);
        left = LONG_MAX;
        enum ver_verdict const verdict = judgement.verdict;
        bool const said = strstr(judgement.reason, "memory is short") != NULL;
        ver_judgement_clear(&judgement);
        long const more = alive() - before;
        ck_assert_msg(verdict == (failed ? VER_ERROR : VER_PASS), "allocation %ld: %s", number,
                      ver_verdict_name(verdict));
        ck_assert_msg(said == failed, "allocation %ld", number);
        ck_assert_msg(more == 0, "%ld blocks left behind as allocation %ld failed", more, number);
    } while (failed);
    ck_assert_int_gt(number, 500);
    case_made_clear(&made);
}

SUITE("memory", .seconds = 120)
