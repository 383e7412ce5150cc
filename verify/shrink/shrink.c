/* SPDX-License-Identifier: MIT */
/* shrink.c: the search for a smaller case that fails in the same way. See shrink.h. */
#include "verify/shrink/shrink.h"

#include "cases/fnv.h"

#include <stdlib.h>
#include <string.h>

/* ---- what was tried in vain ---- */

/* Digests of texts, open addressing; 0 is a free place. The last round repeats most candidates of
 * the one before it. */
struct shrink_seen {
    uint64_t *at;
    size_t count, room;
};

static uint64_t digest_of(const char *text)
{
    uint64_t hash = fnv_add(FNV_START, text, strlen(text));
    return hash ? hash : 1;
}

/* The place of a digest, or the free place where it belongs. */
static size_t place_of(const struct shrink_seen *seen, uint64_t digest)
{
    size_t k = digest % seen->room;
    while (seen->at[k] && seen->at[k] != digest)
        k = (k + 1) % seen->room;
    return k;
}

static bool was_seen(const struct shrink_seen *seen, uint64_t digest)
{
    return seen->room > 0 && seen->at[place_of(seen, digest)] == digest;
}

static int remember(struct shrink_seen *seen, uint64_t digest)
{
    if (2 * (seen->count + 1) > seen->room) {
        struct shrink_seen larger = {NULL, seen->count, seen->room > 0 ? 4 * seen->room : 1024};
        larger.at = calloc(larger.room, sizeof *larger.at);
        if (!larger.at)
            return -1;
        for (size_t k = 0; k < seen->room; k++)
            if (seen->at[k])
                larger.at[place_of(&larger, seen->at[k])] = seen->at[k];
        free(seen->at);
        *seen = larger;
    }
    size_t place = place_of(seen, digest);
    seen->count += seen->at[place] == 0;
    seen->at[place] = digest;
    return 0;
}

/* ---- candidates ---- */

struct candidate {
    struct case_problem *problem; /* NULL: nothing to judge there */
    uint64_t digest;
    size_t first, changed;
};

static void clear_candidate(struct candidate *candidate)
{
    case_free(candidate->problem);
    candidate->problem = NULL;
}

/* The smallest case so far without a range of items. 0, or -1 if memory is short. */
static int make_candidate(struct candidate *candidate, const struct shrink *shrink,
                          const struct shrink_cut *cut, size_t first, size_t count)
{
    struct case_error ignored;
    *candidate = (struct candidate){case_copy(shrink->problem), 0, first, 0};
    if (!candidate->problem)
        return -1;
    candidate->changed = cut->apply(candidate->problem, first, count);
    if (candidate->changed == 0 || case_check(candidate->problem, &ignored) != 0) {
        clear_candidate(candidate);
        return 0;
    }
    char *text = case_text(candidate->problem);
    if (!text)
        return -1;
    candidate->digest = digest_of(text);
    free(text);
    if (was_seen(shrink->seen, candidate->digest))
        clear_candidate(candidate);
    return 0;
}

static void adopt(struct shrink *shrink, const struct shrink_cut *cut, struct candidate *candidate)
{
    case_free(shrink->problem);
    shrink->problem = candidate->problem;
    candidate->problem = NULL;
    shrink->adopted++;
    for (size_t k = 0; k < shrink->removals; k++)
        if (shrink->removed[k].says == cut->says) {
            shrink->removed[k].count += candidate->changed;
            return;
        }
    if (shrink->removals < SHRINK_CUTS)
        shrink->removed[shrink->removals++] =
            (struct shrink_removed){cut->says, candidate->changed};
}

/* ---- the search ---- */

enum { MOST_AT_ONCE = 64 };

/* Judges the candidates that there are and adopts the first that fails in the same way; its number,
 * or count if there is none, or -1 if memory is short. Later ones count as never tried, so that the
 * number of processes changes nothing. */
static int judge_some(struct shrink *shrink, const struct shrink_cut *cut,
                      struct candidate *candidate, int count)
{
    struct case_problem *problem[MOST_AT_ONCE];
    struct shrink_way way[MOST_AT_ONCE];
    int place[MOST_AT_ONCE], judged = 0;
    for (int k = 0; k < count; k++)
        if (candidate[k].problem) {
            place[judged] = k;
            problem[judged++] = candidate[k].problem;
        }
    if (judged > 0)
        shrink_judge(way, &shrink->judge, problem, (size_t)judged);
    for (int k = 0; k < judged; k++) {
        shrink->tried++;
        if (shrink_same(&way[k], &shrink->way)) {
            adopt(shrink, cut, &candidate[place[k]]);
            return place[k];
        }
        if (remember(shrink->seen, candidate[place[k]].digest) != 0)
            return -1;
    }
    return count;
}

static bool out_of_time(const struct shrink *shrink)
{
    return shrink->seconds > 0 && ver_now() - shrink->started > shrink->seconds;
}

/* All ranges of so many items. 0, or -1 if memory is short. */
static int try_ranges(struct shrink *shrink, const struct shrink_cut *cut, size_t size)
{
    shrink->cut = cut->says;
    int most = shrink->judge.workers < MOST_AT_ONCE ? (int)shrink->judge.workers : MOST_AT_ONCE;
    size_t first = 0, items;
    while (first < (items = cut->items(shrink->problem)) && !out_of_time(shrink)) {
        struct candidate candidate[MOST_AT_ONCE];
        int count = 0, failed = 0;
        for (size_t at = first; at < items && count < most && !failed; at += size)
            failed = make_candidate(&candidate[count++], shrink, cut, at,
                                    items - at < size ? items - at : size);
        int found = failed ? -1 : judge_some(shrink, cut, candidate, count);
        size_t reached = candidate[found >= 0 && found < count ? found : count - 1].first;
        for (int k = 0; k < count; k++)
            clear_candidate(&candidate[k]);
        if (found < 0)
            return -1;
        first = found < count && cut->removes ? reached : reached + size;
    }
    return 0;
}

/* From all items at once down to single ones. */
static int try_cut(struct shrink *shrink, const struct shrink_cut *cut)
{
    for (size_t size = cut->items(shrink->problem); size > 0; size /= 2)
        if (try_ranges(shrink, cut, size) != 0)
            return -1;
    return 0;
}

static int try_all(struct shrink *shrink)
{
    for (const struct shrink_cut *cut = shrink_structure; cut->says; cut++)
        if (try_cut(shrink, cut) != 0)
            return -1;
    for (const struct shrink_cut *cut = shrink_numbers; cut->says; cut++)
        if (try_cut(shrink, cut) != 0)
            return -1;
    return 0;
}

int shrink_search(struct shrink *shrink)
{
    struct shrink_seen seen = {NULL, 0, 0};
    size_t before;
    int failed = 0;
    shrink->seen = &seen;
    shrink->started = ver_now();
    do {
        before = shrink->adopted;
        failed = try_all(shrink);
        shrink->rounds++;
    } while (!failed && shrink->adopted > before && !out_of_time(shrink));
    shrink->finished = !failed && shrink->adopted == before && !out_of_time(shrink);
    free(seen.at);
    shrink->seen = NULL;
    return failed;
}
