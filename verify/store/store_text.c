/* SPDX-License-Identifier: MIT */
/* store_text.c: numbers as files can carry them. */
#include "verify/store/store_inner.h"

#include <stdlib.h>
#include <string.h>

/* 15 digits are always a number's own, 17 always read back. */
void store_number_text(char text[STORE_NUMBER], double x)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, STORE_NUMBER, "%.*g", digits, x);
        if (isnan(x) || strtod(text, NULL) == x)
            break;
    }
    if (isnan(x))
        snprintf(text, STORE_NUMBER, "nan");
}
