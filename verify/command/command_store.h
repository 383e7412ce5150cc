/* command_store.h: the commands on what runs leave behind, and what they share. Private to verify/.
 */
#ifndef EVIDENT_VERIFY_COMMAND_STORE_H
#define EVIDENT_VERIFY_COMMAND_STORE_H

#include "verify/command/command.h"
#include "verify/store/store.h"

int command_report(int argc, char **argv);
int command_list(int argc, char **argv);
int command_show(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_export(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_baseline(int argc, char **argv);
int command_store(int argc, char **argv);

/* How to name a run and a store: the end of every usage. */
#define COMMAND_STORE_USAGE                                                                        \
    "  --store FILE     the store (default: $EVIDENT_STORE, else evident.sqlite)\n"                \
    "\n"                                                                                           \
    "RUN is a number that `evident list` prints, latest, or latest-N: the Nth before it.\n"

/* NULL after a line; path NULL: the default. */
struct store *command_store_open(const char *command, const char *path, enum store_mode mode);

/* The line of store_error(). Closes the store, returns COMMAND_COULD_NOT_RUN. */
int command_store_end(const char *command, struct store *store);

/* What most of these commands take: operands, and --store. */
struct command_operands {
    const char *at[8];
    size_t count;
};
/* false after a line: more than most (which is at most 8). */
bool command_operand(const char *command, struct command_operands *operands, const char *value,
                     size_t most);

#endif
