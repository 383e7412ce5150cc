/* SPDX-License-Identifier: MIT */
/* fresh_folder.h: a fresh folder for the files of one test. */
#ifndef EVIDENT_TESTS_FRESH_FOLDER_H
#define EVIDENT_TESTS_FRESH_FOLDER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static inline void make_folder_in(const char *parent)
{
    snprintf(folder, sizeof folder, "%s/evident-test-XXXXXX", parent);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static inline void make_folder(void)
{
    make_folder_in("/tmp");
}

static inline void drop_folder(void)
{
    char command[192];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", folder, folder);
    ck_assert_int_eq(system(command), 0);
}

/* FOLDER/NAME; four names live at a time. */
static inline const char *at(const char *name)
{
    static char path[4][160];
    static int next;
    char *here = path[next++ % 4];
    snprintf(here, sizeof path[0], "%s/%s", folder, name);
    return here;
}

static inline void put_file(const char *name, const char *content)
{
    FILE *file = fopen(at(name), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

#endif
