/* SPDX-License-Identifier: MIT */
/* record.c: the columns of every kind of row, and the rows of a judgement. */
#include "verify/run/record.h"
#include "verify/judge/judge.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- names of enumerations ---- */

static const char *verdict(int k)
{
    return ver_verdict_name((enum ver_verdict)k);
}

static const char *kind(int k)
{
    return ver_kind_name((enum ver_kind)k);
}

static const char *outcome(int k)
{
    return ver_outcome_name((enum ver_outcome)k);
}

static const char *state(int k)
{
    return ver_engine_state_name((enum ver_engine_state)k);
}

static const char *cause(int k)
{
    return ver_cause_name((enum ver_cause)k);
}

/* ---- the columns ---- */

#define AT(of, member) offsetof(struct of, member), sizeof(((struct of *)0)->member)
#define PLAIN(kind_, name_, of, member, says_)                                                     \
    {                                                                                              \
        COLUMN_##kind_, name_, AT(of, member), .says = says_                                       \
    }
#define NAME(name_, of, member, none_, says_)                                                      \
    {                                                                                              \
        COLUMN_NAME, name_, AT(of, member), .none = none_, .says = says_                           \
    }
#define NAMED(name_, of, member, word_, words_, says_)                                             \
    {                                                                                              \
        COLUMN_WORD, name_, AT(of, member), word_, words_, .says = says_                           \
    }
#define APART(kind_, name_, of, member, says_)                                                     \
    {                                                                                              \
        COLUMN_##kind_, name_, AT(of, member), .apart = true, .says = says_                        \
    }

_Static_assert(REF_MARGINS == 5 && VER_ENGINES == 4, "a column for each margin and engine");

static const struct column of_cases[] = {
    PLAIN(OWN, "name", ver_judgement, name, "what `evident verify` takes: an address or a file"),
    NAME("family", ver_judgement, family, NULL, NULL),
    PLAIN(TEXT, "case_digest", ver_judgement, case_digest,
          "of the case's canonical text; '' if not taken"),
    NAMED("verdict", ver_judgement, verdict, verdict, VER_VERDICTS,
          "pass, fail, undecided, not-run, error"),
    PLAIN(TEXT, "reason", ver_judgement, reason, NULL),
    PLAIN(SIZE, "neurons", ver_judgement, neurons, NULL),
    PLAIN(SIZE, "parameters", ver_judgement, parameters, NULL),
    PLAIN(SIZE, "spikes", ver_judgement, spikes, "by the reference"),
    PLAIN(LONG, "precision", ver_judgement, precision, "bits of the reference"),
    PLAIN(REAL, "grazing", ver_judgement, margin[REF_GRAZING],
          "the margins; Inf: nothing to measure"),
    PLAIN(REAL, "slope", ver_judgement, margin[REF_SLOPE], NULL),
    PLAIN(REAL, "coincidence", ver_judgement, margin[REF_COINCIDENCE], NULL),
    PLAIN(REAL, "end", ver_judgement, margin[REF_END], NULL),
    PLAIN(REAL, "maximum_gap", ver_judgement, margin[REF_MAXIMUM_GAP], NULL),
    PLAIN(REAL, "gradient_norm", ver_judgement, gradient_norm, NULL),
    PLAIN(REAL, "condition", ver_judgement, condition, "largest |p dL/dp| / |L|"),
    PLAIN(REAL, "digits", ver_judgement, digits, "smallest agreement of a difference"),
    APART(REAL, "seconds", ver_judgement, seconds.all,
          "of all of it; the view times has the parts"),
    APART(REAL, "seconds_reference", ver_judgement, seconds.reference, NULL),
    APART(REAL, "seconds_witness", ver_judgement, seconds.witness, NULL),
    APART(REAL, "seconds_0", ver_judgement, seconds.engine[0],
          "of engine number 0, with its judge"),
    APART(REAL, "seconds_1", ver_judgement, seconds.engine[1], NULL),
    APART(REAL, "seconds_2", ver_judgement, seconds.engine[2], NULL),
    APART(REAL, "seconds_3", ver_judgement, seconds.engine[3], NULL),
};

static const struct column of_comparisons[] = {
    NAMED("kind", ver_comparison, kind, kind, VER_KINDS, "spikes, losses, rounding, bits, ..."),
    NAME("engine", ver_comparison, engine, "reference", "who is judged"),
    NAME("quantity", ver_comparison, quantity, NULL, "weights, adjoint_V, known_spike, ..."),
    PLAIN(TEXT, "place", ver_comparison, index, "weights[0][2][1], ..."),
    NAMED("outcome", ver_comparison, outcome, outcome, VER_EXCLUDED + 1,
          "pass, fail, excluded (counted, never used as evidence)"),
    NAMED("class", ver_comparison, class_, ver_class_name, VER_NO_CLASS + 1,
          "of a difference of the loss; '-' of all others"),
    PLAIN(SIZE, "numbers", ver_comparison, numbers, "compared here, all by the same rule"),
    PLAIN(REAL, "digits", ver_comparison, digits, "of agreement"),
    PLAIN(REAL, "order", ver_comparison, order, "observed order of a difference"),
    PLAIN(REAL, "step", ver_comparison, step, "log2 of its smallest step"),
    PLAIN(LONG, "precision", ver_comparison, precision, NULL),
    PLAIN(REAL, "distance", ver_comparison, distance, "in units of the bound: at most 1 agrees"),
    PLAIN(TEXT, "got", ver_comparison, reference, "what is judged"),
    PLAIN(TEXT, "want", ver_comparison, value, "what is right"),
};

static const struct column of_engines[] = {
    NAME("engine", ver_judged, engine, "", NULL),
    NAMED("state", ver_judged, state, state, VER_ENGINE_STATES,
          "ran, inexpressible, large, absent, failed, unjudged"),
    NAMED("cause", ver_judged, cause, cause, VER_CAUSES,
          "why, where it is counted: delays, grazing, ...; else '-'"),
    PLAIN(TEXT, "reason", ver_judged, reason, NULL),
    PLAIN(HEX, "digest", ver_judged, digest, "of all its numbers"),
    PLAIN(FLAG, "traced", ver_judged, traced, "1: of V, I and adjoints too"),
    PLAIN(FLAG, "same", ver_judged, same, "1: bits like the first engine's that ran"),
    PLAIN(SIZE, "decisions", ver_judged, decisions, "spike or no spike"),
    PLAIN(SIZE, "near", ver_judged, near, "of those, nearer to the threshold than rounding"),
    PLAIN(TEXT, "diagnosis", ver_judged, diagnosis, "what wrong numbers look like"),
    PLAIN(TEXT, "reading", ver_judged, reading, "which of the readings that is; '' of none"),
    PLAIN(TEXT, "before", ver_judged, before, "cases it must be asked about first to answer so"),
    APART(REAL, "seconds", ver_judged, seconds, "of another program, to answer; 0: not measured"),
    APART(FLAG, "no_start", ver_judged, no_start, "1: no such program; no run goes on after it"),
};

static const struct column of_ratios[] = {
    PLAIN(REAL, "largest", ver_ratios, largest, NULL),
    PLAIN(COUNTS, "counts", ver_ratios, count, "BIN:COUNT ...; bin 0: above 1; b: 2^-b to 2^(1-b)"),
};

static const struct column of_ladders[] = {
    PLAIN(REAL, "order_spikes", ver_ladder, order[VER_LADDER_SPIKES], "NULL: too few steps"),
    PLAIN(REAL, "order_weights", ver_ladder, order[VER_LADDER_WEIGHTS], NULL),
    PLAIN(REAL, "order_delays", ver_ladder, order[VER_LADDER_DELAYS], NULL),
    PLAIN(REAL, "order_tau_mem", ver_ladder, order[VER_LADDER_TAU_MEM], NULL),
    PLAIN(REAL, "order_tau_syn", ver_ladder, order[VER_LADDER_TAU_SYN], NULL),
    PLAIN(REAL, "limit", ver_ladder, limit,
          "relative error of the extrapolated gradient of the weights"),
    PLAIN(TEXT, "reason", ver_ladder, reason, "why there is none"),
};

static const struct column of_rungs[] = {
    PLAIN(REAL, "step", ver_rung, step, "ms"),
    PLAIN(FLAG, "agrees", ver_rung, agrees, "1: every neuron spikes as often as it should"),
    PLAIN(SIZE, "spikes", ver_rung, spikes, "by the reference"),
    PLAIN(SIZE, "missing", ver_rung, missing, "of neurons that have fewer"),
    PLAIN(SIZE, "extra", ver_rung, extra, "of neurons that have more"),
    PLAIN(REAL, "error_spikes", ver_rung, error[VER_LADDER_SPIKES], "root mean square, ms"),
    PLAIN(REAL, "error_weights", ver_rung, error[VER_LADDER_WEIGHTS],
          "relative, of the gradient; so are the others"),
    PLAIN(REAL, "error_delays", ver_rung, error[VER_LADDER_DELAYS], NULL),
    PLAIN(REAL, "error_tau_mem", ver_rung, error[VER_LADDER_TAU_MEM], NULL),
    PLAIN(REAL, "error_tau_syn", ver_rung, error[VER_LADDER_TAU_SYN], NULL),
};

#define TABLE(of) of, sizeof of / sizeof *of

const struct record_table record_table[RECORD_KINDS] = {
    {"cases", NULL, 0, TABLE(of_cases)},
    {"comparisons", NULL, 1, TABLE(of_comparisons)},
    {"engines", "One engine on one case, in the order asked for.", 1, TABLE(of_engines)},
    {"ratios", "Rounding errors of engine number N in units of their bounds.", 2, TABLE(of_ratios)},
    {"ladders", "A scheme against the reference as its step is halved.", 0, TABLE(of_ladders)},
    {"rungs", "One step of a ladder, the largest first.", 1, TABLE(of_rungs)},
};

/* ---- the rows of a judgement ---- */

static bool is_empty(const struct ver_ratios *ratios)
{
    bool empty = isnan(ratios->largest);
    for (int bin = 0; bin < VER_RATIO_BINS; bin++)
        empty = empty && ratios->count[bin] == 0;
    return empty;
}

static int each_engine(const struct ver_judgement *j,
                       int (*each)(void *context, const struct record_row *row), void *context)
{
    int got = 0;
    for (size_t e = 0; e < j->engines && !got; e++) {
        got = each(context, &(struct record_row){RECORD_ENGINE, e, 0, &j->judged[e]});
        for (size_t q = 0; q < VER_SCHEME_QUANTITIES && !got; q++)
            if (!is_empty(&j->judged[e].ratios[q]))
                got = each(context,
                           &(struct record_row){RECORD_RATIO, e, q, &j->judged[e].ratios[q]});
    }
    return got;
}

int record_each(const struct ver_judgement *j,
                int (*each)(void *context, const struct record_row *row), void *context)
{
    int got = each(context, &(struct record_row){RECORD_CASE, 0, 0, j});
    for (size_t k = 0; k < j->comparisons && !got; k++)
        got = each(context, &(struct record_row){RECORD_COMPARISON, k, 0, &j->comparison[k]});
    if (!got)
        got = each_engine(j, each, context);
    if (!got && j->ladder)
        got = each(context, &(struct record_row){RECORD_LADDER, 0, 0, j->ladder});
    for (size_t r = 0; j->ladder && r < j->ladder->rungs && !got; r++)
        got = each(context, &(struct record_row){RECORD_RUNG, r, 0, &j->ladder->rung[r]});
    return got;
}

static void *next_engine(struct ver_judgement *j)
{
    struct ver_judged *grown = realloc(j->judged, (j->engines + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    j->judged = grown;
    struct ver_judged *next = &j->judged[j->engines++];
    *next = (struct ver_judged){.engine = NULL};
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        next->ratios[q].largest = VER_NAN;
    return next;
}

void *record_place(struct ver_judgement *j, enum record_kind of, size_t number, size_t quantity)
{
    switch (of) {
    case RECORD_CASE:
        return j->name ? NULL : j;
    case RECORD_COMPARISON:
        return number == j->comparisons ? judge_comparison(j) : NULL;
    case RECORD_ENGINE:
        return number == j->engines ? next_engine(j) : NULL;
    case RECORD_RATIO:
        return number < j->engines && quantity < VER_SCHEME_QUANTITIES
                   ? &j->judged[number].ratios[quantity]
                   : NULL;
    case RECORD_LADDER:
        return j->ladder ? NULL : (j->ladder = calloc(1, sizeof *j->ladder));
    default:
        return j->ladder && number == j->ladder->rungs && number < VER_RUNGS
                   ? &j->ladder->rung[j->ladder->rungs++]
                   : NULL;
    }
}
