/* SPDX-License-Identifier: MIT */
/* cases.h: reading, writing, checking and making problems; the numbering of their parameters. */
#ifndef EVIDENT_CASES_H
#define EVIDENT_CASES_H

#include "cases/problem.h"

#include <mpfr.h>
#include <stdbool.h>
#include <stdio.h>

/* A larger population is refused, so that a few bytes of input cannot ask for all memory. */
#define CASE_MAX_NEURONS ((size_t)1 << 24)

struct case_error {
    char text[512]; /* one line: file, place, found, wanted */
};

/* "voltage-squared-error": as a case names it. */
const char *case_loss_kind_name(enum case_loss_kind kind);
/* Of the times of first spikes, and of voltages otherwise. */
int case_loss_is_first_spike(enum case_loss_kind kind);
/* A cross entropy: its drive is a share less one. */
int case_loss_is_entropy(enum case_loss_kind kind);

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

/* A text in quotes, as JSON has it. false: memory is short, or it is no UTF-8. */
bool case_put_quoted(FILE *out, const char *text);

/* Checks a case that was built in memory by the reader's rules. 0, or -1 and error. */
int case_check(const struct case_problem *c, struct case_error *error);

void case_free(struct case_problem *c); /* NULL is allowed */

/* The same case again, sharing nothing with the first. NULL if memory is short. */
struct case_problem *case_copy(const struct case_problem *c);

/* The place of a file that comes with the program: ./in_tree, in_tree in the source tree that the
 * program was built in, in_share in the folder share beside the program or in the installed share
 * directory. To be freed. NULL if it is in none of them, and error (NULL is allowed) says so. */
char *case_shared_path(const char *in_tree, const char *in_share, struct case_error *error);

/* ---- parameters (enum case_quantity, struct case_block) ---- */

/* All blocks, ordered by quantity as in the enum, then by index as stored in the case. Together
 * they cover 0 .. parameters-1 without gaps. *block to be freed with free(). */
size_t case_blocks(struct case_block **block, size_t *parameters, const struct case_problem *c);

/* "weights", "delays", ...: as a result names it. */
const char *case_quantity_name(enum case_quantity quantity);

/* How many parameters there are. */
size_t case_parameters(const struct case_problem *c);

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

/* An address may stand for cases like another one, CASE a file or an address: "like:CASE:SEED:K",
 * "like-weights:CASE:SEED:K" (cases/families/family_like.h). */
#define CASE_LIKE "like:"
#define CASE_LIKE_WEIGHTS "like-weights:"
bool case_is_like(const char *address);

/* Several cases of a family or like another one: "FAMILY:SEED:FIRST-LAST". */
struct case_range {
    size_t head; /* characters up to and with the last colon */
    uint64_t first, last;
};

/* false: it is no such text; whether there is such a family is not asked. */
bool case_range_read(struct case_range *range, const char *text);

/* Makes "FAMILY:SEED:K" and cases like others. 0, or -1 and error. */
int case_make(struct case_made *made, const char *address, struct case_error *error);
void case_made_clear(struct case_made *made);

#endif
