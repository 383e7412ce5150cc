/* SPDX-License-Identifier: MIT */
/* explain_answer.c: why another program is wrong on one case, as far as its answer tells: what was
 * judged, its spikes beside the reference's around the first that differs, the numbers of its
 * gradient that are furthest off, and of the worst weight every arrival's part. */
#include "verify/options/options.h"
#include "verify/judge/bounds.h"
#include "verify/diagnose/explain.h"
#include "verify/judge/judge_answer.h"
#include "verify/base/word.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 10, TERMS = 24 };

struct inquiry {
    FILE *out;
    struct judge judge;
    struct ver_judgement judgement;
    struct ref_result truth;
    struct ver_judged scheme;
    struct result answer;
    struct judge_answer p;
};

/* ---- what was judged ---- */

static void put_comparisons(const struct inquiry *q)
{
    fprintf(q->out, "%-24s %-44s %24s %24s %10s\n", "what differs", "where", "program", "reference",
            "bounds");
    for (size_t k = 0; k < q->judgement.comparisons; k++) {
        const struct ver_comparison *c = &q->judgement.comparison[k];
        if (c->outcome == VER_DIFFERS)
            fprintf(q->out, "%-24s %-44s %24s %24s %10.3g\n", c->quantity,
                    c->index[0] ? c->index : "-", c->reference[0] ? c->reference : "-",
                    c->value[0] ? c->value : "-", c->distance);
    }
    fprintf(q->out, "\n");
}

/* ---- spikes ---- */

static void put_time(FILE *out, bool there, double time)
{
    if (there)
        fprintf(out, " %24.17g", time);
    else
        fprintf(out, " %24s", "-");
}

static void put_spikes(const struct inquiry *q, size_t around)
{
    bool grid = q->p.engine->time == ENGINE_GRID;
    double apart = grid ? q->p.step : q->judge.problem->end * VER_EXPLAIN_APART;
    struct agree_spikes s;
    if (!q->answer.spikes) {
        fprintf(q->out, "it gives no spikes\n\n");
        return;
    }
    agree_compare_spikes(&s, &q->p, &q->answer, NULL, apart);
    if (!s.first[0]) {
        fprintf(q->out, "spikes: all there, none off by more than %.3g ms\n\n",
                s.numbers > 0 ? s.worst * apart : 0);
        return;
    }
    const struct ref_train *want =
        &q->truth.sample[s.first_sample].spikes[s.first_population][s.first_neuron];
    const struct case_train *got = &q->answer.spikes[s.first_train];
    size_t count = got->count > want->count ? got->count : want->count;
    fprintf(q->out, "%s; spikes of this neuron, in ms:\n  %6s %24s %24s\n", s.first, "spike",
            "program", "reference");
    for (size_t k = s.first_index > around ? s.first_index - around : 0;
         k < count && k <= s.first_index + around; k++) {
        fprintf(q->out, "  %c%5zu", k == s.first_index ? '>' : ' ', k);
        put_time(q->out, k < got->count, k < got->count ? got->at[k] : 0);
        put_time(q->out, k < want->count, k < want->count ? middle(want->at + k) : 0);
        fprintf(q->out, "\n");
    }
    fprintf(q->out, "\n");
}

/* ---- gradients ---- */

struct number {
    const struct case_block *block;
    size_t parameter;
    double got, want, off; /* off: relative to the largest of its kind */
};

/* Furthest off first; what is no number before all. */
static int further(const void *x, const void *y)
{
    double a = ((const struct number *)x)->off, b = ((const struct number *)y)->off;
    if (isnan(a) || isnan(b))
        return isnan(b) - isnan(a);
    return (a < b) - (a > b);
}

static struct number *numbers_of(const struct inquiry *q, size_t *count)
{
    struct number *number = calloc(q->judge.parameters + 1, sizeof *number);
    *count = 0;
    for (size_t b = 0; number && b < q->judge.blocks; b++) {
        const struct case_block *block = &q->judge.block[b];
        size_t end = block->first + block->rows * block->columns;
        double largest = 0;
        for (size_t k = block->first; k < end; k++)
            if (answer_says(&q->p, q->truth.gradient + k))
                largest = fmax(largest, fabs(middle(q->truth.gradient + k)));
        for (size_t k = block->first; k < end && q->answer.provides[block->quantity]; k++) {
            if (!answer_says(&q->p, q->truth.gradient + k)) /* it is not judged */
                continue;
            double got = q->answer.gradient[k], want = middle(q->truth.gradient + k);
            double off = fabs(got - want) / (largest > 0 ? largest : 1);
            number[(*count)++] = (struct number){block, k, got, want, off};
        }
    }
    if (number)
        qsort(number, *count, sizeof *number, further);
    return number;
}

/* lambda_I of a neuron at the arrival nearest to a time. */
static double lambda_at(const struct ref_sample *sample, size_t population, size_t neuron,
                        double time)
{
    double best = VER_INFINITY, lambda = VER_NAN;
    for (size_t k = 0; k < sample->adjoints; k++) {
        const struct ref_adjoint *a = &sample->adjoint[k];
        double distance = fabs(middle(a->time) - time);
        if (a->population == population && a->neuron == neuron && a->event == REF_ARRIVAL &&
            distance < best) {
            best = distance;
            lambda = middle(a->lambda_i_plus);
        }
    }
    return lambda;
}

static void put_term(const struct inquiry *q, const struct number *worst, size_t sample,
                     double spike, double delay, double term, size_t *terms)
{
    double left = worst->want - worst->got;
    bool missing = fabs(left - term) <= VER_EXPLAIN_TERM * fabs(term);
    bool twice = fabs(left + term) <= VER_EXPLAIN_TERM * fabs(term);
    if ((*terms)++ < TERMS || missing || twice)
        fprintf(q->out, "  %6zu %14.9g %14.9g %24.17g%s\n", sample, spike, spike + delay, term,
                missing ? "  as if this one were missing"
                : twice ? "  as if this one came twice"
                        : "");
}

/* dL/dw = -tau_syn / samples * the sum over arrivals of lambda_I. */
static void put_terms(const struct inquiry *q, const struct number *worst)
{
    const struct case_problem *c = q->judge.problem;
    const struct case_projection *p = c->projection + worst->block->projection;
    size_t columns = c->population[p->target].size,
           synapse = worst->parameter - worst->block->first;
    size_t pre = synapse / columns, post = synapse % columns, terms = 0;
    double tau = case_value(&c->population[p->target].tau_syn, post);
    double delay = case_delay(c, p, pre, post);
    fprintf(q->out, "  the reference's is a sum over arrivals:\n  %6s %14s %14s %24s\n", "sample",
            "spike, ms", "arrival, ms", "part");
    for (size_t s = 0; s < c->samples; s++) {
        bool input = c->population[p->source].model == CASE_SPIKE_SOURCE;
        const struct case_train *in = input ? &c->sample[s].spikes[p->source][pre] : NULL;
        const struct ref_train *own = input ? NULL : &q->truth.sample[s].spikes[p->source][pre];
        for (size_t k = 0; k < (input ? in->count : own->count); k++) {
            double spike = input ? in->at[k] : middle(own->at + k);
            double lambda = lambda_at(&q->truth.sample[s], p->target, post, spike + delay);
            if (spike + delay < c->end)
                put_term(q, worst, s, spike, delay, -tau * lambda / (double)c->samples, &terms);
        }
    }
    if (terms > TERMS)
        fprintf(q->out, "  %zu arrivals in all\n", terms);
}

static int put_gradients(const struct inquiry *q)
{
    size_t count;
    struct number *number = numbers_of(q, &count);
    if (!number)
        return -1;
    fprintf(q->out,
            "gradients, the furthest off first, in units of the largest of their kind:\n"
            "  %-32s %24s %24s %12s %10s\n",
            "", "program", "reference", "ratio", "off");
    size_t wrong = 0;
    for (size_t k = 0; k < count && !(number[k].off <= 0); k++) {
        char name[96], ratio[32] = "-";
        if (wrong++ >= NUMBERS)
            continue;
        case_parameter_name(name, sizeof name, q->judge.problem, q->judge.block, q->judge.blocks,
                            number[k].parameter);
        if (fabs(number[k].want) > 0)
            snprintf(ratio, sizeof ratio, "%.6g", number[k].got / number[k].want);
        fprintf(q->out, "  %-32s %24.17g %24.17g %12s %10.3g\n", name, number[k].got,
                number[k].want, ratio, number[k].off);
    }
    if (wrong > NUMBERS)
        fprintf(q->out, "  and %zu more that are not the reference's to the last bit\n",
                wrong - NUMBERS);
    for (size_t k = 0; k < count; k++)
        if (number[k].block->quantity == CASE_WEIGHT) {
            char name[96];
            case_parameter_name(name, sizeof name, q->judge.problem, q->judge.block,
                                q->judge.blocks, number[k].parameter);
            fprintf(q->out, "%s: program %.17g\n", name, number[k].got);
            put_terms(q, &number[k]);
            break;
        }
    fprintf(q->out, "\n");
    free(number);
    return 0;
}

/* ---- all of it ---- */

static int put_all(struct inquiry *q, const char *name, const struct ver_options *options,
                   unsigned around)
{
    char conventions[200];
    program_conventions(conventions, sizeof conventions, q->p.engine);
    fprintf(q->out, "%s\n%s, conventions: %s\n\n", name, q->p.engine->name, conventions);
    put_comparisons(q);
    put_spikes(q, around);
    if (put_gradients(q) != 0)
        return -1;
    const char *diagnosis = q->judgement.engines > 0 ? q->judgement.judged[0].diagnosis : "";
    fprintf(q->out, "looks like: %s\n", diagnosis[0] ? diagnosis : "no mistake that is known here");
    fputs("evident verify ", q->out);
    for (size_t k = 0; k < options->befores; k++) {
        ver_word_put(q->out, options->before[k]);
        fputc(' ', q->out);
    }
    ver_word_put(q->out, name);
    options_put_judge(q->out, options, OPTION_AGAIN);
    fprintf(q->out, " --no-witness%s\n", options->befores > 0 ? " --jobs 1" : "");
    return 0;
}

/* Asks once more, since a judgement keeps no answer. 0, or -1 and a reason. */
static int ask_again(struct inquiry *q, char *reason, size_t size)
{
    char said[RESULT_REASON] = "memory is short";
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = VER_LADDER_DIGITS;
    ask.adjoints = true;
    int failed = judge_prepare(&q->judge) != 0;
    enum ref_status status = ref_run(&q->truth, q->judge.problem, &ask);
    if (!failed && status != REF_OK)
        snprintf(said, sizeof said, "the reference: %.250s", q->truth.reason);
    if (!failed && program_keeps_running(q->p.engine))
        again_ask_before(&q->p, (char *const *)q->judge.options->before, q->judge.options->befores);
    failed = failed || status != REF_OK || answer_ask(&q->p, &q->answer, q->p.step, said) != 0;
    if (failed)
        snprintf(reason, size, "%s", q->judgement.reason[0] ? q->judgement.reason : said);
    return failed ? -1 : 0;
}

enum explain_status explain_program(FILE *out, const struct case_made *made, const char *name,
                                    const struct ver_options *options, unsigned around,
                                    char *reason, size_t size)
{
    struct ver_options alone = *options;
    struct ver_judgement asked = VER_NO_JUDGEMENT;
    struct inquiry q = {.out = out, .judgement = VER_NO_JUDGEMENT};
    alone.no_witness = true;
    q.judge = (struct judge){.out = &asked,
                             .made = made,
                             .problem = made->problem,
                             .options = &alone,
                             .truth = &q.truth};
    q.scheme.engine = options->engine[0]->name;
    q.p = (struct judge_answer){.judge = &q.judge,
                                .engine = options->engine[0],
                                .options = scheme_options(&options->how),
                                .single = options->engine[0]->single,
                                .out = &q.scheme,
                                .answer = &q.answer,
                                .step = options->how.step > 0 ? options->how.step
                                                              : made->problem->step};
    ver_judge(&q.judgement, name, "file", made, &alone);
    enum explain_status status = EXPLAIN_DIVERGES;
    if (q.judgement.verdict == VER_PASS) {
        status = EXPLAIN_AGREES;
    } else if (q.judgement.verdict != VER_FAIL) {
        status = EXPLAIN_CANNOT;
        snprintf(reason, size, "%s", q.judgement.reason);
    } else {
        asked.name = calloc(1, strlen(name) + 1);
        if (asked.name)
            strcpy(asked.name, name);
        if (!asked.name || ask_again(&q, reason, size) != 0)
            status = EXPLAIN_CANNOT;
        else if (put_all(&q, name, options, around) != 0) {
            status = EXPLAIN_CANNOT;
            snprintf(reason, size, "memory is short");
        }
        result_clear(&q.answer);
        ref_clear(&q.truth);
        judge_release(&q.judge);
    }
    ver_judgement_clear(&asked);
    ver_judgement_clear(&q.judgement);
    program_end_all();
    return status;
}
