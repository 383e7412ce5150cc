/* total_clock.c: what the engines of a run add up to: cases by state, ratios, digests, and the
 * orders of convergence, whose median is judged here, since a single one fluctuates. */
#include "verify/judge/bounds.h"
#include "verify/run/engines.h"
#include "verify/report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void ver_ratios_add(struct ver_ratios *sum, const struct ver_ratios *ratios)
{
    uint64_t before = 0, more = 0;
    for (size_t b = 0; b < VER_RATIO_BINS; b++) {
        before += sum->count[b];
        more += ratios->count[b];
        sum->count[b] += ratios->count[b];
    }
    if (before == 0)
        sum->largest = ratios->largest;
    else if (more > 0 && !isnan(sum->largest) && !(ratios->largest <= sum->largest))
        sum->largest = ratios->largest;
}

static void add_clock(struct ver_clock_totals *sum, const struct ver_clock *one, bool first)
{
    sum->engine = one->engine;
    if (!one->engine) { /* its turn never came */
        sum->state[VER_CLOCK_FAILED]++;
        return;
    }
    sum->delays +=
        one->state == VER_CLOCK_INEXPRESSIBLE && strstr(one->reason, "whole number of steps");
    bool no_good = one->state == VER_CLOCK_ABSENT || one->state == VER_CLOCK_FAILED;
    bool better = no_good && !sum->state[VER_CLOCK_ABSENT] && !sum->state[VER_CLOCK_FAILED];
    sum->state[one->state]++;
    if (better || !sum->reason[0])
        memcpy(sum->reason, one->reason, sizeof sum->reason);
    for (size_t k = 0; k < VER_UNJUDGED && one->state == VER_CLOCK_UNJUDGED; k++)
        if (strstr(one->reason, ver_unjudged_name(k))) {
            sum->unjudged[k]++;
            break;
        }
    if (one->state != VER_CLOCK_RAN)
        return;
    sum->traced += one->traced;
    sum->same += one->same && !first;
    sum->decisions += one->decisions;
    sum->near += one->near;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        ver_ratios_add(&sum->ratios[q], &one->ratios[q]);
    for (int byte = 0; byte < 8; byte++)
        sum->digest = (sum->digest ^ (one->digest >> (8 * byte) & 0xff)) * 0x100000001b3u;
}

static void total_orders(struct ver_totals *totals, const struct ver_judgement *judgement,
                         size_t cases, double *order)
{
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++) {
        size_t orders = 0;
        for (size_t k = 0; k < cases; k++)
            if (judgement[k].ladder && !isnan(judgement[k].ladder->order[q]))
                order[orders++] = judgement[k].ladder->order[q];
        double median = ver_median(order, orders);
        totals->ladders[q] = orders;
        totals->ladder_order[q] = median;
        totals->ladder_wrong[q] =
            orders >= VER_ORDER_CASES && !(median >= VER_ORDER_LEAST && median <= VER_ORDER_MOST);
    }
}

/* Of every program that was asked: the median over the cases that it answered. */
static void total_seconds(struct ver_totals *totals, const struct ver_judgement *judgement,
                          size_t cases, double *seconds)
{
    for (size_t e = 0; e < totals->clocks; e++) {
        size_t count = 0;
        for (size_t k = 0; k < cases; k++)
            if (e < judgement[k].clocks && judgement[k].clock[e].seconds > 0)
                seconds[count++] = judgement[k].clock[e].seconds;
        totals->clock[e].seconds = ver_median(seconds, count);
    }
}

static bool nothing_else_missing(const struct ver_judgement *judgement)
{
    bool all = judgement->verdict == VER_NOT_RUN && judgement->clocks > 0;
    for (size_t e = 0; e < judgement->clocks; e++)
        all = all && (judgement->clock[e].state == VER_CLOCK_INEXPRESSIBLE ||
                      judgement->clock[e].state == VER_CLOCK_LARGE);
    return all;
}

int total_clocks(struct ver_totals *totals, const struct ver_judgement *judgement, size_t cases)
{
    double *order = malloc((cases + 1) * sizeof *order);
    if (!order)
        return -1;
    for (size_t e = 0; e < VER_ENGINES; e++) {
        totals->clock[e].digest = 0xcbf29ce484222325u;
        for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
            totals->clock[e].ratios[q].largest = VER_NAN;
    }
    for (size_t k = 0; k < cases; k++) {
        if (judgement[k].clocks > totals->clocks)
            totals->clocks = judgement[k].clocks;
        for (size_t e = 0; e < judgement[k].clocks; e++)
            add_clock(&totals->clock[e], &judgement[k].clock[e], e == 0);
        totals->inexpressible += nothing_else_missing(&judgement[k]);
    }
    total_orders(totals, judgement, cases, order);
    total_seconds(totals, judgement, cases, order);
    free(order);
    return 0;
}
