/* SPDX-License-Identifier: MIT */
/* settings_table.h: the rows of the table of settings. Private to gpu/train/. */
#ifndef EVIDENT_GPU_SETTINGS_TABLE_H
#define EVIDENT_GPU_SETTINGS_TABLE_H

#include "gpu/train/settings.h"

enum train_setting_kind {
    SETTING_TEXT,   /* char * */
    SETTING_PATH,   /* char *; relative to the configuration */
    SETTING_CHOICE, /* char *; one of words */
    SETTING_NUMBER, /* double */
    SETTING_WHOLE,  /* double, a whole number */
    SETTING_SWITCH  /* bool */
};

struct train_setting {
    const char *name; /* NULL ends the table */
    enum train_setting_kind kind;
    size_t place;      /* offset in struct train_settings */
    const char *plain; /* the default, as in a configuration, texts without quotes */
    double least, most;
    const char *words; /* of a choice, with | between */
    const char *help;
};

extern const struct train_setting train_setting[];

#endif
