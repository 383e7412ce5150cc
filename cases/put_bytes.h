/* SPDX-License-Identifier: MIT */
/* put_bytes.h: how files are written by all who write them beside their place and rename them. */
#ifndef EVIDENT_CASES_PUT_BYTES_H
#define EVIDENT_CASES_PUT_BYTES_H

#include <stddef.h>

/* All of it into an open file, and that to the disk. 0, or -1 and errno. */
int case_put_bytes(int descriptor, const void *bytes, size_t size);

#endif
