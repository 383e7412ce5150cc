/* SPDX-License-Identifier: MIT */
/* internal.h: what the reader, the checker and the writer share and nobody else needs.
 *
 * A refusal is one line "FILE: PLACE: found F, wanted W". Every function below that returns int
 * returns 0, or -1 after it has filled the error. */
#ifndef EVIDENT_CASES_INTERNAL_H
#define EVIDENT_CASES_INTERNAL_H

#include "cases/format.h"

#include <jansson.h>
#include <locale.h>

/* Longest input, in bytes: JSON trees take up to 25 times the size of their text. */
#define CASE_MAX_BYTES ((size_t)1 << 30)

/* Numbers that one case may take from HDF5 files (2 GiB as doubles): a file of a few bytes can
 * promise any size there. */
#define CASE_MAX_HDF5_NUMBERS ((size_t)1 << 28)

/* ---- messages (read_message.c) ---- */

struct case_report {
    const char *file; /* as given by the user; escaped and shortened when shown */
    struct case_error *error;
    int line, column; /* of a JSON text; line 0: neither, column -1: the line alone */
};

/* A place in a case: a chain from the leaf to the root. The root has up == NULL and is "$". */
struct case_place {
    const struct case_place *up;
    const char *key; /* NULL: a list element */
    size_t index;
};
#define CASE_ROOT (&(const struct case_place){NULL, NULL, 0})
#define CASE_KEY(up, key) (&(const struct case_place){(up), (key), 0})
#define CASE_AT(up, index) (&(const struct case_place){(up), NULL, (index)})

enum { CASE_SHOWN = 64, CASE_NUMBER = 32 };

/* Copies text with control characters and bytes that are no UTF-8 escaped; cuts it with "..." so
 * that it fits size bytes. Returns shown. */
char *case_show(char *shown, size_t size, const char *text);
char *case_show_quoted(char shown[CASE_SHOWN], const char *text);

/* The shortest of 15, 16 and 17 digits that reads back to the same double. Returns text. */
char *case_show_number(char text[CASE_NUMBER], double value);

/* Fills the error and returns -1. at may be NULL: then the refusal is about the file as such. */
int case_refuse(const struct case_report *report, const struct case_place *at, const char *found,
                const char *wanted, ...) __attribute__((format(printf, 4, 5)));
int case_refuse_memory(const struct case_report *report);

/* Refuses a file that cannot be read; cause: an errno. */
int case_refuse_file(const struct case_report *report, int cause, const char *wanted);

/* ---- judging the values of a case (check.c) ---- */

/* Judges the member of a row of the object at a place. Every row before it has been judged. */
int case_judge_row(const struct case_report *report, const struct case_place *at,
                   const struct case_form *form, const struct case_row *row,
                   const struct case_problem *c, const void *object);

/* Whether an optional number is as it is without its key. */
int case_is_absent(const struct case_row *row, double value);

/* The samples' part of it (check_sample.c). */
int case_judge_spikes(const struct case_report *report, const struct case_place *at,
                      const struct case_problem *c, struct case_train *const *spikes);
int case_judge_steps(const struct case_report *report, const struct case_place *at,
                     const struct case_steps *steps, double end);

/* ---- reading JSON values (read_value.c) ---- */

struct case_reader {
    struct case_report report;
    const char *directory; /* where relative HDF5 paths start, or NULL */
    struct case_problem *problem;
    json_t *names;       /* population name -> index; NULL until the first is looked up */
    size_t hdf5_numbers; /* taken so far */
    size_t hdf5_trains;  /* likewise, bounded by CASE_MAX_NEURONS */
};

/* Checks that value is an object with the keys that the variant needs and none that it may not
 * have; variant CASE_ALWAYS: it is not known. whose says whom the keys belong to, such as "a lif
 * population". */
int case_read_keys(const struct case_reader *reader, const struct case_place *at,
                   const json_t *value, const struct case_row *rows, int variant,
                   const char *whose);
int case_read_list(const struct case_reader *reader, const struct case_place *at,
                   const json_t *value, const char *of);
int case_read_number(double *number, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value);
int case_read_whole(size_t *whole, const struct case_reader *reader, const struct case_place *at,
                    const json_t *value, size_t least, size_t most);
int case_read_string(char **text, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value);
int case_read_choice(size_t *choice, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value, const char *const *words);

/* A list of count numbers. *numbers to be freed, also on refusal. */
int case_read_numbers(double **numbers, const struct case_reader *reader,
                      const struct case_place *at, const json_t *value, size_t count);

/* A list of rows lists of columns numbers, or {"hdf5": FILE, "dataset": PATH}. */
int case_read_matrix(double **numbers, struct case_reader *reader, const struct case_place *at,
                     const json_t *value, size_t rows, size_t columns);

/* Shows what a JSON value is: "a list of 3", "true", "\"abc\"", ... Returns shown. */
char *case_show_json(char shown[CASE_SHOWN], const json_t *value);

/* ---- reading by the table ---- */

/* Reads the keys of an object of c at a place and judges those of the root (read_object.c). */
int case_read_object(struct case_reader *reader, const struct case_place *at,
                     const struct case_form *form, const json_t *value, void *object);

/* The population of a name: 0, 1 if there is none, or -1 after a refusal. */
int case_find_population(size_t *population, struct case_reader *reader, const char *name);

/* The samples' part of it (read_sample.c). */
int case_read_spikes(struct case_train ***spikes, struct case_reader *reader,
                     const struct case_place *at, const json_t *value);
int case_read_voltages(struct case_steps **voltages, const struct case_reader *reader,
                       const struct case_place *at, const json_t *value, size_t outputs);

/* ---- HDF5 (hdf5.c) ---- */

/* Reads the float dataset name of the file at path: exactly columns columns, and exactly *rows
 * rows, or any number of rows, stored in *rows, where it is SIZE_MAX. *numbers to be freed. *taken
 * counts the numbers of one case, at most CASE_MAX_HDF5_NUMBERS. */
int case_read_dataset(double **numbers, size_t *rows, size_t *taken,
                      const struct case_report *report, const struct case_place *at,
                      const char *path, const char *name, size_t columns);

/* The same of value = {"hdf5": FILE, "dataset": PATH}. */
int case_read_hdf5(double **numbers, size_t *rows, struct case_reader *reader,
                   const struct case_place *at, const json_t *value, size_t columns);

/* ---- files (read.c) ---- */

/* Reads a whole file of at most limit bytes ("-": standard input). NULL and error on refusal. */
char *case_read_bytes(size_t *length, const struct case_report *report, const char *path,
                      size_t limit);

/* Opens a new file in the folder of path to write it; its name, to be freed, goes to temporary. -1
 * and errno on failure. */
int case_open_beside(char **temporary, const char *path);

/* The JSON value of a text, to be given back with json_decref(). A line of the report is that where
 * the text begins (0: the first). NULL and error on refusal. In the plain locale. */
json_t *case_load_json(const char *text, size_t length, const struct case_report *report);

/* From here on 0.5 is a number and never 0,5. Returns what leave wants back, or (locale_t)0 if
 * memory is short. */
locale_t case_locale_enter(void);
void case_locale_leave(locale_t before);

#endif
