/* SPDX-License-Identifier: MIT */
/* shrink_way.c: how a case fails, and whether two fail alike. */
#include "verify/run/engines.h"
#include "verify/run/record.h"
#include "verify/shrink/shrink.h"

#include <stdlib.h>
#include <string.h>

/* ---- in processes of their own ---- */

struct bench {
    const struct shrink_judge *judge;
    struct case_problem *const *problem;
    size_t count, next;
    struct shrink_way *way;
};

static size_t next(void *context)
{
    struct bench *bench = context;
    return bench->next < bench->count ? bench->next++ : POOL_NO_JOB;
}

static void work(void *context, size_t job, FILE *out)
{
    const struct bench *bench = context;
    const struct case_made made = {.problem = bench->problem[job]};
    struct ver_judgement judgement;
    ver_judge(&judgement, bench->judge->name, "file", &made, &bench->judge->options);
    record_put(out, &judgement);
    ver_judgement_clear(&judgement);
}

/* Letters up to the first number or name: what is left of "precision 16384 bits: ..." where cases
 * differ is the sentence. */
static void keep_sentence(char *to, size_t size, const char *from)
{
    size_t used = 0;
    for (; *from && used + 1 < size; from++)
        if ((*from >= 'a' && *from <= 'z') || *from == ' ')
            to[used++] = *from;
        else if (*from >= '0' && *from <= '9')
            break;
    to[used] = '\0';
}

static bool holds(const struct shrink_way *way, const struct shrink_difference *one)
{
    for (size_t k = 0; k < way->differences; k++)
        if (way->difference[k].kind == one->kind &&
            strcmp(way->difference[k].engine, one->engine) == 0 &&
            strcmp(way->difference[k].quantity, one->quantity) == 0)
            return true;
    return false;
}

static void describe(struct shrink_way *way, const struct ver_judgement *judgement)
{
    way->verdict = ver_no_start(judgement) ? VER_NOT_RUN : judgement->verdict;
    snprintf(way->said, sizeof way->said, "%s", judgement->reason);
    if (judgement->verdict != VER_FAIL)
        keep_sentence(way->reason, sizeof way->reason, judgement->reason);
    for (size_t k = 0; k < judgement->comparisons && way->verdict == VER_FAIL; k++) {
        const struct ver_comparison *c = &judgement->comparison[k];
        struct shrink_difference one = {.kind = c->kind};
        snprintf(one.engine, sizeof one.engine, "%s", c->engine ? c->engine : "");
        snprintf(one.quantity, sizeof one.quantity, "%s", c->quantity ? c->quantity : "");
        if (c->outcome == VER_DIFFERS && !holds(way, &one) && way->differences < SHRINK_DIFFERENCES)
            way->difference[way->differences++] = one;
    }
}

static void done(void *context, size_t job, enum pool_end end, int detail, const char *data,
                 size_t size)
{
    struct bench *bench = context;
    struct shrink_way *way = &bench->way[job];
    struct ver_judgement judgement = VER_NO_JUDGEMENT;
    *way = (struct shrink_way){.end = end, .detail = detail, .verdict = VER_ERROR};
    if (end == POOL_DONE && record_get(&judgement, data, size) == 0)
        describe(way, &judgement);
    else if (end == POOL_DONE)
        way->end = POOL_LOST;
    ver_judgement_clear(&judgement);
}

static void wait(void *context)
{
    const struct shrink_judge *judge = ((struct bench *)context)->judge;
    judge->wait(judge->context);
}

void shrink_judge(struct shrink_way *way, const struct shrink_judge *judge,
                  struct case_problem *const *problem, size_t count)
{
    struct bench bench = {judge, problem, count, 0, way};
    struct pool pool = {
        .workers = judge->workers < count ? judge->workers : (unsigned)count,
        .seconds = judge->options.seconds,
        .bytes = judge->options.bytes,
        .context = &bench,
        .next = next,
        .work = work,
        .spent = ver_engine_spent,
        .done = done,
        .wait = judge->wait ? wait : NULL,
    };
    for (size_t k = 0; k < count; k++)
        way[k] = (struct shrink_way){.end = POOL_LOST, .verdict = VER_ERROR};
    pool_run(&pool);
}

/* ---- comparing ---- */

bool shrink_fails(const struct shrink_way *way)
{
    bool well = way->verdict == VER_PASS || way->verdict == VER_NOT_RUN;
    return way->end != POOL_DONE || !well;
}

bool shrink_same(const struct shrink_way *way, const struct shrink_way *wanted)
{
    if (way->end != wanted->end || way->end == POOL_LOST)
        return false; /* what could not be judged says nothing */
    if (way->end != POOL_DONE)
        return way->detail == wanted->detail;
    if (way->verdict != wanted->verdict || strcmp(way->reason, wanted->reason) != 0)
        return false;
    return wanted->differences == 0 || holds(way, &wanted->difference[0]);
}

void shrink_way_text(char *text, size_t size, const struct shrink_way *way)
{
    const struct pool limits = {.seconds = 0};
    if (way->end == POOL_SLOW)
        snprintf(text, size, "does not end within its time limit");
    else if (way->end != POOL_DONE)
        pool_explain(text, size, &limits, way->end, way->detail);
    else if (way->verdict == VER_FAIL)
        snprintf(text, size, "%s of %s differs (%s)", way->difference[0].quantity,
                 way->difference[0].engine[0] ? way->difference[0].engine : "the reference",
                 ver_kind_name(way->difference[0].kind));
    else
        snprintf(text, size, "%s: %.200s", ver_verdict_name(way->verdict), way->said);
}
