/* SPDX-License-Identifier: MIT */
/* shell.h: the program as a user calls it. It is named by the environment variable EVIDENT; without
 * it every test that calls it fails. */
#ifndef EVIDENT_TESTS_SHELL_H
#define EVIDENT_TESTS_SHELL_H

#include "tests/fresh_folder.h"

#include <string.h>
#include <sys/wait.h>

static char text[1 << 21]; /* what the last call printed, standard error included */

/* Runs a command of a shell, $E being the program and $D the folder; the exit code. */
static inline int shell(const char *command)
{
    static char line[8192], program[4096]; /* from the root: some change to the folder */
    char here[2048] = "";
    const char *name = getenv("EVIDENT");
    ck_assert_msg(name && (name[0] == '/' || getcwd(here, sizeof here)), "EVIDENT is not set");
    if (!program[0])
        snprintf(program, sizeof program, "%s%s%s", here, here[0] ? "/" : "", name);
    setenv("E", program, 1);
    setenv("D", folder, 1);
    ck_assert_int_lt(snprintf(line, sizeof line, "exec 2>&1; %s", command), sizeof line);
    FILE *pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static inline void says(const char *what)
{
    ck_assert_msg(strstr(text, what) != NULL, "wanted %s, printed %.4000s", what, text);
}

static inline void gives(const char *command, int code, const char *said)
{
    int got = shell(command);
    size_t length = strlen(text);
    ck_assert_msg(got == code && strstr(text, said), "%s: exit %d, wanted %s, printed %s", command,
                  got, said, text + (length > 2000 ? length - 2000 : 0));
}

/* Exit code 2 after one line that contains said. */
static inline void refuses(const char *command, const char *said)
{
    gives(command, 2, said);
    const char *end = strchr(text, '\n');
    ck_assert_msg(end && end[1] == '\0', "%s: printed %s", command, text);
}

#endif
