/* SPDX-License-Identifier: MIT */
/* verify.h: the judge. It holds the reference (proven enclosures) against the witness (independent,
 * differences of the loss) and says of every case: pass, fail, undecided, not-run or error.
 *
 * A pass is a proof of agreement: every comparison is written so that NaN fails, every derivative
 * has a difference that agrees, and every bound stands in bounds.h with its derivation. */
#ifndef EVIDENT_VERIFY_H
#define EVIDENT_VERIFY_H

#include "cases/engine.h"
#include "ref/ref.h"
#include "cases/file.h"

#include <math.h>
#include <stdio.h>

#define VER_VERSION "0.1.0"
/* The macros of math.h are floats. */
#define VER_NAN ((double)NAN)
#define VER_INFINITY ((double)INFINITY)

/* ---- verdicts and comparisons ---- */

enum ver_verdict {
    VER_PASS,
    VER_FAIL,
    VER_UNDECIDED, /* the reference could not decide it, or some derivative has no evidence */
    VER_NOT_RUN,   /* larger than the engines allow; reason says how */
    VER_ERROR,     /* the case could not be made, or memory is short */
    VER_VERDICTS
};

enum ver_outcome { VER_AGREES, VER_DIFFERS, VER_EXCLUDED /* counted, never used as evidence */ };
/* What a comparison is about; totals are kept by these. */
enum ver_kind {
    VER_KIND_SPIKES,
    VER_KIND_LOSS,
    VER_KIND_DIRECTION,
    VER_KIND_COORDINATE,
    VER_KIND_ADJOINT,
    VER_KIND_KNOWN,
    VER_KIND_PROMISE,    /* what the reference promises of its own numbers: digits, status */
    VER_KIND_ROUNDING,   /* an engine against its own scheme without rounding */
    VER_KIND_DECISION,   /* of an engine: spike or no spike */
    VER_KIND_BITS,       /* two engines, bit by bit */
    VER_KIND_LADDER,     /* a scheme against the reference as its step shrinks */
    VER_KIND_INVARIANCE, /* what must not change an engine's bits */
    VER_KIND_ANSWER,     /* another program against the reference */
    VER_KINDS
};

/* Classes beside enum witness_class: of what has no derivative, and of what is no difference. */
enum { VER_NO_DERIVATIVE = WITNESS_UNRESOLVED + 1, VER_CLASSES, VER_NO_CLASS = VER_CLASSES };

struct ver_comparison {
    enum ver_kind kind;
    enum ver_outcome outcome;
    const char *engine;   /* who is judged; NULL: the reference */
    int class_;           /* enum witness_class or VER_NO_CLASS */
    const char *quantity; /* "weights", "direction", "adjoint_V", "spikes", ... */
    char index[112];      /* "weights[0][2][1]", "0" of a direction, "sample 0 hid[3]", ... */
    size_t numbers;       /* how many numbers were compared here, all by the same rule */
    double digits;        /* agreement; NaN where it has no meaning */
    double order, step;   /* of a difference: observed order, log2 of the smallest step; or NaN */
    long precision;       /* bits of the witness */
    double distance;      /* in units of the bound; at most 1 to agree */
    char value[40], reference[40]; /* what is right (witness, known truth, grid), what is judged */
};

/* ---- engines: contenders, judged beside the reference ---- */

enum { VER_ENGINES = 4 }; /* so many in one run */

/* NULL if there is none of that name. */
const struct engine *ver_engine_find(const char *name);

const struct engine *ver_engine_at(size_t k); /* in the order of the table; NULL at its end */

/* Is there a published defect of that number which an engine can have? */
bool ver_defect_known(unsigned number);

/* How engines run; for all of them alike. */
struct ver_engine_options {
    double step;       /* ms; 0: the case's own */
    bool round_delays; /* to whole steps, where a case's delays are none */
    bool compat;       /* the published scheme, judged as such */
    unsigned defects;  /* bit N: the published defect of number N, planted */
};

/* What is compared between an engine and its scheme without rounding. */
enum ver_scheme_quantity {
    VER_SCHEME_V,
    VER_SCHEME_I,
    VER_SCHEME_SLOPE,
    VER_SCHEME_LAMBDA_V,
    VER_SCHEME_LAMBDA_I,
    VER_SCHEME_SAMPLE_LOSS,
    VER_SCHEME_LOSS,
    VER_SCHEME_WEIGHTS,
    VER_SCHEME_DELAYS,
    VER_SCHEME_TAU_MEM,
    VER_SCHEME_TAU_SYN,
    VER_SCHEME_QUANTITIES
};

/* Bin 0: ratios above 1; bin b: above 2^-b to 2^(1-b); the last holds all smaller ones, and 0. */
enum { VER_RATIO_BINS = 27 };

struct ver_ratios { /* error in units of its bound */
    uint64_t count[VER_RATIO_BINS];
    double largest; /* NaN where there was none */
};

enum ver_engine_state {
    VER_ENGINE_RAN,
    VER_ENGINE_INEXPRESSIBLE, /* the scheme cannot say this case; reason says why */
    VER_ENGINE_LARGE,         /* beyond what an engine is asked for */
    VER_ENGINE_ABSENT,        /* no device */
    VER_ENGINE_FAILED,        /* memory, a broken build, an error of the device */
    VER_ENGINE_UNJUDGED,      /* it ran, and a gradient that it gave could not be judged */
    VER_ENGINE_STATES
};

/* Why, where it is counted; the line in `reason` says more. */
enum ver_cause {
    VER_CAUSE_NONE,
    VER_CAUSE_DELAYS,  /* of a state INEXPRESSIBLE: a delay is no whole number of steps */
    VER_CAUSE_GRAZING, /* from here on of a gradient that could not be judged */
    VER_CAUSE_COINCIDENCE,
    VER_CAUSE_END,
    VER_CAUSE_MAXIMA,       /* two largest voltages, nearly alike */
    VER_CAUSE_BORN_OR_LOST, /* spikes, a step beside */
    VER_CAUSE_TOO_SMALL,    /* a step moves it by as much as it is large */
    VER_CAUSE_OTHER_SPIKES,
    VER_CAUSE_SURROGATE,
    VER_CAUSE_UNDECIDED, /* the reference, a step beside */
    VER_CAUSE_STEPS,     /* too few steps */
    VER_CAUSES
};

/* Errors of the scheme against the reference at one step; NaN where there is nothing to compare. */
enum ver_ladder_quantity {
    VER_LADDER_SPIKES,  /* root mean square, ms */
    VER_LADDER_WEIGHTS, /* relative L2 norm of the gradient's error; likewise the others */
    VER_LADDER_DELAYS,
    VER_LADDER_TAU_MEM,
    VER_LADDER_TAU_SYN,
    VER_LADDER_QUANTITIES
};
enum { VER_RUNGS = 12 };
struct ver_rung {
    double step;                   /* ms */
    bool agrees;                   /* every neuron spikes as often as in the reference */
    size_t spikes, missing, extra; /* of the reference; a neuron has fewer; a neuron has more */
    double error[VER_LADDER_QUANTITIES];
};

struct ver_ladder {
    size_t rungs;
    struct ver_rung rung[VER_RUNGS];     /* each half the step of the one before */
    double order[VER_LADDER_QUANTITIES]; /* NaN: too few rungs */
    double limit;     /* relative error of the extrapolated gradient of the weights */
    char reason[128]; /* why there is none */
};

enum { VER_DIAGNOSIS = 256, VER_READING = 32 };

/* One engine on one case. */
struct ver_judged {
    const char *engine;
    enum ver_engine_state state;
    enum ver_cause cause;
    char reason[256];       /* of any state but RAN: one line */
    uint64_t digest;        /* of all its numbers */
    bool traced, same;      /* V, I, adjoints too; bits like the first engine's that ran */
    size_t decisions, near; /* spike decisions; those nearer to the threshold than rounding */
    struct ver_ratios ratios[VER_SCHEME_QUANTITIES];
    char diagnosis[VER_DIAGNOSIS]; /* what its wrong numbers look like */
    char reading[VER_READING]; /* which reading that is (reading_table.c), by its key; "": none */
    double seconds;      /* that another program took to answer; 0: not measured */
    bool no_start;       /* another program: its command cannot be started at all */
    char before[512];    /* cases, one a line, that it must be asked about first to answer so */
};

/* Seconds of one case, 0 where nothing was measured: for the store, in no comparison or digest. */
struct ver_seconds {
    double all; /* reading and making the case left out */
    double reference, witness;
    double engine[VER_ENGINES]; /* in the order asked for, with all that is judged of each */
};

struct ver_judgement {
    char *name; /* address or file: what `evident verify` takes */
    const char *family;
    enum ver_verdict verdict;
    char reason[320]; /* of any verdict but pass and fail: one line */
    struct ver_comparison *comparison;
    size_t comparisons, room;
    size_t neurons, parameters, spikes;
    long precision;             /* bits of the reference */
    double margin[REF_MARGINS]; /* +inf where there is nothing to measure */
    double gradient_norm;       /* L2 norm of all gradients */
    double condition;           /* largest |p dL/dp| / |L| */
    double digits;              /* smallest agreement of a difference; NaN without any */
    struct ver_judged *judged;  /* [engines], one an engine asked for; NULL without engines */
    size_t engines;
    struct ver_ladder *ladder; /* NULL where there is none */
    char case_digest[33];      /* hash_case; "": not taken */
    struct ver_seconds seconds;
};

struct ver_options {
    long digits;        /* of the reference */
    long precision_cap; /* bits, of the reference */
    unsigned directions;
    uint64_t seed; /* of directions and probes; added to that of every line of a suite */
    const struct engine *engine[VER_ENGINES];
    size_t engines;
    struct ver_engine_options how;
    bool no_witness;           /* engines only */
    uint64_t every;            /* ladders and invariances on every so many-th case; 0: on all */
    double seconds;            /* a case that takes longer is an error of that case; 0: no limit */
    size_t bytes;              /* likewise one whose process has more memory; 0: no limit */
    const char *const *before; /* [befores]: cases that other programs are asked about first */
    size_t befores;
};

#define VER_OPTIONS_DEFAULT                                                                        \
    {                                                                                              \
        .digits = 50, .precision_cap = 16384, .directions = 4                                      \
    }

/* A judgement before anything is known. */
#define VER_NO_JUDGEMENT                                                                           \
    ((struct ver_judgement){                                                                       \
        .family = "",                                                                              \
        .verdict = VER_ERROR,                                                                      \
        .margin = {VER_INFINITY, VER_INFINITY, VER_INFINITY, VER_INFINITY, VER_INFINITY},          \
        .gradient_norm = VER_NAN,                                                                  \
        .condition = VER_NAN,                                                                      \
        .digits = VER_NAN})

/* Judges one case in memory. judgement must be cleared whatever comes out. */
void ver_judge(struct ver_judgement *judgement, const char *name, const char *family,
               const struct case_made *made, const struct ver_options *options);
void ver_judgement_clear(struct ver_judgement *judgement);

const char *ver_verdict_name(enum ver_verdict verdict);
const char *ver_kind_name(enum ver_kind kind);
const char *ver_class_name(int class_); /* "-" of VER_NO_CLASS */
const char *ver_outcome_name(enum ver_outcome outcome);
const char *ver_scheme_quantity_name(enum ver_scheme_quantity quantity);
const char *ver_engine_state_name(enum ver_engine_state state);
const char *ver_cause_name(enum ver_cause cause); /* "-" of VER_CAUSE_NONE */
const char *ver_ladder_quantity_name(enum ver_ladder_quantity quantity);

/* ---- the comparisons by themselves ---- */

/* value inside the ball, grown by slack (>= 0). Fills outcome, digits, distance and the texts. */
void ver_compare_enclosure(struct ver_comparison *comparison, const arb_t ball, mpfr_srcptr value,
                           mpfr_srcptr slack);

/* A difference against the truth. scale: the sum of |gradient * coefficient| along the direction;
 * agreement is relative to it. fallback (an upper bound of what any gradient of the case amounts
 * to) takes its place where the truth is zero; loss bounds the rounding floor of such a zero. */
void ver_compare_difference(struct ver_comparison *comparison, const arb_t truth, const arb_t scale,
                            const arb_t fallback, const arb_t loss,
                            const struct witness_difference *difference);

/* ---- sources: what is to be judged ---- */

struct ver_source {
    char *name;                       /* address or file */
    const struct case_family *family; /* NULL for a file */
    uint64_t seed, number;            /* of the family */
    bool of_suite;                    /* by a line of a suite, not by itself */
    size_t position;                  /* among all sources of the run, of other shards, too */
    struct case_made *made;           /* of a file; others are made when their turn comes */
};

/* Of what family it is said to be: its own, "like" or "file". */
const char *ver_source_family(const struct ver_source *source);

/* Makes a case whose turn has come; made is NULL there. 0, or -1 and error. */
int ver_source_make(struct case_made *made, const struct ver_source *source,
                    struct case_error *error);

struct ver_sources {
    struct ver_source *at;
    size_t count, room;
};

/* Adds a case file, "-", an address, several as FAMILY:SEED:FIRST-LAST, or a suite. Whatever is
 * wrong with it is said now, before anything runs. 0, or -1 and error. sources starts as
 * {NULL, 0, 0}. */
int ver_sources_add(struct ver_sources *sources, const char *name, uint64_t seed,
                    struct case_error *error);
/* The file of a suite: itself, or where the suites of the program are. To be freed; NULL if it is
 * no suite. */
char *ver_suite_path(const char *name);
void ver_sources_clear(struct ver_sources *sources);
void ver_source_clear(struct ver_source *source);

/* Keeps those of which keep says so, as if the others had never been added. */
typedef bool ver_source_test(const struct ver_source *source, const void *context);
void ver_sources_keep(struct ver_sources *sources, ver_source_test *keep, const void *context);

/* Keeps every shards-th source, from the shard-th on (1 .. shards), and drops the others. */
void ver_sources_shard(struct ver_sources *sources, uint64_t shard, uint64_t shards);

/* Is it the address of a case, FAMILY:SEED:K? A file of that name comes first. */
bool ver_is_address(const char *name);

/* Loads one case from a file, "-" or an address. 0, or -1 and error. */
int ver_load(struct case_made *made, const char *name, struct case_error *error);

/* ---- many cases ---- */

struct ver_engine_totals { /* of one engine */
    const char *engine;
    size_t state[VER_ENGINE_STATES], cause[VER_CAUSES];
    char reason[256];    /* the first of what is no good: absent or failed; else of any not run */
    size_t traced, same; /* cases; same: of those after the first engine */
    size_t decisions, near;
    struct ver_ratios ratios[VER_SCHEME_QUANTITIES];
    char digest[33]; /* of all cases it ran */
    double seconds;  /* of an answer of another program, median; NaN: not measured */
};

struct ver_totals {
    size_t cases, verdict[VER_VERDICTS];
    size_t inexpressible;         /* of those not run: the scheme cannot say them, nothing else */
    size_t compared[VER_KINDS];   /* numbers compared */
    size_t excluded[VER_CLASSES]; /* differences of the witness */
    size_t apart[VER_KINDS];      /* other numbers that are no evidence */
    size_t engines;
    struct ver_engine_totals engine[VER_ENGINES];
    /* Cases with an observed order, its median; wrong: there are enough, and it is not 1. */
    size_t ladders[VER_LADDER_QUANTITIES];
    double ladder_order[VER_LADDER_QUANTITIES];
    bool ladder_wrong[VER_LADDER_QUANTITIES];
    double digits_minimum, digits_median; /* of all differences that agree or differ */
    double order_minimum, order_median, order_maximum;
    char digest[33]; /* of all that was said of all cases */
};

/* judged: every judgement in the order of the sources. finished: each that was made now, at once,
 * in any order. progress: often. All one at a time, in the calling process. */
struct ver_listener {
    void (*judged)(void *context, const struct ver_judgement *judgement);
    void (*progress)(void *context, size_t done, size_t all, size_t failed);
    void *context;
    void (*finished)(void *context, size_t position, const struct ver_judgement *judgement);
    const bool *stop; /* NULL, or no case is begun once it is true */
};

/* Judges all sources in so many processes (0: one a core; under MPI one a rank), which change no
 * result. judgement[sources->count]: zero, or named: judged before and only told. */
void ver_judge_all(struct ver_judgement *judgement, const struct ver_sources *sources,
                   const struct ver_options *options, int workers,
                   const struct ver_listener *listener);

/* The part of the other ranks under MPI: judges what the first rank hands out. */
void ver_judge_for_others(const struct ver_sources *sources, const struct ver_options *options,
                          int workers);

/* Adds the counts and keeps the larger ratio. */
void ver_ratios_add(struct ver_ratios *sum, const struct ver_ratios *ratios);

/* Seconds since some moment, never set back. */
double ver_now(void);

/* Makes a directory that does not exist yet; its parent must. 0, or -1 and error. */
int ver_directory_make(const char *directory, struct case_error *error);

/* ---- results ---- */

struct ver_result_options {
    long digits; /* printed at most; fewer where fewer are proven */
    /* Of a line: the direction and the point as they were given; along is NULL without one. */
    const char *along, *at;
    const struct ref_nudge *nudge;
    size_t nudges;
};

/* A number in quotes, as many digits as are proven; null if it is none. */
void ver_number_write(FILE *out, const arb_t x, long digits);

/* The members of a result that a line adds, each after a comma. */
void ver_line_write(FILE *out, const struct case_problem *c, const struct ref_result *result,
                    const struct ver_result_options *options);

/* Writes an evident-result-1 document. 0, or -1 if memory is short or out has an error. */
int ver_result_write(FILE *out, const struct case_problem *c, const struct ref_result *result,
                     const struct ver_result_options *options);

#endif
