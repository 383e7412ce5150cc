/* SPDX-License-Identifier: MIT */
/* roofline.c: what bounds every kernel on an H200, from the work of one step: a program of its own
 * (make kernels). Nothing here is measured.
 *
 * The work is that of SHD: 700-256-20 recurrent, batch 32, 1,000 steps, 8,000 input and 6,800
 * hidden spikes a trial; sizes are those of the plan that the driver would run. What a block waits
 * for on its way through a step is not here: tests/ptx/model.py. */
#include "gpu/device/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Published for the H200. */
static const struct {
    double hbm, l2, flops, processors,
        clock;           /* bytes, bytes, float32 operations (fma: 2) a second */
    double l2_processor; /* bytes a cycle into one multiprocessor */
} h200 = {4.8e+12, 5.5e+12, 67e+12, 132, 1.98e+9, 64};

enum { BATCH = 32 };
static const double input_spikes = 8, hidden_spikes = 6.8; /* a step and trial */

struct bound {
    const char *kernel;
    size_t shared, threads;
    double l2, hbm, operations; /* bytes, bytes, additions and products a step of the batch */
    double processors;          /* that have work */
};

/* ---- the plan of a driver that only looks ---- */

static int take(struct device_driver *driver, unsigned char **base, size_t bytes, int poison)
{
    (void)driver;
    (void)poison;
    *base = malloc(bytes);
    return *base ? 0 : -1;
}

static void give(struct device_driver *driver, unsigned char *base)
{
    (void)driver;
    free(base);
}

static int copy(struct device_driver *driver, void *to, const void *from, size_t bytes)
{
    (void)driver;
    memcpy(to, from, bytes);
    return 0;
}

static int clear(struct device_driver *driver, void *at, size_t bytes)
{
    (void)driver;
    memset(at, 0, bytes);
    return 0;
}

static int stop(struct device_driver *driver, const struct device *d)
{
    *(struct device *)driver->context = *d;
    return -1;
}

static int look_at(struct device *d)
{
    struct device_driver driver = {.context = d,
                                   .shared = 227 << 10,
                                   .clusters = DEVICE_MOST_BLOCKS,
                                   .take = take,
                                   .give = give,
                                   .put = copy,
                                   .get = copy,
                                   .clear = clear,
                                   .forward = stop};
    struct engine_options options = {.gradients = true, .delays = CASE_ROUND_DELAYS};
    struct result result;
    struct case_made made;
    struct case_error error;
    memset(&result, 0, sizeof result);
    if (case_make(&made, "real-digits:1:0", &error) != 0)
        return -1;
    options.step = made.problem->end / 1000;
    device_run(&result, made.problem, &options, &driver);
    case_made_clear(&made);
    return d->steps == 1000 ? 0 : -1;
}

/* ---- bounds ---- */

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void print(const struct bound *b)
{
    double share = b->processors * h200.l2_processor * h200.clock;
    double l2 = b->l2 / least(h200.l2, share), hbm = b->hbm / h200.hbm;
    double flops = b->operations / (h200.flops / 2 * b->processors / h200.processors);
    printf("%-15s %7zu %7zu %9.1f %9.1f %9.1f %5.0f %7.3f %7.3f %7.3f\n", b->kernel, b->threads,
           b->shared, b->l2 / 1024, b->hbm / 1024, b->operations / 1000, b->processors, 1e6 * l2,
           1e6 * hbm, 1e6 * flops);
}

int main(void)
{
    struct device d;
    if (look_at(&d) != 0) {
        fprintf(stderr, "roofline: the plan of real-digits:1:0 could not be made\n");
        return 2;
    }
    double hidden = d.loss.first, outputs = d.loss.width, cells = d.cells;
    double arrive = input_spikes * hidden + hidden_spikes * (hidden + outputs);
    double reverse = hidden_spikes * (hidden + outputs);
    double lists = 4 * input_spikes + 8;
    struct bound forward = {
        .kernel = "kernel_forward",
        .shared = d.forward_bytes,
        .threads = d.threads,
        .l2 = BATCH * (4 * arrive + lists),
        .hbm = BATCH * lists,
        .operations = BATCH * (arrive + 5 * cells),
        .processors = BATCH,
    };
    struct bound adjoint = {
        .kernel = "kernel_adjoint",
        .shared = d.adjoint_bytes,
        .threads = d.adjoint_threads,
        .l2 = BATCH * (4 * reverse + 4 * cells + 28 * hidden_spikes),
        .hbm = 0,
        .operations = BATCH * (2 * reverse + 4 * cells),
        .processors = BATCH,
    };
    struct bound gather = {
        .kernel = "kernel_gather",
        .shared = DEVICE_SMALL_BLOCK / LANES * DEVICE_WINDOW * sizeof(uint32_t),
        .threads = DEVICE_SMALL_BLOCK,
        .l2 = BATCH * 4 * arrive + 8.0 * (double)d.synapses / CHUNK,
        .hbm = BATCH * 4 * input_spikes,
        .operations = BATCH * arrive,
        .processors = h200.processors,
    };
    printf(
        "Bounds of a step on an H200, not measured: SHD 700-256-20, batch %d, %u steps, %.1f input "
        "and %.1f\nhidden spikes a step and trial. %.1f TB/s memory, %.1f TB/s second-level cache "
        "and %.0f bytes a cycle into\na multiprocessor, %.1f Tflop/s without fma, %.0f "
        "multiprocessors at %.2f GHz.\n\n",
        BATCH, d.steps, input_spikes, hidden_spikes, h200.hbm / 1e12, h200.l2 / 1e12,
        h200.l2_processor, h200.flops / 2e12, h200.processors, h200.clock / 1e9);
    printf("%-15s %7s %7s %9s %9s %9s %5s %7s %7s %7s\n", "", "", "shared", "L2", "memory", "flop",
           "SMs", "L2", "memory", "flop");
    printf("%-15s %7s %7s %9s %9s %9s %5s %7s %7s %7s\n", "kernel", "threads", "bytes", "KiB/step",
           "KiB/step", "k/step", "busy", "us", "us", "us");
    print(&forward);
    print(&adjoint);
    print(&gather);
    return 0;
}
