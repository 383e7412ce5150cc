/* SPDX-License-Identifier: MIT */
/* reading.c: which row of the table says what a program says. Each is tried by a run of the
 * reference (numbers of it alone cost none): first spikes and loss, and where those are the
 * program's, gradients. The first that explains all numbers is named; else the one that explains
 * most, with how much that is. */
#include "verify/judge/reading.h"
#include "verify/judge/bounds.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers that are there, and those that a trial says, too. */
struct tally {
    size_t numbers, right;
};
struct score {
    struct tally forward, back; /* spikes and loss; gradients */
};

static void count(struct tally *tally, double got, double want, double within)
{
    tally->numbers++;
    tally->right += got == want || fabs(got - want) <= within;
}

static bool all(const struct tally *tally)
{
    return tally->right == tally->numbers;
}

/* ---- what a trial says, beside an answer ---- */

static void count_train(struct tally *tally, const struct reading_trial *t,
                        const struct reading_answer *a, const struct case_train *got,
                        const struct ref_train *want)
{
    size_t both = got->count < want->count ? got->count : want->count;
    size_t more = got->count < want->count ? want->count : got->count;
    for (size_t k = 0; k < both; k++)
        count(tally, got->at[k], t->time * middle(want->at + k), t->time * a->time_within);
    tally->numbers += more - both; /* missing or extra */
}

static struct tally count_forward(const struct reading_trial *t, const struct reading_answer *a,
                                  const struct ref_result *r)
{
    struct tally tally = {0, 0};
    size_t train = 0;
    for (size_t s = 0; a->spikes && s < r->samples; s++)
        for (size_t k = 0; k < r->populations; k++)
            for (size_t n = 0; n < r->size[k]; n++, train++)
                count_train(&tally, t, a, &a->spikes[train], &r->sample[s].spikes[k][n]);
    if (a->has_loss)
        count(&tally, a->loss, t->loss, a->loss_within * fabs(t->loss));
    return tally;
}

static void count_block(struct tally *tally, const struct reading_trial *t,
                        const struct reading_answer *a, const struct case_block *block)
{
    double largest = 0;
    size_t end = block->first + block->rows * block->columns;
    for (size_t k = block->first; k < end; k++)
        if (isfinite(t->gradient[k]))
            largest = fmax(largest, fabs(t->gradient[k]));
    for (size_t k = block->first; k < end; k++)
        if (isfinite(t->gradient[k])) /* what has no derivative is no number */
            count(tally, a->gradient[k], t->gradient[k], a->within * largest);
}

static struct tally count_back(const struct reading_trial *t, const struct reading_answer *a)
{
    const struct judge *judge = t->p->judge;
    struct tally tally = {0, 0};
    for (size_t b = 0; b < judge->blocks; b++)
        if (a->provides[judge->block[b].quantity] &&
            !(t->other_inputs && judge->block[b].quantity == CASE_SPIKE_TIME))
            count_block(&tally, t, a, &judge->block[b]);
    return tally;
}

/* ---- one trial ---- */

struct search {
    struct judge_answer *p;
    const struct reading_answer *answer;
    struct score plain, best; /* of the reference as it is; of the best row */
    char key[VER_READING], text[160];
};

static void put_gradient(struct reading_trial *t, const struct ref_result *r)
{
    size_t parameters = t->p->judge->parameters;
    for (size_t k = 0; k < parameters; k++)
        t->gradient[k] = k < r->parameters ? middle(r->gradient + k) : VER_NAN;
}

/* Spikes of the sample that has most: where a change makes more than twice as many, it explains
 * nothing, and may make very many. */
static size_t most_spikes(const struct reading_answer *a, const struct ref_result *truth)
{
    size_t most = 0, train = 0;
    for (size_t s = 0; s < truth->samples; s++) {
        size_t own = 0;
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++)
                own += a->spikes ? a->spikes[train].count : truth->sample[s].spikes[k][n].count;
        most = own > most ? own : most;
    }
    return 2 * (most + 1);
}

/* What the reference says of t->c, changed as the row says; gradients where spikes and loss are the
 * program's. false if it says nothing. */
static bool try_changed(struct score *score, struct reading_trial *t,
                        const struct reading_answer *a, const struct reading *row)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result r;
    ask.digits = VER_LADDER_DIGITS;
    ask.precision_cap = VER_READING_BITS;
    ask.mistakes = row->mistakes;
    ask.max_spikes = most_spikes(a, t->p->judge->truth);
    for (ask.gradients = row->mistakes != 0;; ask.gradients = true) {
        bool said = ref_run(&r, t->c, &ask) == REF_OK;
        if (said) {
            t->loss = middle(r.loss);
            score->forward = count_forward(t, a, &r);
        }
        if (said && ask.gradients) {
            put_gradient(t, &r);
            if (row->numbers)
                row->numbers(t);
            score->back = count_back(t, a);
        }
        ref_clear(&r);
        if (!said || ask.gradients || !all(&score->forward))
            return said;
    }
}

/* The numbers of the reference as it is, changed as the row (NULL: none) says. */
static bool try_numbers(struct score *score, struct reading_trial *t,
                        const struct reading_answer *a, const struct reading *row)
{
    const struct ref_result *truth = t->p->judge->truth;
    t->loss = middle(truth->loss);
    put_gradient(t, truth);
    if (row && !row->numbers(t))
        return false;
    score->forward = count_forward(t, a, truth);
    score->back = count_back(t, a);
    return true;
}

static bool try_one(struct score *score, const struct search *search, const struct reading *row,
                    struct reading_trial *t)
{
    const struct reading_answer *a = search->answer;
    bool asks = row && (row->change || row->mistakes), said = false;
    t->gradient = malloc((t->p->judge->parameters + 1) * sizeof *t->gradient);
    t->c = asks ? case_copy(t->p->judge->problem) : NULL;
    if (t->gradient && t->c && (!row->change || row->change(t)))
        said = try_changed(score, t, a, row);
    else if (t->gradient && !asks)
        said = try_numbers(score, t, a, row);
    case_free(t->c);
    free(t->gradient);
    return said;
}

/* ---- all trials ---- */

void reading_name(struct judge_answer *p, const char *key, bool beside, const char *text)
{
    char *all = p->out->diagnosis;
    size_t used = beside ? strlen(all) : 0;
    snprintf(all + used, sizeof p->out->diagnosis - used, "%s%s", used > 0 ? "; " : "", text);
    snprintf(p->out->reading, sizeof p->out->reading, "%s", key);
}

static bool forward_is_right(const struct search *search)
{
    return search->plain.forward.numbers > 0 && all(&search->plain.forward);
}

/* A change of the case is looked for where spikes or the loss are wrong, a mistake on the way back
 * where they are not. */
static bool applies(const struct search *search, const struct reading *row)
{
    if (row->change)
        return !forward_is_right(search);
    return row->mistakes ? all(&search->plain.forward) : row->numbers || row->see;
}

static bool better(const struct score *a, const struct score *b)
{
    return a->forward.right != b->forward.right ? a->forward.right > b->forward.right
                                                : a->back.right > b->back.right;
}

/* true: it explains all. */
static bool try_row(struct search *search, const struct reading *row, unsigned variant)
{
    struct reading_trial t = {.p = search->p, .variant = variant, .time = 1};
    struct score score = {{0, 0}, {0, 0}};
    if (row->see && row->see(&t, search->answer)) {
        snprintf(search->key, sizeof search->key, "%s", row->key);
        snprintf(search->text, sizeof search->text, "%s %s", row->says, t.detail);
        return true;
    }
    if (row->see || !try_one(&score, search, row, &t) || !better(&score, &search->best))
        return false;
    search->best = score;
    snprintf(search->key, sizeof search->key, "%s", row->key);
    snprintf(search->text, sizeof search->text, "%s%s%s", row->says, t.detail[0] ? " " : "",
             t.detail);
    return all(&score.forward) && all(&score.back);
}

static bool try_all(struct search *search)
{
    for (const struct reading *row = reading_table; row->key; row++)
        for (unsigned v = 0; applies(search, row) && v < (row->variants ? row->variants : 1); v++)
            if (try_row(search, row, v))
                return true;
    return false;
}

static bool is_strong(const char *key)
{
    const struct reading *row = reading_table;
    while (row->key && strcmp(row->key, key) != 0)
        row++;
    return row->key && !row->weak;
}

/* The nearest row is named with how much it explains: at least half of what is wrong, on balance.
 */
static void name_nearest(const struct search *search)
{
    bool back = forward_is_right(search);
    const struct tally *plain = back ? &search->plain.back : &search->plain.forward;
    const struct tally *best = back ? &search->best.back : &search->best.forward;
    char text[sizeof search->text + 80];
    if (!(best->right > plain->right) ||
        2 * (best->right - plain->right) < plain->numbers - plain->right)
        return;
    snprintf(text, sizeof text, "nearest: %s (explains %zu of %zu %s)", search->text, best->right,
             best->numbers, back ? "derivatives" : "spikes and losses");
    reading_name(search->p, search->key, true, text);
}

void reading_explain(struct judge_answer *p, const struct reading_answer *a)
{
    struct search search = {.p = p, .answer = a};
    struct reading_trial plain = {.p = p, .time = 1};
    bool strong = is_strong(p->out->reading);
    if (p->judge->costly && strong)
        return;
    if (p->judge->costly) {
        reading_name(p, p->out->reading, true, "too large a case for more readings");
        return;
    }
    if (!try_one(&search.plain, &search, NULL, &plain) ||
        (all(&search.plain.forward) && all(&search.plain.back)))
        return;
    if (strong && forward_is_right(&search)) /* of a gradient: that is all there is */
        return;
    search.best = search.plain;
    if (try_all(&search))
        reading_name(p, search.key, false, search.text);
    else if (!strong)
        name_nearest(&search);
}

/* ---- exact times ---- */

/* Whether a number is wrong; *again: whether it answers differently when asked again. */
static bool any_wrong(const struct judge_answer *p, size_t since, bool *again)
{
    const struct ver_judgement *out = p->judge->out;
    bool wrong = false;
    *again = false;
    for (size_t k = since; k < out->comparisons; k++) {
        bool differs = out->comparison[k].outcome == VER_DIFFERS;
        bool twice = strcmp(out->comparison[k].quantity, "again") == 0;
        *again |= differs && twice;
        wrong |= differs && !twice;
    }
    return wrong;
}

void reading_explain_exact(struct judge_answer *p, size_t since)
{
    const struct result *said = p->answer;
    double apart = p->single ? VER_READING_SINGLE : VER_EXPLAIN_APART, accuracy, residual;
    program_tolerance(p->engine, &accuracy, &residual);
    apart = fmax(apart, VER_SHIFT_FACTOR * fmax(accuracy, residual));
    struct reading_answer answer = {.has_loss = said->has_loss,
                                    .loss = said->loss,
                                    .loss_within = apart,
                                    .spikes = said->spikes,
                                    .time_within = apart * p->judge->problem->end,
                                    .gradient = said->gradient,
                                    .provides = said->provides,
                                    .within = apart};
    char before[sizeof p->out->diagnosis] = "";
    bool again;
    if (!any_wrong(p, since, &again) || p->engine->time == ENGINE_GRID)
        return;
    if (again) {
        memcpy(before, p->out->diagnosis, sizeof before);
        p->out->diagnosis[0] = '\0';
    }
    reading_explain(p, &answer);
    if (again && p->out->diagnosis[0]) {
        char text[sizeof before];
        memcpy(text, p->out->diagnosis, sizeof text);
        memcpy(p->out->diagnosis, before, sizeof before);
        reading_name(p, p->out->reading, true, text);
    } else if (again) {
        memcpy(p->out->diagnosis, before, sizeof before);
    }
}
