/* SPDX-License-Identifier: MIT */
/* hdf5_file.h: what all readers of HDF5 files share. */
#ifndef EVIDENT_HDF5_FILE_H
#define EVIDENT_HDF5_FILE_H

#include "cases/internal.h"

#include <hdf5.h>

/* Calls work(context) while HDF5 keeps its own messages to itself: a refusal is one line. Returns
 * what work returns. */
int case_hdf5_quietly(int (*work)(void *context), void *context);

/* Whether there is a regular file of that name that HDF5 knows as its own. */
bool case_hdf5_recognise(const char *path);

/* Opens a file to read it; a refusal names the path at a place, or the file of the report (NULL).
 * Negative after a refusal. To be closed with H5Fclose(). */
hid_t case_hdf5_open(const struct case_report *report, const struct case_place *at,
                     const char *path);

/* Whether a type is IEEE binary32 or binary64, of either byte order. */
bool case_hdf5_is_float(hid_t type);

#endif
