/* total.c: what the judgements of a run add up to. */
#include "verify/report/table.h"
#include "verify/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
            totals->excluded[c->class_] += c->numbers;
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
