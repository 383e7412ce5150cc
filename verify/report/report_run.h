/* SPDX-License-Identifier: MIT */
/* report_run.h: from a run in a store to its folder: tables, pictures of what fails, the page
 * itself. Private to the commands that write one. */
#ifndef EVIDENT_VERIFY_REPORT_RUN_H
#define EVIDENT_VERIFY_REPORT_RUN_H

#include "verify/store/store.h"

/* All of it, into a directory that exists. all_checks: a row in checks.tsv for every comparison
 * that agrees, too. 0, or -1 and error. */
int report_run(struct store *store, int64_t run, const struct ver_totals *totals,
               const char *directory, bool all_checks, struct case_error *error);

#endif
