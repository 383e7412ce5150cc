/* SPDX-License-Identifier: MIT */
/* refuse.c: see refuse.h. */
#include "verify/base/refuse.h"

#include <stdarg.h>
#include <stdio.h>

/* In one piece, since several processes may write there at a time. */
int command_refuse(const char *command, const char *format, ...)
{
    char line[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "evident%s%s: %s\n", command[0] ? " " : "", command, line);
    return COMMAND_COULD_NOT_RUN;
}
