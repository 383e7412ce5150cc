/* SPDX-License-Identifier: MIT */
/* ranks.h: a run or a training spread over MPI ranks. In a run the first rank owns the list of
 * cases, the store and the output; the others ask it for cases and answer with what came of them.
 * Built without MPI, or started without mpirun, a process is alone. Private to verify/. */
#ifndef EVIDENT_VERIFY_RANKS_H
#define EVIDENT_VERIFY_RANKS_H

#include "gpu/peers.h"
#include "verify/run/pool.h"

struct ranks;

/* MPI starts here, if this process was started by mpirun; it ends with the program. NULL: alone. */
struct ranks *ranks_here(void);
bool ranks_is_first(const struct ranks *ranks); /* also if alone */

/* This process was started by mpirun. */
bool ranks_launched(void);

/* First rank: answers what the others ask, takes what they answer. false once none of them will
 * ask or answer again. */
bool ranks_serve(struct ranks *ranks, size_t (*next)(void *context),
                 void (*done)(void *context, size_t job, enum pool_end end, int detail,
                              const char *data, size_t size),
                 void *context);

/* Other ranks: the next case, POOL_NO_JOB at the end; and what came of one. */
size_t ranks_ask(struct ranks *ranks);
void ranks_answer(struct ranks *ranks, size_t job, enum pool_end end, int detail, const char *data,
                  size_t size);

/* ---- a training, whose ranks all do the same, each with a part of every batch ---- */

/* NULL if alone. */
const struct gpu_peers *ranks_peers(struct ranks *ranks);
/* What the first rank says, to all: it returns it on each. value: of the first. */
int ranks_hear(struct ranks *ranks, int value);
/* Ends all of them, where one cannot go on; returns if alone. */
void ranks_end(struct ranks *ranks, int code);

#endif
