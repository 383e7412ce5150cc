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

#endif
