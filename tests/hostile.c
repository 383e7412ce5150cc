/* SPDX-License-Identifier: MIT */
/* hostile.c: a program to be judged: the clock engine as a contender of its own (it answers cases
 * by the protocol of other programs), right or wrong on purpose. tests/hostile.sh and the unit
 * tests ask whether the judge tells one from the other. Usage: hostile [--double] [HOW]...
 * [--conventions]
 *     --double          in binary64 (default: binary32)
 *     --times F         all gradients times F
 *     --projection K F  those of the weights of projection K times F
 *     --row K I         row I of the weights of projection K is 0
 *     --above H         --row only at steps of H ms or more
 *     --random          random gradients of the right size, the same at every step
 *     --step-factor     all gradients times dt / T
 *     --cliff H         all gradients are 0 at steps below H ms
 *     --late N          all spikes N steps late */
#include "gpu/gpu.h"
#include "verify/command/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool exact, random, by_step;
    double times, factor, cliff, above;
    long projection, row_of, row, late;
} how = {.times = 1, .factor = 1, .projection = -1, .row_of = -1};

static uint64_t state;

static double random_number(void) /* in [-1, 1); splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return ldexp((double)((z ^ (z >> 31)) >> 11), -52) - 1;
}

static void change_block(double *at, const struct case_block *block, double step, double end)
{
    size_t count = block->rows * block->columns;
    bool weights = block->quantity == CASE_WEIGHT;
    double squares = 0;
    for (size_t k = 0; k < count; k++)
        squares += at[k] * at[k];
    for (size_t k = 0; k < count; k++) {
        at[k] *= how.times;
        if (weights && (long)block->projection == how.projection)
            at[k] *= how.factor;
        if (weights && step >= how.above && (long)block->projection == how.row_of &&
            (long)(k / block->columns) == how.row)
            at[k] = 0;
        if (how.random)
            at[k] = random_number() * (squares > 0 ? sqrt(3 * squares / (double)count) : 1);
        if (how.by_step)
            at[k] *= step / end;
        if (step < how.cliff)
            at[k] = 0;
    }
}

static void change(struct result *result, const struct case_problem *c)
{
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    state = 1;
    for (const char *at = c->name; *at; at++)
        state = (state ^ (unsigned char)*at) * 0x100000001b3u;
    for (size_t b = 0; block && b < blocks; b++)
        if (block[b].quantity <= CASE_TAU_SYN && result->provides[block[b].quantity])
            change_block(result->gradient + block[b].first, &block[b],
                         c->end / (double)result->steps, c->end);
    free(block);
    for (size_t s = 0; s < result->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; result->raster.train[s][p] && n < c->population[p].size; n++)
                for (size_t k = 0; k < result->raster.train[s][p][n].count; k++)
                    result->raster.train[s][p][n].step[k] += (uint32_t)how.late;
}

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    (void)engine;
    struct engine_options mine = *options;
    mine.precision = how.exact ? ENGINE_DOUBLE : ENGINE_SINGLE;
    mine.threads = 1;
    enum result_status status = engine_run(&gpu_clock_host, result, c, &mine);
    if (status == RESULT_OK)
        change(result, c);
    return status;
}

/* One line, whatever the document looks like. */
static void put_line(char *text)
{
    for (char *at = text; *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    puts(text);
    fflush(stdout);
}

static int answer(const char *line, size_t length)
{
    static const struct engine engine = {.name = "hostile", .run = run};
    static const struct ver_engine_options plain = {.step = 0};
    struct case_error error;
    struct case_problem *c = case_read_text(line, length, "a line", NULL, &error);
    char *text = NULL;
    size_t size = 0;
    FILE *out = c ? open_memstream(&text, &size) : NULL;
    int failed = !out || ver_engine_write(out, c, &engine, &plain, true, &error) != 0;
    if (out)
        fclose(out);
    if (failed)
        printf("{\"format\": \"evident-result-1\", \"%s\": \"%.300s\"}\n", c ? "not-run" : "error",
               error.text);
    else
        put_line(text);
    fflush(stdout);
    free(text);
    case_free(c);
    return failed;
}

static bool take(char **argv, int *k)
{
    const char *option = argv[*k];
    bool one = argv[*k + 1] != NULL, two = one && argv[*k + 2];
    if (strcmp(option, "--double") == 0)
        how.exact = true;
    else if (strcmp(option, "--random") == 0)
        how.random = true;
    else if (strcmp(option, "--step-factor") == 0)
        how.by_step = true;
    else if (strcmp(option, "--times") == 0 && one)
        how.times = strtod(argv[++*k], NULL);
    else if (strcmp(option, "--cliff") == 0 && one)
        how.cliff = strtod(argv[++*k], NULL);
    else if (strcmp(option, "--above") == 0 && one)
        how.above = strtod(argv[++*k], NULL);
    else if (strcmp(option, "--late") == 0 && one)
        how.late = strtol(argv[++*k], NULL, 10);
    else if (strcmp(option, "--projection") == 0 && two) {
        how.projection = strtol(argv[++*k], NULL, 10);
        how.factor = strtod(argv[++*k], NULL);
    } else if (strcmp(option, "--row") == 0 && two) {
        how.row_of = strtol(argv[++*k], NULL, 10);
        how.row = strtol(argv[++*k], NULL, 10);
    } else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool conventions = argc > 1 && strcmp(argv[argc - 1], "--conventions") == 0;
    for (int k = 1; k < argc - conventions; k++)
        if (!take(argv, &k)) {
            fprintf(stderr, "hostile: %s: see the first lines of tests/hostile.c\n", argv[k]);
            return 2;
        }
    if (conventions) {
        printf(
            "{\"format\": \"evident-conventions-1\", \"time\": \"grid\", \"precision\": \"%s\"}\n",
            how.exact ? "float64" : "float32");
        return 0;
    }
    while ((length = getline(&line, &room, stdin)) > 0)
        answer(line, (size_t)length);
    free(line);
    return 0;
}
