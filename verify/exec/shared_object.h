/* SPDX-License-Identifier: MIT */
/* shared_object.h: an engine that somebody compiled: so:PATH (cases/engine.h says what it exports).
 * It runs inside the process that judges the case, one of a pool, so that a crash is an error of
 * that case. Private to verify/. */
#ifndef EVIDENT_VERIFY_SHARED_OBJECT_H
#define EVIDENT_VERIFY_SHARED_OBJECT_H

#include "cases/cases.h"
#include "cases/engine.h"

#define SHARED_OBJECT_PREFIX "so:"

/* Kept to the end of the program. name: "so:PATH". NULL and error: it cannot be loaded, it exports
 * no engine, or one of another interface. */
const struct engine *shared_object_open(const char *name, struct case_error *error);

/* One that was opened; NULL if there is none of that name. */
const struct engine *shared_object_named(const char *name);

/* The file of an engine that was opened so; NULL of any other. */
const char *shared_object_path(const struct engine *engine);

#endif
