/* SPDX-License-Identifier: MIT */
/* spike_case.h: files of spikes that a test writes, and what is read of them. */
#ifndef EVIDENT_TESTS_SPIKE_CASE_H
#define EVIDENT_TESTS_SPIKE_CASE_H

#include "cases/spikes/spikes.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(table) (int)(sizeof table / sizeof table[0])

static char spike_folder[64], spike_path[96], spike_labels[96];
static struct spike_set spike_found;
static struct case_error spike_error;

static inline void spike_setup(void)
{
    snprintf(spike_folder, sizeof spike_folder, "/tmp/evident-spikes-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(spike_folder));
    snprintf(spike_path, sizeof spike_path, "%s/spikes", spike_folder);
    snprintf(spike_labels, sizeof spike_labels, "%s/labels", spike_folder);
}

static inline void spike_teardown(void)
{
    spike_set_clear(&spike_found);
    unlink(spike_path);
    unlink(spike_labels);
    ck_assert_int_eq(rmdir(spike_folder), 0);
}

static inline void spike_put(const char *path, const void *bytes, size_t length)
{
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, length, out), length);
    fclose(out);
}

/* Reads what was written (or name) into spike_found. */
static inline void spike_read_well(const char *name, const char *labels,
                                   const struct spike_grid *grid)
{
    spike_set_clear(&spike_found);
    ck_assert_msg(spike_set_read(&spike_found, name, labels, grid, &spike_error) == 0, "%s",
                  spike_error.text);
}

/* It must be refused in one line that ends so, with nothing left in the set. */
static inline void spike_read_badly(const char *name, const char *labels,
                                    const struct spike_grid *grid, const char *end)
{
    spike_set_clear(&spike_found);
    memset(&spike_error, 0, sizeof spike_error);
    ck_assert_msg(spike_set_read(&spike_found, name, labels, grid, &spike_error) == -1,
                  "read, but \"%s\" was expected", end);
    size_t length = strlen(spike_error.text), tail = strlen(end);
    ck_assert_msg(length >= tail && strcmp(spike_error.text + length - tail, end) == 0,
                  "\"%s\", but \"%s\" was expected", spike_error.text, end);
    ck_assert_ptr_null(strchr(spike_error.text, '\n'));
    ck_assert_ptr_null(spike_found.begin);
    ck_assert_uint_eq(spike_found.samples, 0);
}

/* The samples found, each "LABEL GROUP: STEP.CHANNEL STEP.CHANNEL; ". */
static inline void spike_expect(const char *want)
{
    char text[4096] = "";
    size_t used = 0;
    for (size_t k = 0; k < spike_found.samples; k++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%u %u:", spike_found.label[k],
                                 spike_found.group[k]);
        for (size_t i = spike_found.begin[k]; i < spike_found.begin[k + 1]; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, " %d.%d", spike_found.step[i],
                                     spike_found.channel[i]);
        used += (size_t)snprintf(text + used, sizeof text - used, "; ");
    }
    ck_assert_str_eq(text, want);
}

static inline void spike_expect_sizes(size_t channels, size_t classes, size_t dropped,
                                      size_t merged)
{
    ck_assert_uint_eq(spike_found.channels, channels);
    ck_assert_uint_eq(spike_found.classes, classes);
    ck_assert_uint_eq(spike_found.dropped, dropped);
    ck_assert_uint_eq(spike_found.merged, merged);
}

#endif
