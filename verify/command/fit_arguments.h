/* SPDX-License-Identifier: MIT */
/* fit_arguments.h: --loss, --sizes and --without: which cases of suites and families are wanted. */
#ifndef EVIDENT_FIT_ARGUMENTS_H
#define EVIDENT_FIT_ARGUMENTS_H

#include "cases/fit.h"
#include "verify/command/command.h"

/* One that leaves out nothing without these options. false after a line. */
bool fit_arguments_read(struct case_fit *fit, const struct options *options);

#endif
