/* SPDX-License-Identifier: MIT */
/* t_reported.c: cases made after problems that users of simulators reported, each with its right
 * value or its clear refusal (tests/reported/expected.tsv says where the values come from). */
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 30, PRECISION = 256, ROWS = 222 };

static struct case_problem *problem;
static struct ref_result result;
static char name_now[64];

static void forget(void)
{
    if (problem)
        ref_clear(&result);
    case_free(problem);
    problem = NULL;
    name_now[0] = '\0';
}

static void use(const char *name)
{
    char path[128];
    struct case_error error = {""};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    if (strcmp(name, name_now) == 0)
        return;
    forget();
    snprintf(name_now, sizeof name_now, "%s", name);
    snprintf(path, sizeof path, "tests/reported/%s.json", name);
    problem = case_read(path, &error);
    ck_assert_msg(problem != NULL, "%s", error.text);
    options.digits = DIGITS;
    ck_assert_msg(ref_run(&result, problem, &options) == REF_OK, "%s: %s", name, result.reason);
}

/* "spikes[0].n[1]..." or "count[0].n[1]": the train */
static const struct ref_train *train_of(const char *what)
{
    size_t sample, neuron;
    char population[32];
    if (sscanf(what, "%*[a-z][%zu].%31[^[][%zu]", &sample, population, &neuron) != 3)
        return NULL;
    for (size_t p = 0; p < problem->populations; p++)
        if (strcmp(problem->population[p].name, population) == 0 && neuron < result.size[p])
            return &result.sample[sample].spikes[p][neuron];
    return NULL;
}

static size_t parameter_of(const char *what)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, problem), k = 0;
    char name[128] = "";
    for (; k < parameters; k++) {
        case_parameter_name(name, sizeof name, problem, block, blocks, k);
        if (strcmp(name, what) == 0)
            break;
    }
    free(block);
    ck_assert_msg(k < parameters, "%s: there is no %s", name_now, what);
    return k;
}

static arb_srcptr number_of(const char *what)
{
    if (strcmp(what, "loss") == 0)
        return result.loss;
    if (strncmp(what, "spikes[", 7) != 0)
        return result.gradient + parameter_of(what);
    const struct ref_train *train = train_of(what);
    size_t const k = strtoul(strrchr(what, '[') + 1, NULL, 10);
    ck_assert_msg(train && k < train->count, "%s: there is no %s", name_now, what);
    return train->at + k;
}

/* The enclosure lies within the value's own error; of a 0, below 10^-DIGITS. */
static void expect(const char *what, const char *value, const char *error)
{
    arb_srcptr got = number_of(what);
    arb_t wanted, radius;
    arb_init(wanted);
    arb_init(radius);
    ck_assert(arb_set_str(wanted, value, PRECISION) == 0);
    ck_assert(arb_set_str(radius, strcmp(value, "0") ? error : "1e-30", PRECISION) == 0);
    if (strcmp(value, "0") != 0)
        arb_mul(radius, radius, wanted, PRECISION);
    mag_t size;
    mag_init(size);
    arb_get_mag(size, radius);
    mag_add(arb_radref(wanted), arb_radref(wanted), size);
    if (!arb_contains(wanted, got)) {
        char *digits = arb_get_str(got, DIGITS, 0);
        ck_abort_msg("%s: %s is %s, wanted %s", name_now, what, digits, value);
    }
    mag_clear(size);
    arb_clear(wanted);
    arb_clear(radius);
}

TEST(reported_cases_have_their_values)
{
    char line[512], name[64], what[64], value[64], error[16];
    size_t rows = 0;
    FILE *file = fopen("tests/reported/expected.tsv", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        ck_assert_msg(sscanf(line, "%63s %63s %63s %15s", name, what, value, error) == 4, "%s",
                      line);
        use(name);
        rows++;
        if (strncmp(what, "count[", 6) == 0) {
            const struct ref_train *train = train_of(what);
            ck_assert_msg(train && train->count == strtoul(value, NULL, 10), "%s: %s", name, what);
        } else if (strcmp(value, "none") == 0) {
            size_t const k = parameter_of(what);
            ck_assert_msg(ref_none_of(&result, k) && !arb_is_finite(result.gradient + k),
                          "%s: %s has a derivative", name, what);
        } else {
            expect(what, value, error);
        }
    }
    fclose(file);
    forget();
    ck_assert_uint_ge(rows, ROWS);
}

static void refused(const char *path, const char *wanted)
{
    struct case_error error = {""};
    struct case_problem *c = case_read(path, &error);
    ck_assert_msg(c == NULL && strstr(error.text, wanted), "%s", error.text);
    case_free(c);
}

TEST(what_is_no_case_is_refused_with_its_place)
{
    refused("tests/reported/spike-beyond-end.json",
            "$.samples[0].spikes.in[0][2]: found 60.25, wanted a time in [0, 60)");
}

/* Two spikes of one source at one time are two sources with one each: the sum of both weights'
 * derivatives is that of one source whose two spikes come closer and closer, or at once. */
TEST(two_sources_stand_for_two_spikes_at_once)
{
    use("two-spikes-at-once-equivalent");
    arb_t sum;
    arb_init(sum);
    arb_add(sum, result.gradient, result.gradient + 2, PRECISION);
    struct case_problem *c = case_copy(problem);
    struct case_train *both = &c->sample[0].spikes[0][0];
    ck_assert_uint_eq(both->count, 3);
    both->at[2] =
        both->at[1] + 0x1p-40; /* instead of the spike at 30, which comes after the first */
    c->sample[0].spikes[0][2].count = 0;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result close;
    ck_assert_int_eq(ref_run(&close, c, &options), REF_OK);
    arb_sub(sum, sum, close.gradient, PRECISION);
    mag_t size;
    mag_init(size);
    arb_get_mag(size, sum); /* 2^-40 ms times second derivatives of about 1 */
    ck_assert(mag_cmp_2exp_si(size, -36) < 0);
    mag_clear(size);
    ref_clear(&close);
    case_free(c);
    arb_clear(sum);
    forget();
}

SUITE("reported", .cleanup = flint_cleanup)
