/* parcel.h: a judgement as bytes, to travel from the process that made it to the one that collects.
 * Both run the same program; nothing else can read it. Private to verify/. */
#ifndef EVIDENT_VERIFY_PARCEL_H
#define EVIDENT_VERIFY_PARCEL_H

#include "verify/verify.h"

void parcel_put(FILE *out, const struct ver_judgement *judgement);

/* judgement must be cleared whatever comes out. 0, or -1: the bytes are no judgement, or memory is
 * short. */
int parcel_get(struct ver_judgement *judgement, const char *data, size_t size);

#endif
