/* SPDX-License-Identifier: MIT */
/* program_case.h: a program to be judged, for the tests of other programs: `evident run` with a
 * filter behind it, called by the judge as a user calls it. EVIDENT names the program. */
#ifndef EVIDENT_TESTS_PROGRAM_CASE_H
#define EVIDENT_TESTS_PROGRAM_CASE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 18 };

static char directory[64];
static char text[ROOM]; /* what the last call printed, standard error included */

static inline int shell(const char *command)
{
    char whole[4096];
    const char *program = getenv("EVIDENT");
    snprintf(whole, sizeof whole, "exec 2>&1; D=%s; E=$(realpath %s); export D E; %s", directory,
             program ? program : "EVIDENT-is-not-set", command);
    FILE *pipe = popen(whole, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static inline void write_file(const char *name, const char *content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Two hidden neurons that spike, one projection with a square matrix. */
static const char problem[] =
    "{\"format\": \"evident-case-1\", \"name\": \"judged\", \"time\": {\"end\": 32, \"step\": "
    "0.25},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"bias\": 0}],"
    "\"projections\": ["
    " {\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[9, 4], [5, 8]]},"
    " {\"source\": \"hid\", \"target\": \"out\", \"delay\": 1, \"weights\": [[1, 2], [3, -1]]}],"
    "\"samples\": ["
    " {\"spikes\": {\"in\": [[1, 9, 31.5], [2.5]]}, \"target\": {\"label\": 1}},"
    " {\"spikes\": {\"in\": [[3], [4.75, 12]]}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"voltage-integral-cross-entropy\", \"population\": \"out\","
    " \"weighting\": \"exponential\"}}\n";

/* Answers by `evident run` with the options $HOW, whose lines go through $FILTER. */
static const char answers[] =
    "[ \"$1\" = --conventions ] && { echo \"$CONVENTIONS\"; exit; }\n"
    "while IFS= read -r line; do\n"
    "    printf '%s\\n' \"$line\" | $E run - $HOW | eval \"${FILTER:-cat}\" | tr '\\n' ' '; echo\n"
    "done\n";

/* A filter that multiplies all gradients, and what stands behind them, by factor. */
static const char scale[] =
    "/\"gradients\"/ { on = 1 }\n"
    "{ if (on) { out = \"\"; rest = $0\n"
    "    while (match(rest, /\"-?[0-9][0-9.e+-]*\"/)) {\n"
    "      out = out substr(rest, 1, RSTART - 1) \\\n"
    "            sprintf(\"%.17g\", factor * substr(rest, RSTART + 1, RLENGTH - 2))\n"
    "      rest = substr(rest, RSTART + RLENGTH) }\n"
    "    $0 = out rest }\n"
    "  print }\n";

static inline void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/t_program-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    write_file("case.json", problem);
    write_file("answers.sh", answers);
    write_file("scale.awk", scale);
}

static inline void teardown(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

#define VERIFY "$E verify $D/case.json --no-witness --engine \"exec:sh $D/answers.sh\" "

static inline void says(const char *what)
{
    ck_assert_msg(strstr(text, what) != NULL, "wanted %s, printed %s", what, text);
}

/* Exit code 2 after one line that contains said. */
static inline void refuses(const char *arguments, const char *said)
{
    char command[1024];
    snprintf(command, sizeof command, "$E %s", arguments);
    ck_assert_msg(shell(command) == 2, "%s: %s", arguments, text);
    says(said);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}

#endif
