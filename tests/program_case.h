/* SPDX-License-Identifier: MIT */
/* program_case.h: a program to be judged, for the tests of other programs: `evident run` with a
 * filter behind it, called by the judge as a user calls it. */
#ifndef EVIDENT_TESTS_PROGRAM_CASE_H
#define EVIDENT_TESTS_PROGRAM_CASE_H

#include "tests/shell.h"

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
static const char scale_all[] =
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
    make_folder();
    put_file("case.json", problem);
    put_file("answers.sh", answers);
    put_file("scale.awk", scale_all);
}

#define VERIFY "$E verify $D/case.json --no-witness --engine \"exec:sh $D/answers.sh\" "

#endif
