/* SPDX-License-Identifier: MIT */
/* oracle_compare.h: what `evident run` prints of a case against the oracle. */
#ifndef EVIDENT_TESTS_ORACLE_COMPARE_H
#define EVIDENT_TESTS_ORACLE_COMPARE_H

#include "tests/oracle.h"

#include <jansson.h>
#include <stdio.h>

/* What became of the numbers of all cases. A number set apart is no evidence, and is counted. */
struct oracle_tally {
    size_t cases, judged, undecided, large,
        tied;                         /* cases; tied: the digest changes by 2^-100 of numbers */
    size_t spikes, losses, gradients; /* numbers compared */
    size_t none, changes, rough;      /* derivatives set apart */
    size_t wrong;
    double farthest; /* largest distance in bounds */
    char worst[256];
};

/* Arrivals at all neurons and of all samples: a case of more than the first is too large, and one
 * of more than the second gets fewer derivatives, of which each takes some ten runs. */
enum { ORACLE_ARRIVALS = 20000, ORACLE_CHEAP = 200, ORACLE_DIGITS = 30 };

struct oracle_judge {
    struct oracle_tally *tally;
    const char *address;
    struct oracle o;
};

static inline void oracle_compare(struct oracle_judge *j, const char *what, json_t *printed,
                                  quad mine, quad bound)
{
    const char *text = json_string_value(printed);
    quad const got = text ? strtof128(text, NULL) : (quad)NAN;
    quad const distance = fabsf128(got - mine);
    double const ratio = (double)(distance / bound);
    /* written so that a NaN is wrong */
    if (!(distance <= bound)) {
        j->tally->wrong++;
        printf("disagrees: %s %s: %s, oracle %.17g, %.3g bounds apart (evident run '%s')\n",
               j->address, what, text ? text : "no number", (double)mine, ratio, j->address);
    }
    if (bound > 0 && ratio > j->tally->farthest) {
        j->tally->farthest = ratio;
        snprintf(j->tally->worst, sizeof j->tally->worst, "%s %s", j->address, what);
    }
}

/* Runs with all numbers moved by 2^-100 of themselves, up or down by turns: how far x can be off.
 * Anything of 113 bits is: the bound is a thousand times that, and 2^-90 of the number. */
struct oracle_base {
    quad loss, *sample_loss, *spike;
    size_t spikes;
    uint64_t digest;
};

static inline struct oracle_base oracle_base_of(struct oracle *o)
{
    struct oracle_base b = {.loss = oracle_run(o), .digest = o->digest};
    b.sample_loss = calloc(o->c->samples, sizeof(quad));
    memcpy(b.sample_loss, o->sample_loss, o->c->samples * sizeof(quad));
    for (size_t k = 0; k < o->c->samples * o->neurons; k++)
        b.spikes += o->neuron[k].spikes;
    b.spike = calloc(b.spikes + 1, sizeof(quad));
    size_t at = 0;
    for (size_t k = 0; k < o->c->samples * o->neurons; k++)
        for (size_t x = 0; x < o->neuron[k].spikes; x++)
            b.spike[at++] = o->neuron[k].spike[x];
    return b;
}

static inline struct oracle_base oracle_shaken(struct oracle *o)
{
    for (size_t k = 0; k < o->parameters; k++)
        o->value[k] *= 1 + (oracle_mix(k, 7) & 1 ? 0x1p-100f128 : -0x1p-100f128);
    struct oracle_base const b = oracle_base_of(o);
    for (size_t x = 0; x < o->blocks; x++)
        for (size_t k = 0; k < o->block[x].rows * o->block[x].columns; k++)
            o->value[o->block[x].first + k] = oracle_given(o->c, o->block + x, k);
    return b;
}

static inline quad oracle_bound(quad x, quad shaken)
{
    return fabsf128(x) * 0x1p-88f128 + 1024 * fabsf128(x - shaken);
}

static inline void oracle_forward(struct oracle_judge *j, json_t *result,
                                  const struct oracle_base *a, const struct oracle_base *b)
{
    const struct case_problem *c = j->o.c;
    char what[128];
    size_t at = 0;
    oracle_compare(j, "loss", json_object_get(result, "loss"), a->loss,
                   oracle_bound(a->loss, b->loss));
    for (size_t s = 0; s < c->samples; s++) {
        json_t *sample = json_array_get(json_object_get(result, "samples"), s);
        snprintf(what, sizeof what, "loss of sample %zu", s);
        oracle_compare(j, what, json_object_get(sample, "loss"), a->sample_loss[s],
                       oracle_bound(a->sample_loss[s], b->sample_loss[s]));
        for (size_t k = 0; k < j->o.neurons; k++) {
            const struct oracle_neuron *n = j->o.neuron + s * j->o.neurons + k;
            json_t *train = json_array_get(json_object_get(json_object_get(sample, "spikes"),
                                                           c->population[n->population].name),
                                           n->index);
            if (n->fires && json_array_size(train) != n->spikes) {
                j->tally->wrong++;
                printf("disagrees: %s sample %zu, %s[%zu]: %zu spikes, oracle %zu\n", j->address, s,
                       c->population[n->population].name, n->index, json_array_size(train),
                       n->spikes);
            }
            for (size_t x = 0; x < n->spikes; x++, at++) {
                snprintf(what, sizeof what, "sample %zu, neuron %zu, spike %zu", s, k, x);
                oracle_compare(j, what, json_array_get(train, x), a->spike[at],
                               oracle_bound(a->spike[at], b->spike[at]));
            }
        }
    }
    j->tally->spikes += at;
    j->tally->losses += 1 + c->samples;
}

static inline json_t *oracle_printed(const struct oracle *o, json_t *gradients, size_t parameter)
{
    static const char *const name[] = {"weights",   "delays", "tau_mem",    "tau_syn",
                                       "threshold", "bias",   "spike_times"};
    const struct case_block *b = case_block_of(o->block, o->blocks, parameter);
    size_t const k = parameter - b->first;
    json_t *all = json_object_get(gradients, name[b->quantity]);
    if (b->quantity <= CASE_DELAY)
        return json_array_get(json_array_get(json_array_get(all, b->projection), k / b->columns),
                              k % b->columns);
    if (b->quantity == CASE_SPIKE_TIME)
        all = json_array_get(all, b->sample);
    all = json_object_get(all, o->c->population[b->population].name);
    return json_array_get(b->quantity == CASE_SPIKE_TIME ? json_array_get(all, b->neuron) : all, k);
}

/* A change that matters: a number's own size, or the largest of its block; a unit of voltage; the
 * shortest time constant. */
static inline quad oracle_scale(const struct oracle *o, size_t k)
{
    const struct case_block *b = case_block_of(o->block, o->blocks, k);
    bool const time = b->quantity == CASE_DELAY || b->quantity == CASE_SPIKE_TIME;
    quad tau = (quad)o->c->end, size = fabsf128(o->value[k]);
    for (size_t n = 0; n < o->neurons; n++)
        tau = fminf128(tau, fminf128(o->neuron[n].tau_mem, o->neuron[n].tau_syn));
    for (size_t x = 0; size == 0 && x < b->rows * b->columns; x++)
        size = fmaxf128(size, fabsf128(o->value[b->first + x]));
    return time ? tau : size == 0 ? 1 : size;
}

static inline void oracle_backward(struct oracle_judge *j, json_t *gradients, size_t wanted)
{
    struct oracle *o = &j->o;
    quad most = 0;
    for (size_t k = 0; k < o->parameters; k++) {
        const char *text = json_string_value(oracle_printed(o, gradients, k));
        most = text ? fmaxf128(most, fabsf128(strtof128(text, NULL))) : most;
    }
    for (size_t x = 0; x < wanted; x++) {
        /* by turns of each quantity, at places that the case's name decides */
        size_t k = x;
        if (o->parameters > wanted) {
            const struct case_block *b = o->block + oracle_mix(x / 7, x % 7) % o->blocks;
            for (size_t y = 0; y < o->blocks; y++) {
                const struct case_block *other =
                    o->block + (oracle_mix(x, j->tally->cases) + y) % o->blocks;
                if (other->quantity == (enum case_quantity)(x % 7) && other->rows && other->columns)
                    b = other;
            }
            if (b->rows * b->columns == 0)
                continue;
            k = b->first + oracle_mix(j->tally->cases, x) % (b->rows * b->columns);
        }
        json_t *printed = oracle_printed(o, gradients, k);
        quad value = 0, error = 0;
        char what[128];
        case_parameter_name(what, sizeof what, o->c, o->block, o->blocks, k);
        if (json_is_object(printed)) {
            j->tally->none++;
            continue;
        }
        switch (oracle_derivative(o, k, oracle_scale(o, k), most, &value, &error)) {
        case ORACLE_SMOOTH:
            j->tally->gradients++;
            oracle_compare(j, what, printed, value, 16 * error + most * 0x1p-88f128);
            break;
        case ORACLE_CHANGES:
            j->tally->changes++;
            break;
        default:
            j->tally->rough++;
        }
    }
}

/* Compares a case: its spikes, its losses, and up to `wanted` derivatives. */
static inline void oracle_judge_case(struct oracle_tally *tally, const char *address, size_t wanted)
{
    struct case_made made = {NULL};
    struct case_error error = {""};
    const char *program = getenv("EVIDENT");
    char command[1024];
    tally->cases++;
    if (strchr(address, '/'))
        made.problem = case_read(address, &error);
    else if (case_make(&made, address, &error) != 0)
        made.problem = NULL;
    snprintf(command, sizeof command, "'%s' run '%s' --digits %d",
             program ? program : "build/evident", address, ORACLE_DIGITS);
    FILE *pipe = made.problem ? popen(command, "r") : NULL;
    json_t *result = pipe ? json_loadf(pipe, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
    if (pipe)
        pclose(pipe);
    const char *status = json_string_value(json_object_get(result, "status"));
    if (!status) {
        tally->wrong++;
        printf("disagrees: %s: no result %s\n", address, error.text);
    } else if (strcmp(status, "ok") != 0) {
        tally->undecided++;
        printf("apart: %s: the reference is %s\n", address, status);
    } else {
        struct oracle_judge j = {.tally = tally, .address = address};
        oracle_make(&j.o, made.problem, ORACLE_ARRIVALS);
        struct oracle_base a = oracle_shaken(&j.o), b = oracle_base_of(&j.o);
        if (j.o.full) {
            tally->large++;
            printf("apart: %s: more than %d arrivals\n", address, ORACLE_ARRIVALS);
        } else if (a.digest != b.digest) {
            tally->tied++;
            printf("apart: %s: spikes or maxima change with 2^-100 of its numbers\n", address);
        } else {
            tally->judged++;
            oracle_forward(&j, result, &b, &a);
            size_t const few = wanted * ORACLE_CHEAP / (j.o.came + 1) + 2;
            wanted = few < wanted ? few : wanted;
            oracle_backward(&j, json_object_get(result, "gradients"),
                            j.o.parameters < wanted ? j.o.parameters : wanted);
        }
        void *const all[] = {a.sample_loss, a.spike, b.sample_loss, b.spike};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            free(all[k]);
        oracle_free(&j.o);
    }
    json_decref(result);
    if (strchr(address, '/'))
        case_free(made.problem);
    else if (made.problem)
        case_made_clear(&made);
    fflush(stdout);
}

#endif
