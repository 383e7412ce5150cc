/* SPDX-License-Identifier: MIT */
/* engines.h: the engines that `evident verify` and `evident run` know by name. Private to verify/.
 *
 * What an engine's numbers are held against is decided by its fields, in judge_engines.c. */
#ifndef EVIDENT_VERIFY_ENGINES_H
#define EVIDENT_VERIFY_ENGINES_H

#include "cases/engine.h"
#include "verify/verify.h"

/* For struct pool: the device of an engine is lost to this process. */
bool ver_engine_spent(void *context);

/* The program whose command could not be started for this case: then all judging ended there, and
 * nobody was told of it. NULL if there is none. */
const struct ver_judged *ver_no_start(const struct ver_judgement *judgement);

/* Runs an engine on a case and writes what it says as an evident-result-1 document: numbers that
 * read back to the same bits, nothing that it does not provide. 0, or -1 and error. */
int ver_engine_write(FILE *out, const struct case_problem *c, const struct engine *engine,
                     const struct ver_engine_options *options, bool gradients,
                     struct case_error *error);

#endif
