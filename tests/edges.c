/* SPDX-License-Identifier: MIT */
/* edges.c: host driver against kernels, to the last bit, on sizes at the edges of warps, blocks,
 * clusters, chunks and batches; a program for machines with a GPU (tests/gpu.sh), and for the
 * emulation.
 *
 *     edges DRIVER [few]      DRIVER: cuda or emulated; few: for the instruments of a sanitizer
 *
 * A line a case that differs, then the totals. Exit 0: no bit differs, 1: some do, 2: could not
 * run. */
#include "tests/edge_case.h"

struct totals {
    unsigned same, differ;
    const struct engine *engine;
    bool few;
};

static const unsigned shapes[][2] = {{0, 0},  {32, 1}, {256, 1}, {1024, 1},
                                     {64, 2}, {96, 3}, {128, 8}}; /* block, cluster */

static void compare(struct totals *t, const struct edge *e, const unsigned shape[2],
                    unsigned variant)
{
    struct case_problem *c = edge_case(e);
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    struct result host, other;
    options.variant = variant;
    options.trace = e->samples * e->steps * (e->hidden + e->outputs) < (size_t)1 << 22;
    engine_run(&gpu_clock_host, &host, c, &options);
    options.block = shape[0];
    options.cluster = shape[1];
    options.poison = !t->few; /* initcheck must see what was never written */
    engine_run(t->engine, &other, c, &options);
    const char *what = edge_difference(&host, &other);
    if (what) {
        printf("%zu-%zu-%zu, %zu samples, %zu steps, loss %d, delays %d, block %u, cluster %u, "
               "variant %#x: %s differs%s%s\n",
               e->inputs, e->hidden, e->outputs, e->samples, e->steps, (int)e->kind, (int)e->delays,
               shape[0], shape[1], variant, what, *other.reason ? ": " : "", other.reason);
        fflush(stdout);
    }
    *(what ? &t->differ : &t->same) += 1;
    result_clear(&host);
    result_clear(&other);
    case_free(c);
}

/* Every loss, every kind of delay, every variant, every shape, at one size. */
static void compare_kinds(struct totals *t, size_t hidden)
{
    for (int kind = 0; kind <= CASE_VOLTAGE_SQUARED_ERROR; kind++)
        for (int delays = EDGE_NONE; delays <= EDGE_MATRIX; delays++) {
            struct edge e = {
                20, hidden, 5, 3, 150, (enum case_loss_kind)kind, (enum edge_delays)delays};
            size_t turn = (size_t)(3 * kind + delays);
            for (size_t s = 0; s < (t->few ? 1 : sizeof shapes / sizeof *shapes); s++)
                compare(t, &e, shapes[(s + turn) % (sizeof shapes / sizeof *shapes)], 0);
            compare(t, &e, shapes[0], t->few && turn % 2 ? SCHEME_COMPAT : 1u << turn % 12);
        }
}

static void compare_sizes(struct totals *t)
{
    static const size_t sizes[] = {1, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025, 3000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct edge hidden = {70,         sizes[k], 20, 2, 130, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY,
                              EDGE_SCALAR};
        struct edge samples = {10,       20, 3, sizes[k], 70, CASE_INSTANTANEOUS_CROSS_ENTROPY,
                               EDGE_NONE};
        struct edge steps = {10, 40, 3, 2, sizes[k], CASE_FIRST_SPIKE_CROSS_ENTROPY, EDGE_MATRIX};
        if (t->few && sizes[k] > 1025)
            continue;
        for (size_t s = 0; s < (t->few ? 1 : sizeof shapes / sizeof *shapes); s++)
            compare(t, &hidden, shapes[(s + k) % (sizeof shapes / sizeof *shapes)], 0);
        compare(t, &samples, shapes[k % 2], 0);
        compare(t, &steps, shapes[k % 5], 0);
    }
    const struct edge inputs = {7700, 256, 64, 4, 100, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    const struct edge classes = {100, 256, 65, 4, 100, CASE_FIRST_SPIKE_MARGIN, EDGE_SCALAR};
    compare(t, &inputs, shapes[0], 0);
    compare(t, &classes, shapes[0], 0);
}

int main(int argc, char **argv)
{
    struct totals t = {0, 0, &gpu_clock_cuda, false};
    char text[256];
    t.few = argc == 3 && strcmp(argv[2], "few") == 0;
    if ((argc != 2 && !t.few) ||
        (strcmp(argv[1], "cuda") != 0 && strcmp(argv[1], "emulated") != 0)) {
        fprintf(stderr, "usage: edges cuda|emulated [few]\n");
        return 2;
    }
    if (strcmp(argv[1], "emulated") == 0) {
        t.engine = &gpu_clock_emulated;
    } else {
        enum result_status status = gpu_device(text, sizeof text);
        if (status != RESULT_OK) {
            fprintf(stderr, "edges: %s\n", text);
            return status == RESULT_ABSENT ? 2 : 1;
        }
    }
    compare_sizes(&t);
    compare_kinds(&t, 33);
    if (!t.few)
        compare_kinds(&t, 300);
    printf("%s: %u runs with the bits of clock-host, %u with others\n", t.engine->name, t.same,
           t.differ);
    return t.differ != 0;
}
