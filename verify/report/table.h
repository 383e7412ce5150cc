/* table.h: what the files that write tables share. Private to verify/. */
#ifndef EVIDENT_VERIFY_TABLE_H
#define EVIDENT_VERIFY_TABLE_H

#include "verify/verify.h"

/* Opens DIRECTORY/NAME and writes its first line. 0, or -1 and error. */
int table_open(struct ver_file *file, const char *directory, const char *name, const char *heading,
               struct case_error *error);

/* ucurve.tsv, example_traces.tsv and example_spikes.tsv. 0, or -1 and error. */
int table_examples(const char *directory, struct case_error *error);

/* ---- table_check.c ---- */

/* checks.tsv; all: a row for every comparison that agrees, too. 0, or -1 and error. */
int table_checks(const char *directory, const struct ver_judgement *judgement, size_t cases,
                 bool all, struct case_error *error);

/* ---- table_agreement.c ---- */

/* agreement.tsv. 0, or -1 and error. */
int table_agreement(const char *directory, const struct ver_judgement *judgement, size_t cases,
                    struct case_error *error);

/* ---- total_clock.c: what the engines of a run add up to ---- */

/* Fills all of totals that is about engines. 0, or -1 if memory is short. */
int total_clocks(struct ver_totals *totals, const struct ver_judgement *judgement, size_t cases);

/* ---- table_page.c ---- */

/* heat.tsv, counts.tsv, points.tsv and failures.tsv. 0, or -1 and error. */
int table_page(const char *directory, const struct ver_judgement *judgement, size_t cases,
               struct case_error *error);

/* ---- table_clock.c ---- */

/* engines.tsv, ratios.tsv, ladder.tsv and orders.tsv. 0, or -1 and error. */
int table_clocks(const char *directory, const struct ver_judgement *judgement, size_t cases,
                 const struct ver_totals *totals, struct case_error *error);

#endif
