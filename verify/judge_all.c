/* judge_all.c: many cases on many threads, and what they add up to.
 *
 * Every judgement goes to the place of its source and is told in the order of the sources, so that
 * what is printed does not depend on the number of threads. */
#include "verify/table.h"
#include "verify/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

struct board { /* shared by all threads; touched inside the critical section only */
    struct ver_judgement *judgement;
    bool *done;
    size_t cases, finished, told, failed;
    const struct ver_listener *listener;
};

static void judge_source(struct ver_judgement *judgement, const struct ver_source *source,
                         const struct ver_options *options)
{
    if (source->made) {
        const char *family = source->family ? source->family->name : "file";
        ver_judge(judgement, source->name, family, source->made, options);
        return;
    }
    struct case_made made = {NULL, CASE_DECIDED, NULL, 0};
    if (source->family->make(&made, source->seed, source->number) == 0) {
        ver_judge(judgement, source->name, source->family->name, &made, options);
        case_made_clear(&made);
        return;
    }
    *judgement = (struct ver_judgement){.family = source->family->name,
                                        .verdict = VER_ERROR,
                                        .gradient_norm = VER_NAN,
                                        .condition = VER_NAN,
                                        .digits = VER_NAN};
    snprintf(judgement->reason, sizeof judgement->reason, "the case could not be made");
    judgement->name = malloc(strlen(source->name) + 1);
    if (judgement->name)
        memcpy(judgement->name, source->name, strlen(source->name) + 1);
}

static void report_done(struct board *board, size_t number)
{
    const struct ver_listener *listener = board->listener;
    board->done[number] = true;
    board->finished++;
    board->failed += board->judgement[number].verdict != VER_PASS;
    for (; board->told < board->cases && board->done[board->told]; board->told++)
        if (listener && listener->judged)
            listener->judged(listener->context, &board->judgement[board->told]);
    if (listener && listener->progress)
        listener->progress(listener->context, board->finished, board->cases, board->failed);
}

/* Libraries keep caches a thread; they are given back where the thread ends. */
static void clean_thread(void)
{
    flint_cleanup();
    mpfr_free_cache();
}

void ver_judge_all(struct ver_judgement *judgement, const struct ver_sources *sources,
                   const struct ver_options *options, int threads,
                   const struct ver_listener *listener)
{
    struct board board = {
        judgement, calloc(sources->count + 1, sizeof(bool)), sources->count, 0, 0, 0, listener};
    if (!board.done) {
        for (size_t k = 0; k < sources->count; k++)
            judgement[k] = (struct ver_judgement){
                .family = "", .verdict = VER_ERROR, .reason = "memory is short"};
        return;
    }
#ifdef _OPENMP
    if (threads <= 0)
        threads = omp_get_max_threads();
    if (options->engines > 0)
        omp_set_max_active_levels(2); /* an engine may be asked for threads of its own */
#pragma omp parallel num_threads(threads)
#else
    (void)threads;
#endif
    {
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
        for (size_t k = 0; k < sources->count; k++) {
            judge_source(&judgement[k], &sources->at[k], options);
#ifdef _OPENMP
#pragma omp critical(ver_board)
#endif
            report_done(&board, k);
        }
        clean_thread();
    }
    free(board.done);
}

/* ---- totals ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The mean of the two middle ones of an even number; NaN of none. Sorts. */
double ver_median(double *x, size_t count)
{
    if (count == 0)
        return VER_NAN;
    qsort(x, count, sizeof *x, by_size);
    return count % 2 ? x[count / 2] : (x[count / 2 - 1] + x[count / 2]) / 2;
}

#define FNV_START 0xcbf29ce484222325u

static uint64_t digest_line(uint64_t hash, const char *line)
{
    for (; *line; line++)
        hash = (hash ^ (unsigned char)*line) * 0x100000001b3u;
    return (hash ^ '\n') * 0x100000001b3u;
}

static int digest_judgement(uint64_t *hash, const struct ver_judgement *judgement)
{
    size_t size = VER_LINE + (judgement->name ? strlen(judgement->name) : 0);
    char *line = malloc(size);
    int failed = !line || !judgement->name || ver_case_line(line, size, judgement) != 0;
    if (!failed)
        *hash = digest_line(*hash, line);
    for (size_t k = 0; k < judgement->comparisons && !failed; k++) {
        failed = ver_check_line(line, size, judgement, &judgement->comparison[k]) != 0;
        if (!failed)
            *hash = digest_line(*hash, line);
    }
    free(line);
    return failed ? -1 : 0;
}

/* Collects digits and orders of the differences that were judged. */
static void count_comparison(struct ver_totals *totals, const struct ver_comparison *c,
                             double *digits, size_t *agreements, double *order, size_t *orders)
{
    if (c->outcome == VER_EXCLUDED) {
        if (c->class_ == VER_NO_CLASS)
            totals->apart[c->kind] += c->numbers;
        else
            totals->excluded[c->class_]++;
        return;
    }
    totals->compared[c->kind] += c->numbers;
    if (c->class_ == VER_NO_CLASS)
        return;
    if (!isnan(c->digits))
        digits[(*agreements)++] = c->digits;
    if (!isnan(c->order))
        order[(*orders)++] = c->order;
}

int ver_total(struct ver_totals *totals, const struct ver_judgement *judgement, size_t cases)
{
    size_t room = 1, agreements = 0, orders = 0, sum = 0;
    int failed = 0;
    for (size_t k = 0; k < cases; k++)
        room += judgement[k].comparisons;
    *totals = (struct ver_totals){.cases = cases, .digest = FNV_START};
    double *digits = malloc(room * sizeof *digits), *order = malloc(room * sizeof *order);
    for (size_t k = 0; k < cases && digits && order; k++) {
        totals->verdict[judgement[k].verdict]++;
        for (size_t i = 0; i < judgement[k].comparisons; i++)
            count_comparison(totals, &judgement[k].comparison[i], digits, &agreements, order,
                             &orders);
        failed |= digest_judgement(&totals->digest, &judgement[k]);
    }
    if (digits && order) {
        totals->digits_median = ver_median(digits, agreements);
        totals->digits_minimum = agreements > 0 ? digits[0] : VER_NAN;
        totals->order_median = ver_median(order, orders);
        totals->order_minimum = orders > 0 ? order[0] : VER_NAN;
        totals->order_maximum = orders > 0 ? order[orders - 1] : VER_NAN;
    }
    free(digits);
    free(order);
    failed |= total_clocks(totals, judgement, cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        sum += totals->verdict[v];
    return failed != 0 || sum != cases ? -1 : 0;
}
