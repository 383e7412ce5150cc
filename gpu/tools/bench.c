/* SPDX-License-Identifier: MIT */
/* bench.c: how fast the host driver is (make bench).
 *
 * The work is that of one batch of spoken digits (bench_case.h). Times are medians over
 * repetitions. The floor is measured in the same run: adding up as many weight or history rows as
 * the work needs, out of a matrix of the same size in random order, and nothing else. */
#include "gpu/device/device.h"
#include "gpu/clock/plan.h"
#include "gpu/clock/vector.h"

#include "gpu/tools/bench_case.h"

#include <omp.h>
#include <time.h>

/* ---- the floor ---- */

CLONED_WIDEST static void add_row(real *restrict sum, const real *restrict row, size_t width)
{
    for (size_t j = 0; j < width; j++)
        sum[j] = sum[j] + row[j];
}

static double floor_seconds(const struct clock_plan *plan, double additions)
{
    size_t width = plan->cells, rows = plan->synapses / width;
    real *sum = take(width, sizeof *sum);
    struct case_random r;
    enum { ORDER = 4096 };
    size_t order[ORDER], count = (size_t)(additions / (double)width);
    case_random_init(&r, 1, "bench floor", 0);
    for (size_t k = 0; k < ORDER; k++)
        order[k] = case_random_below(&r, rows);
    double start = omp_get_wtime();
    for (size_t k = 0; k < count; k++)
        add_row(sum, plan->weight + order[k % ORDER] * width, width);
    double seconds = omp_get_wtime() - start;
    volatile real kept = sum[0];
    (void)kept;
    free(sum);
    return seconds;
}

/* Spikes of a population over all samples. */
static double spikes_of(const struct clock_run *run, size_t population)
{
    double spikes = 0;
    for (size_t s = 0; s < run->plan->samples; s++)
        spikes += (double)run->sample[s].spikes[population].count;
    return spikes;
}

/* Weights read forward, weights read backward (of hidden spikes), history rows gathered. */
static double additions_of(const struct clock_run *run)
{
    double sum = 0;
    for (size_t p = 0; p < run->plan->projections; p++) {
        const struct clock_projection *q = &run->plan->projection[p];
        bool hidden = run->plan->population[q->source].model == CASE_LIF;
        sum += spikes_of(run, q->source) * (double)q->width * (hidden ? 3 : 2);
    }
    return sum;
}

/* ---- timing ---- */

enum { REPETITIONS = 9, PARTS = 4, EPOCH = 8156, DEVICE_PARTS = 3 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x)
{
    qsort(x, REPETITIONS, sizeof *x, by_value);
    return x[REPETITIONS / 2];
}

/* A row of the table may take minutes on a slow machine: twice a minute, a line that says so. */
static void say_how_far(const struct work *work, int repetition)
{
    enum { SECONDS_A_LINE = 30 };
    static double said, started;
    double now = omp_get_wtime();
    if (started == 0) /* both clocks start with the first row */
        started = said = now;
    if (now - said < SECONDS_A_LINE)
        return;
    said = now;
    fprintf(stderr, "bench: %zu hidden, batch %zu, %zu steps: repetition %d, %.0f s\n",
            work->hidden, work->batch, work->steps, repetition + 1, now - started);
}

struct measured {
    struct case_problem *c;
    struct clock_plan plan;
    struct clock_run run;
};

/* silent: steps without input that are appended to the trial. */
static void measured_make(struct measured *m, const struct work *work, size_t silent)
{
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    char reason[RESULT_REASON];
    m->c = make_case(work);
    m->c->end = m->c->step * (double)(work->steps + silent);
    options.tau_gradients = options.delay_gradients = false;
    omp_set_num_threads(work->threads);
    if (clock_plan_make(&m->plan, m->c, &options, reason) != RESULT_OK)
        fatal(reason);
    if (clock_run_make(&m->run, &m->plan) != 0)
        fatal("memory is short");
}

static void measured_clear(struct measured *m)
{
    clock_run_clear(&m->run);
    clock_plan_clear(&m->plan);
    case_free(m->c);
}

/* A batch; when the backward pass began. */
static double run_batch(struct measured *m)
{
    if (clock_forward(&m->run) != 0)
        fatal("memory is short");
    double middle = omp_get_wtime();
    if (clock_backward(&m->run) != 0)
        fatal("memory is short");
    return middle;
}

static void measure(const struct work *work, int repetitions)
{
    struct measured m;
    double seconds[PARTS + 1][REPETITIONS], part[PARTS + 1];
    measured_make(&m, work, 0);
    for (int k = -1; k < repetitions; k++) { /* the first warms up */
        say_how_far(work, k);
        double start = omp_get_wtime(), middle = run_batch(&m), end = omp_get_wtime();
        double least = floor_seconds(&m.plan, additions_of(&m.run));
        if (k < 0)
            continue;
        seconds[0][k] = middle - start;
        seconds[1][k] = m.run.adjoint_seconds;
        seconds[2][k] = m.run.gather_seconds;
        seconds[3][k] = end - start;
        seconds[4][k] = least;
    }
    for (int k = repetitions; k < REPETITIONS; k++)
        for (int p = 0; p <= PARTS; p++)
            seconds[p][k] = seconds[p][k % repetitions];
    for (int p = 0; p <= PARTS; p++)
        part[p] = median(seconds[p]);
    double batch = (double)work->batch, hidden = spikes_of(&m.run, 1), input = spikes_of(&m.run, 0);
    printf("%6zu %5zu %6zu %7d %8.0f %8.0f %8.2f %8.2f %8.2f %8.2f %9.3f %8.3f %8.1f %8.2f %8.1f\n",
           work->hidden, work->batch, work->steps, work->threads, input / batch, hidden / batch,
           1e3 * part[0], 1e3 * part[1], 1e3 * part[2], 1e3 * part[3], 1e3 * part[3] / batch,
           1e6 * part[3] / (double)work->steps, (input + hidden) / part[3] * 0x1p-20,
           part[3] / part[4], (double)clock_run_bytes(&m.run) * 0x1p-20);
    fflush(stdout);
    measured_clear(&m);
}

/* ---- silence (bench silence) ---- */

/* What steps cost in which nothing happens. The trials take turns, in time of the processor, so
 * that whatever else runs here slows all of them alike. */
static int bench_silence(void)
{
    static const size_t silent[] = {0, 400, 1000, 2000};
    static const struct work work = {256, 32, 1000, 1, 1};
    enum { TRIALS = sizeof silent / sizeof *silent };
    struct measured m[TRIALS];
    double seconds[TRIALS][REPETITIONS], busy = 0;
    for (size_t t = 0; t < TRIALS; t++)
        measured_make(&m[t], &work, silent[t]);
    for (int k = -1; k < REPETITIONS; k++) /* the first warms up */
        for (size_t t = 0; t < TRIALS; t++) {
            say_how_far(&work, k);
            clock_t start = clock();
            run_batch(&m[t]);
            seconds[t][k < 0 ? 0 : k] = (double)(clock() - start) / CLOCKS_PER_SEC;
        }
    printf("%6s %6s %9s %9s %9s %9s\n", "busy", "silent", "total", "a busy", "a silent", "silent");
    printf("%6s %6s %9s %9s %9s %9s\n", "steps", "steps", "ms", "step, us", "step, us",
           "over busy");
    for (size_t t = 0; t < TRIALS; t++) {
        double total = median(seconds[t]);
        busy = t == 0 ? total / (double)work.steps : busy;
        printf("%6zu %6zu %9.2f %9.2f", work.steps, silent[t], 1e3 * total, 1e6 * busy);
        double step = total / (double)silent[t] - busy * (double)work.steps / (double)silent[t];
        if (t > 0)
            printf(" %9.2f %9.2f", 1e6 * step, step / busy);
        puts("");
        measured_clear(&m[t]);
    }
    return 0;
}

/* ---- the same on a device (bench cuda): an epoch is that of SHD ---- */

/* Bytes of the device. */
static size_t run_device(const struct work *work, const struct case_problem *c,
                         struct cuda_times *times)
{
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    struct result result;
    memset(&result, 0, sizeof result);
    options.tau_gradients = options.delay_gradients = false;
    options.block = (unsigned)work->threads;
    if (clock_cuda_timed(&result, c, &options, times) != RESULT_OK)
        fatal(result.reason);
    size_t bytes = result.bytes;
    result_clear(&result);
    return bytes;
}

static void measure_device(const struct work *work)
{
    struct case_problem *c = make_case(work);
    struct cuda_times times;
    double seconds[DEVICE_PARTS][REPETITIONS], part[DEVICE_PARTS], bytes = 0;
    for (int k = -1; k < REPETITIONS; k++) { /* the first warms up */
        say_how_far(work, k);
        double start = omp_get_wtime();
        bytes = (double)run_device(work, c, &times);
        double end = omp_get_wtime();
        if (k < 0)
            continue;
        seconds[0][k] = times.forward;
        seconds[1][k] = times.backward;
        seconds[2][k] = end - start;
    }
    for (int p = 0; p < DEVICE_PARTS; p++)
        part[p] = median(seconds[p]);
    double kernels = part[0] + part[1], batches = (double)((EPOCH + work->batch - 1) / work->batch);
    printf("%6zu %5zu %6zu %7d %9.3f %9.3f %9.3f %8.3f %9.2f %9.3f %9.3f %8.1f\n", work->hidden,
           work->batch, work->steps, work->threads, 1e3 * part[0], 1e3 * part[1], 1e3 * kernels,
           1e6 * kernels / (double)work->steps, 1e6 * kernels / (double)work->batch,
           batches * kernels, batches * part[2], bytes * 0x1p-20);
    fflush(stdout);
    case_free(c);
}

static int bench_device(void)
{
    static const struct work table[] = {
        /* What is most worth knowing first. Threads are those of a block; 0: chosen. */
        {256, 32, 1000, 0, 1},    {256, 256, 1000, 0, 1},   {256, 32, 1000, 384, 1},
        {256, 32, 1000, 1024, 1}, {256, 256, 1000, 384, 1}, {256, 256, 1000, 1024, 1},
        {256, 64, 1000, 0, 1},    {256, 128, 1000, 0, 1},   {256, 512, 1000, 0, 1},
        {256, 1024, 1000, 0, 1},  {1024, 32, 1000, 0, 1},   {1024, 256, 1000, 0, 1},
        {256, 32, 500, 0, 1},     {256, 32, 2000, 0, 1},    {64, 32, 1000, 0, 1},
        {512, 32, 1000, 0, 1},
    };
    char text[256];
    enum result_status status = gpu_device(text, sizeof text);
    if (status != RESULT_OK) {
        printf("%s%s\n", status == RESULT_ABSENT ? "not run: " : "", text);
        return status == RESULT_ABSENT ? 2 : 1;
    }
    printf("%s\nepoch: %d trials; kernels: between events of the device; whole: with plan, copies "
           "and result on the host\n",
           text, EPOCH);
    printf("%6s %5s %6s %7s %9s %9s %9s %8s %9s %9s %9s %8s\n", "", "", "", "", "forward",
           "backward", "kernels", "a step", "a trial", "epoch of", "epoch", "memory");
    printf("%6s %5s %6s %7s %9s %9s %9s %8s %9s %9s %9s %8s\n", "hidden", "batch", "steps",
           "threads", "ms", "ms", "ms", "us", "us", "kernels s", "whole s", "MiB");
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        measure_device(&table[k]);
    return 0;
}

static struct work read_work(char **word)
{
    struct work work = {strtoul(word[0], NULL, 10), strtoul(word[1], NULL, 10),
                        strtoul(word[2], NULL, 10), atoi(word[3]), 1};
    if (!work.hidden || !work.batch || !work.steps || work.threads < 0)
        fatal("usage: bench [cuda] [HIDDEN BATCH STEPS THREADS [REPETITIONS]]");
    return work;
}

/* bench [HIDDEN BATCH STEPS THREADS [REPETITIONS]] | bench cuda [HIDDEN BATCH STEPS THREADS] |
 * bench silence */
int main(int argc, char **argv)
{
    static const struct work table[] = {
        {256, 32, 1000, 1, 1},  {256, 32, 1000, 2, 1}, {1024, 32, 1000, 1, 1},
        {1024, 32, 1000, 2, 1}, {256, 8, 1000, 1, 1},  {256, 128, 1000, 1, 1},
        {256, 32, 500, 1, 1},   {256, 32, 2000, 1, 1}, {256, 32, 4000, 1, 1},
        {64, 32, 1000, 1, 1},   {128, 32, 1000, 1, 1}, {512, 32, 1000, 1, 1},
        {256, 32, 1000, 1, 2},  {256, 32, 1000, 1, 4},
    };
    if (argc == 2 && strcmp(argv[1], "cuda") == 0)
        return bench_device();
    if (argc == 2 && strcmp(argv[1], "silence") == 0)
        return bench_silence();
    if (argc == 6 && strcmp(argv[1], "cuda") == 0) {
        struct work work = read_work(argv + 2);
        run_device(&work, make_case(&work), NULL); /* once, for what watches it */
        return 0;
    }
    printf("%6s %5s %6s %7s %8s %8s %8s %8s %8s %8s %9s %8s %8s %8s %8s\n", "hidden", "batch",
           "steps", "threads", "input", "spikes", "forward", "adjoint", "gradient", "total",
           "a trial", "a step", "spikes/s", "floor", "memory");
    printf("%6s %5s %6s %7s %8s %8s %8s %8s %8s %8s %9s %8s %8s %8s %8s\n", "", "", "", "",
           "a trial", "a trial", "ms", "ms", "ms", "ms", "ms", "us", "2^20", "times", "MiB");
    if (argc >= 5) {
        struct work work = read_work(argv + 1);
        int repetitions = argc > 5 ? atoi(argv[5]) : REPETITIONS;
        if (work.threads < 1 || repetitions < 1 || repetitions > REPETITIONS)
            fatal("usage: bench [HIDDEN BATCH STEPS THREADS [REPETITIONS]]");
        measure(&work, repetitions);
        return 0;
    }
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        measure(&table[k], REPETITIONS);
    return 0;
}
