/* answer.h: an evident-result-1 document that another program gave. Private to verify/.
 *
 * What a program does not provide is absent; what it provides must have the shape of the case.
 * Numbers may be JSON numbers or strings and are taken as the nearest doubles: no program that is
 * judged in this way claims more. NaN and infinities are taken as they are ("nan", "inf", null, and
 * the bare words that Python and C write for them): they are wrong, and it is the judge who says
 * so. */
#ifndef EVIDENT_VERIFY_ANSWER_H
#define EVIDENT_VERIFY_ANSWER_H

#include "cases/cases.h"

#include <jansson.h>
#include <stdbool.h>

struct answer_train {
    size_t count;
    double *at; /* ms */
};

struct answer {
    char engine[64];
    char not_run[256], error[256]; /* why there is nothing else; else empty */
    bool has_loss;
    double loss;
    double *sample_loss;            /* [samples] or NULL */
    struct answer_train *spikes;    /* [samples * neurons of lif populations], or NULL */
    bool provides[CASE_QUANTITIES]; /* whole quantities only */
    double *gradient;               /* [parameters] in the flat order of cases.h */
    size_t parameters, trains;
};

/* text: one JSON document. answer must be cleared whatever comes out. 0, or -1 and error (one line:
 * place, found, wanted). */
int answer_read(struct answer *answer, const char *text, size_t length,
                const struct case_problem *c, struct case_error *error);

/* The document itself, words such as NaN in quotes (answer_word.c). NULL and *where, as json_loadb.
 */
json_t *answer_document(const char *text, size_t length, size_t flags, json_error_t *where);
void answer_clear(struct answer *answer);

#endif
