/* SPDX-License-Identifier: MIT */
/* convention.h: how another program counts: evident-conventions-1 (verify/exec/PROTOCOL.md).
 * Private to verify/. */
#ifndef EVIDENT_VERIFY_CONVENTION_H
#define EVIDENT_VERIFY_CONVENTION_H

#include "cases/fit.h"
#include "verify/exec/answer.h"

#include <jansson.h>

enum { CONVENTION_SCALE = 64, CONVENTION_NAME = 96 };

struct convention {
    bool garbled;    /* not known: what was said is no document */
    bool known;      /* someone has said so; else all is as it is by default */
    bool grid;       /* a fixed step: judged as the step shrinks */
    bool surrogate;  /* its gradients are no derivatives: told, never judged, and so undecided */
    bool sum;        /* loss and gradients are of the sum over samples */
    bool seconds;    /* its answers are in s, not in ms */
    bool single;     /* binary32 */
    bool varies;     /* not repeatable: bits may differ when asked again, within its bounds */
    double accuracy; /* relative, of what it integrates; 0: none but that of its precision */
    double residual; /* by how much V misses the threshold at a spike; likewise */
    int sign;        /* -1: gradients of the negative loss */
    /* The whole factor on its gradients by kind of loss: "1", "1/tau_mem", "N * dt", ... */
    char scale[CASE_LOSS_KINDS][CONVENTION_SCALE];
    struct case_fit can; /* which cases it can say; all zero: any */
    bool unread;         /* a scale is for people: nothing is taken out */
    char name[CONVENTION_NAME], version[CONVENTION_NAME]; /* of the program, by itself; or "" */
};

void convention_default(struct convention *convention);

/* 0; 1 if the text is none; -1 and error (place, found, wanted) if it is one that says something
 * else than can be meant. */
int convention_read(struct convention *convention, const char *text, size_t length,
                    struct case_error *error);

/* What it says that it can, of a document that was read; NULL: nothing. 0, or -1 and error. */
int convention_take_can(struct case_fit *can, json_t *document, struct case_error *error);

/* The same from a file, where a text that is none is an error. 0, or -1 and error. */
int convention_load(struct convention *convention, const char *path, struct case_error *error);

/* Turns an answer into what it means: ms, mean loss, derivatives. 0, or -1 and a reason. */
int convention_apply(struct result *answer, const struct case_problem *c, double step,
                     const struct convention *convention, char *reason, size_t size);

/* "grid, scale 1/tau_mem, sum over samples" */
void convention_text(char *text, size_t size, const struct convention *convention);

#endif
