/* now.c: how long something takes. */
#include "verify/verify.h"

#include <time.h>

double ver_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1000000000.0;
}
