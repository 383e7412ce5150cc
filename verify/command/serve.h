/* SPDX-License-Identifier: MIT */
/* serve.h: what `evident serve` says to one line (verify/exec/PROTOCOL.md). Private to
 * verify/command/. */
#ifndef EVIDENT_VERIFY_SERVE_H
#define EVIDENT_VERIFY_SERVE_H

#include "verify/command/command.h"

#include <jansson.h>

/* Answers a line, whatever is in it, by a line. number: of the line, from 1. */
void serve_line(FILE *out, const struct options *options, size_t number, const char *line,
                size_t length);

/* {"format": "evident-result-1", KEY: "line NUMBER: text"}; key is "error" or "not-run". */
void serve_refusal(FILE *out, size_t number, const char *key, const char *text);

/* ---- serve_verdict.c ---- */

/* One case and what somebody answered to it: answers[k] at its step halved k times. */
struct serve_answers {
    const char *name; /* of the case, as it is told */
    const struct case_made *made;
    const json_t *answers;
    const char *conventions; /* a document; NULL: none */
};

/* Judges them as `evident judge` does, and writes the rows of the judgement as one line. 0, or -1
 * and error, and nothing was written. */
int serve_verdict(FILE *out, const struct options *options, const struct serve_answers *given,
                  struct case_error *error);

#endif
