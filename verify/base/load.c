/* SPDX-License-Identifier: MIT */
/* load.c: one case by its name: a file, standard input, or the address of a case of a family. */
#include "verify/verify.h"

#include <string.h>
#include <unistd.h>

bool ver_is_address(const char *name)
{
    return strchr(name, ':') && access(name, F_OK) != 0;
}

int ver_load(struct case_made *made, const char *name, struct case_error *error)
{
    *made = (struct case_made){0};
    if (ver_is_address(name))
        return case_make(made, name, error);
    made->problem = case_read(name, error);
    return made->problem ? 0 : -1;
}
