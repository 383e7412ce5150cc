/* cases.h: the problem. What a network, its samples and its loss are; reading, writing and making
 * them.
 *
 * Every number in a case is an IEEE double, and that double is exact: 0.1 in a file means the
 * double nearest to 0.1. Times in ms; voltages and currents dimensionless.
 *
 * Dynamics of LIF and LI neurons (bias b, LI without the threshold):
 *     tau_mem dV/dt = -V + I + b        tau_syn dI/dt = -I        V = I = 0 at t = 0
 * A LIF neuron spikes when V reaches the threshold from below; V is then set to reset.
 * A spike of neuron i at time t arrives at j at time t + delay[i][j]: I_j += weight[i][j].
 * Ties: arrivals at one neuron at one time add up; a threshold crossing at the very time of an
 * arrival happens before it; an event at exactly T = end does not happen.
 *
 * The reader guarantees what the comments below say; engines rely on it without checking again. */
#ifndef EVIDENT_CASES_H
#define EVIDENT_CASES_H

#include <mpfr.h>
#include <stddef.h>
#include <stdint.h>

enum case_model { CASE_SPIKE_SOURCE, CASE_LIF, CASE_LI };

enum case_loss_kind {
    CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, /* needs label, weighting; li population */
    CASE_INSTANTANEOUS_CROSS_ENTROPY,    /* needs label; li population */
    CASE_MAX_VOLTAGE_CROSS_ENTROPY,      /* needs label; li population */
    CASE_FIRST_SPIKE_CROSS_ENTROPY,      /* needs label, tau0, tau1, alpha; lif population */
    CASE_FIRST_SPIKE_SQUARED_ERROR,      /* needs target.times; lif population */
    CASE_FIRST_SPIKE_MARGIN,             /* needs label, margin; lif population */
    CASE_VOLTAGE_SQUARED_ERROR           /* needs target.voltages; li population */
};
#define CASE_LOSS_KINDS (CASE_VOLTAGE_SQUARED_ERROR + 1)
enum case_weighting { CASE_UNIFORM, CASE_EXPONENTIAL, CASE_LINEAR, CASE_SIGMOID };
enum case_penalty { CASE_PENALTY_EXPONENTIAL, CASE_PENALTY_RECIPROCAL };

/* One number for all (count 1) or one each (count = number of neurons, or of synapses). */
struct case_values {
    size_t count;
    double *at;
};

struct case_population {
    char *name;
    size_t size; /* 1 .. CASE_MAX_NEURONS */
    enum case_model model;
    struct case_values tau_mem, tau_syn; /* [1 or size], > 0; lif and li */
    struct case_values threshold, reset; /* [1 or size], threshold > 0, > reset; lif */
    struct case_values bias;             /* [1 or size]; lif and li */
};

struct case_projection {
    size_t source, target;    /* populations: from a spike-source or lif to a lif or li */
    struct case_values delay; /* [1] or [source size * target size], row = source neuron; >= 0 */
    double *weight;           /* [source size * target size], row = source neuron */
};

/* A list of times, ascending and finite, in [0, end). Equal neighbours are refused. */
struct case_train {
    size_t count;
    double *at;
};

/* Piecewise constant target voltage: value[k] holds from time[k] on; time[0] = 0, ascending. */
struct case_steps {
    size_t count;
    double *time, *value;
};

struct case_sample {
    struct case_train *
        *spikes;   /* [populations][neurons]; NULL for populations that are no source */
    size_t label;  /* where the loss needs one: < size of the loss population */
    double *times; /* [size of the loss population] or NULL */
    struct case_steps *voltages; /* [size of the loss population] or NULL */
};

struct case_loss {
    enum case_loss_kind kind;
    size_t population;
    enum case_weighting weighting;
    enum case_penalty penalty;
    double tau0, tau1, alpha; /* tau0, tau1 > 0; tau1 unused (0) with the reciprocal penalty */
    double silent_after;      /* ms after end at which a silent output counts as spiking; >= 0 */
    double margin;
};

struct case_problem {
    char *name, *note; /* note may be NULL */
    double end,
        step; /* trial length T > 0; step > 0 or 0 if absent (for fixed-step engines only) */
    size_t populations, projections, samples;
    struct case_population *population;
    struct case_projection *projection;
    struct case_sample *sample;
    struct case_loss loss;
};

/* A larger population is refused, so that a few bytes of input cannot ask for all memory. */
#define CASE_MAX_NEURONS ((size_t)1 << 24)

struct case_error {
    char text[512]; /* one line: file, place, found, wanted */
};

/* "voltage-squared-error": as a case names it. */
const char *case_loss_kind_name(enum case_loss_kind kind);

static inline double case_value(const struct case_values *v, size_t i)
{
    return v->at[v->count == 1 ? 0 : i];
}

/* Delay of the synapse (pre, post) of a projection. */
static inline double case_delay(const struct case_problem *c, const struct case_projection *p,
                                size_t pre, size_t post)
{
    return case_value(&p->delay, pre * c->population[p->target].size + post);
}

/* ---- reading and writing (format evident-case-1, JSON Schema in cases/case.schema.json) ---- */

/* Reads a case from a file ("-": standard input). Returns NULL and fills error on refusal. */
struct case_problem *case_read(const char *path, struct case_error *error);

/* The same from memory. name stands for the file in messages; relative HDF5 paths start at
 * directory (NULL: the current one). */
struct case_problem *case_read_text(const char *text, size_t length, const char *name,
                                    const char *directory, struct case_error *error);

/* The canonical text of a case, ending in a newline; reading it and writing it again gives the same
 * bytes. To be freed with free(). NULL if memory is short. */
char *case_text(const struct case_problem *c);

/* Writes the canonical text to a file: a temporary file beside it, then rename. 0, or -1 and error.
 */
int case_write(const char *path, const struct case_problem *c, struct case_error *error);

/* Checks a case that was built in memory by the reader's rules. 0, or -1 and error. */
int case_check(const struct case_problem *c, struct case_error *error);

void case_free(struct case_problem *c); /* NULL is allowed */

/* The same case again, sharing nothing with the first. NULL if memory is short. */
struct case_problem *case_copy(const struct case_problem *c);

/* The place of a file that comes with the program: ./in_tree, in_tree in the source tree that the
 * program was built in, in_share in the folder share beside the program or in the installed share
 * directory. To be freed. NULL if it is in none of them, and error (NULL is allowed) says so. */
char *case_shared_path(const char *in_tree, const char *in_share, struct case_error *error);

/* ---- parameters: the numbers by which a loss is differentiated, in one flat order ---- */

enum case_quantity {
    CASE_WEIGHT,     /* one block a projection, [source size][target size] */
    CASE_DELAY,      /* likewise, also where the case gives one delay for all */
    CASE_TAU_MEM,    /* one block a lif or li population, [1][size] */
    CASE_TAU_SYN,    /* likewise */
    CASE_THRESHOLD,  /* one block a lif population, [1][size] */
    CASE_BIAS,       /* one block a lif or li population, [1][size] */
    CASE_SPIKE_TIME, /* one block a sample, source population and neuron, [1][spikes] */
    CASE_QUANTITIES
};

struct case_block {
    enum case_quantity quantity;
    size_t projection;                 /* of CASE_WEIGHT and CASE_DELAY */
    size_t population, sample, neuron; /* of the others; sample and neuron of CASE_SPIKE_TIME */
    size_t rows, columns;
    size_t first; /* flat index of element [0][0]; row-major from there */
};

/* All blocks, ordered by quantity as in the enum, then by index as stored in the case. Together
 * they cover 0 .. parameters-1 without gaps. *block to be freed with free(). */
size_t case_blocks(struct case_block **block, size_t *parameters, const struct case_problem *c);

/* The value of a parameter: element of a block, ms or dimensionless. */
double case_parameter_value(const struct case_problem *c, const struct case_block *block,
                            size_t element);

/* The block that holds a flat index (binary search). */
const struct case_block *case_block_of(const struct case_block *block, size_t blocks,
                                       size_t parameter);

/* "weights[0][2][1]", "delays[1][0][3]", "tau_mem.hid[2]", "spike_times[0].in[1][4]": the place of
 * a parameter in a result. */
void case_parameter_name(char *text, size_t size, const struct case_problem *c,
                         const struct case_block *block, size_t blocks, size_t parameter);

/* ---- families: named generators; case k of a seed needs no other case ---- */

enum case_expectation {
    CASE_DECIDED,  /* the reference must decide it */
    CASE_UNDECIDED /* it lies exactly where the gradient does not exist: must be reported as such */
};

enum case_known_kind { CASE_KNOWN_LOSS, CASE_KNOWN_SPIKE, CASE_KNOWN_COUNT, CASE_KNOWN_GRADIENT };

/* A hand-derived truth that needed no simulator, correctly rounded to its precision or nearly so:
 * relative error below 2^-(precision - 32). */
struct case_known {
    enum case_known_kind kind;
    size_t sample, population, neuron, index; /* of a spike; index = count for CASE_KNOWN_COUNT */
    size_t parameter;                         /* of a gradient: flat index */
    mpfr_t value;                             /* not initialised for CASE_KNOWN_COUNT */
};

struct case_made {
    struct case_problem *problem;
    enum case_expectation expectation;
    struct case_known *known;
    size_t knowns;
    struct case_error error; /* empty, or why it could not be made */
};

struct case_family {
    const char *name, *summary;
    uint64_t limit; /* number of different cases, 0 if unlimited */
    int (*make)(struct case_made *made, uint64_t seed,
                uint64_t k); /* 0, or -1: made->error, or memory is short */
};

extern const struct case_family case_families[]; /* ends with a NULL name */

const struct case_family *case_family_find(const char *name); /* NULL if there is none */

/* Makes case k of a seed. 0, or -1 and error. */
int case_family_make(struct case_made *made, const struct case_family *family, uint64_t seed,
                     uint64_t k, struct case_error *error);

/* Makes "FAMILY:SEED:K". 0, or -1 and error. */
int case_make(struct case_made *made, const char *address, struct case_error *error);
void case_made_clear(struct case_made *made);

#endif
