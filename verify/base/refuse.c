/* SPDX-License-Identifier: MIT */
/* refuse.c: see refuse.h. */
#include "verify/base/refuse.h"

#include <stdarg.h>
#include <stdio.h>

int command_refuse(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "evident%s%s: ", command[0] ? " " : "", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return COMMAND_COULD_NOT_RUN;
}
