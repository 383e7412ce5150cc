/* ask.h: what `evident shrink`, `evident explain` and `evident plot` have in common: one case, and
 * how it is to be judged. Private to verify/. */
#ifndef EVIDENT_VERIFY_ASK_H
#define EVIDENT_VERIFY_ASK_H

#include "verify/command/command.h"

enum { ASK_BEFORE = 64 };

struct ask {
    const char *command, *usage;
    const struct command_option *own; /* options of this command alone; ends with a NULL name */
    /* Takes option number `option` of own. false after a line that says what was wanted. */
    bool (*take)(struct ask *ask, int option, const char *value);
    void *context;

    const char *name; /* of the case */
    struct ver_options judge;
    const char *before[ASK_BEFORE]; /* what judge.before points to */
};

/* What all three take, for their usage texts. */
#define ASK_USAGE                                                                                  \
    "  --engine NAME    who is judged: clock-host, clock-cuda, clock-emulated,\n"                  \
    "                   exec:COMMAND or so:PATH\n"                                                 \
    "  --conventions F  how that command counts, if it does not say so itself\n"                   \
    "  --engine-time-limit S  the longest it may take for an answer (default 60)\n"                \
    "  --step MS        step of the engine instead of the case's own\n"                            \
    "  --round-delays   round delays to whole steps instead of refusing the case\n"                \
    "  --compat         the published scheme instead of the clean one (evident verify --help)\n"   \
    "  --defect N       plant published defect N in the engine (evident defects); repeatable\n"

/* COMMAND_END if the arguments are good, else BAD or HELPED. */
int ask_read(struct ask *ask, int argc, char **argv);

#endif
