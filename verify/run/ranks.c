/* SPDX-License-Identifier: MIT */
/* ranks.c: see ranks.h. Every rank keeps one case in reserve, and answers are under way while it
 * goes on, so that none waits for the first rank, which looks at its mail now and then. */
#include "verify/run/ranks.h"

#include "verify/base/refuse.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef EVIDENT_MPI
#include <mpi.h>

enum tag { TAG_ASK = 1, TAG_JOB, TAG_ANSWER };
enum { RESERVE = 2 };   /* questions under way, of each other rank */
enum { UNDER_WAY = 4 }; /* answers under way; long ones are until the first rank takes them */

struct ranks {
    int rank, size;
    struct gpu_peers peers;
    int *sizes; /* [4 size] of messages between peers: counts and places, out and in */
    /* first rank */
    int *refused;   /* [size] questions answered by "no more" */
    size_t awaited; /* answers */
    /* others */
    int asked;
    bool started;
    char *message[UNDER_WAY]; /* NULL: none */
    MPI_Request sent[UNDER_WAY];
    size_t answers;
};

struct head { /* of an answer */
    uint64_t job, size;
    int32_t end, detail;
};

static struct ranks mine;

static void wait_for(struct ranks *ranks, size_t k)
{
    if (ranks->message[k])
        MPI_Wait(&ranks->sent[k], MPI_STATUS_IGNORE);
    free(ranks->message[k]);
    ranks->message[k] = NULL;
}

static void finish(void)
{
    for (size_t k = 0; k < UNDER_WAY; k++)
        wait_for(&mine, k);
    MPI_Finalize();
}

/* The variables by which mpirun of Open MPI and of MPICH tell a process that it is not alone. */
bool ranks_launched(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK");
}

struct ranks *ranks_here(void)
{
    if (mine.size > 0)
        return mine.size > 1 ? &mine : NULL;
    mine.size = 1;
    if (!ranks_launched())
        return NULL;
    setenv("OMPI_MCA_mpi_warn_on_fork", "0", 0); /* workers never call MPI */
    int provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    atexit(finish);
    MPI_Comm_rank(MPI_COMM_WORLD, &mine.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &mine.size);
    mine.refused = calloc((size_t)mine.size, sizeof *mine.refused);
    mine.sizes = calloc((size_t)mine.size, 4 * sizeof *mine.sizes);
    if (!mine.refused || !mine.sizes)
        MPI_Abort(MPI_COMM_WORLD, 2);
    return mine.size > 1 ? &mine : NULL;
}

bool ranks_is_first(const struct ranks *ranks)
{
    return !ranks || ranks->rank == 0;
}

/* ---- the first rank ---- */

static void give(struct ranks *ranks, int to, size_t (*next)(void *context), void *context)
{
    uint64_t job = next(context);
    bool none = job == (uint64_t)POOL_NO_JOB;
    ranks->refused[to] += none;
    ranks->awaited += !none;
    MPI_Send(&job, 1, MPI_UINT64_T, to, TAG_JOB, MPI_COMM_WORLD);
}

static void receive(struct ranks *ranks, const MPI_Status *mail,
                    void (*done)(void *context, size_t job, enum pool_end end, int detail,
                                 const char *data, size_t size),
                    void *context)
{
    int bytes;
    struct head head;
    MPI_Get_count(mail, MPI_BYTE, &bytes);
    char *data = malloc((size_t)bytes);
    if (!data)
        MPI_Abort(MPI_COMM_WORLD, 2);
    MPI_Recv(data, bytes, MPI_BYTE, mail->MPI_SOURCE, TAG_ANSWER, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    memcpy(&head, data, sizeof head);
    ranks->awaited--;
    done(context, head.job, (enum pool_end)head.end, head.detail, data + sizeof head, head.size);
    free(data);
}

bool ranks_serve(struct ranks *ranks, size_t (*next)(void *context),
                 void (*done)(void *context, size_t job, enum pool_end end, int detail,
                              const char *data, size_t size),
                 void *context)
{
    for (;;) {
        int here;
        MPI_Status mail;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &here, &mail);
        if (!here)
            break;
        if (mail.MPI_TAG == TAG_ANSWER) {
            receive(ranks, &mail, done, context);
            continue;
        }
        MPI_Recv(NULL, 0, MPI_BYTE, mail.MPI_SOURCE, TAG_ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        give(ranks, mail.MPI_SOURCE, next, context);
    }
    for (int r = 1; r < ranks->size; r++)
        if (ranks->refused[r] < RESERVE)
            return true;
    return ranks->awaited > 0;
}

/* ---- the others ---- */

static void question(struct ranks *ranks)
{
    MPI_Send(NULL, 0, MPI_BYTE, 0, TAG_ASK, MPI_COMM_WORLD);
    ranks->asked++;
}

size_t ranks_ask(struct ranks *ranks)
{
    for (; !ranks->started && ranks->asked < RESERVE;)
        question(ranks);
    ranks->started = true;
    while (ranks->asked > 0) {
        uint64_t job;
        MPI_Recv(&job, 1, MPI_UINT64_T, 0, TAG_JOB, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        ranks->asked--;
        if (job == (uint64_t)POOL_NO_JOB)
            continue;
        question(ranks);
        return job;
    }
    return POOL_NO_JOB;
}

void ranks_answer(struct ranks *ranks, size_t job, enum pool_end end, int detail, const char *data,
                  size_t size)
{
    struct head head = {job, size, (int32_t)end, detail};
    size_t k = ranks->answers++ % UNDER_WAY;
    wait_for(ranks, k);
    char *message = ranks->message[k] = malloc(sizeof head + size);
    if (!message)
        MPI_Abort(MPI_COMM_WORLD, 2);
    memcpy(message, &head, sizeof head);
    if (size > 0)
        memcpy(message + sizeof head, data, size);
    MPI_Isend(message, (int)(sizeof head + size), MPI_BYTE, 0, TAG_ANSWER, MPI_COMM_WORLD,
              &ranks->sent[k]);
}

/* ---- peers ---- */

/* What MPI takes counts whole numbers of 31 bits. */
static void lay_sizes(const size_t *begin, int ranks, int *count, int *place)
{
    if (begin[ranks] > INT_MAX) {
        command_refuse("train",
                       "found a message of %zu bytes between ranks, wanted at most %d: "
                       "take a smaller batch",
                       begin[ranks], INT_MAX);
        MPI_Abort(MPI_COMM_WORLD, COMMAND_COULD_NOT_RUN);
    }
    for (int r = 0; r < ranks; r++) {
        count[r] = (int)(begin[r + 1] - begin[r]);
        place[r] = (int)begin[r];
    }
}

static void give_all(void *context, const void *out, void *all, const size_t *begin)
{
    struct ranks *ranks = context;
    int *count = ranks->sizes, *place = count + ranks->size;
    lay_sizes(begin, ranks->size, count, place);
    MPI_Allgatherv(out, count[ranks->rank], MPI_BYTE, all, count, place, MPI_BYTE, MPI_COMM_WORLD);
}

static void give_each(void *context, const void *out, const size_t *out_begin, void *in,
                      const size_t *in_begin)
{
    struct ranks *ranks = context;
    int *sent = ranks->sizes, *from = sent + ranks->size, *got = from + ranks->size,
        *to = got + ranks->size;
    lay_sizes(out_begin, ranks->size, sent, from);
    lay_sizes(in_begin, ranks->size, got, to);
    MPI_Alltoallv(out, sent, from, MPI_BYTE, in, got, to, MPI_BYTE, MPI_COMM_WORLD);
}

const struct gpu_peers *ranks_peers(struct ranks *ranks)
{
    if (!ranks)
        return NULL;
    ranks->peers = (struct gpu_peers){.rank = (size_t)ranks->rank,
                                      .ranks = (size_t)ranks->size,
                                      .context = ranks,
                                      .give_all = give_all,
                                      .give_each = give_each};
    return &ranks->peers;
}

int ranks_hear(struct ranks *ranks, int value)
{
    if (ranks)
        MPI_Bcast(&value, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return value;
}

void ranks_end(struct ranks *ranks, int code)
{
    if (ranks) {
        fflush(NULL);
        MPI_Abort(MPI_COMM_WORLD, code);
    }
}

#else /* without MPI */

bool ranks_launched(void)
{
    return false;
}

struct ranks *ranks_here(void)
{
    return NULL;
}

bool ranks_is_first(const struct ranks *ranks)
{
    (void)ranks;
    return true;
}

bool ranks_serve(struct ranks *ranks, size_t (*next)(void *context),
                 void (*done)(void *context, size_t job, enum pool_end end, int detail,
                              const char *data, size_t size),
                 void *context)
{
    (void)ranks, (void)next, (void)done, (void)context;
    return false;
}

size_t ranks_ask(struct ranks *ranks)
{
    (void)ranks;
    return POOL_NO_JOB;
}

void ranks_answer(struct ranks *ranks, size_t job, enum pool_end end, int detail, const char *data,
                  size_t size)
{
    (void)ranks, (void)job, (void)end, (void)detail, (void)data, (void)size;
}

const struct gpu_peers *ranks_peers(struct ranks *ranks)
{
    (void)ranks;
    return NULL;
}

int ranks_hear(struct ranks *ranks, int value)
{
    (void)ranks;
    return value;
}

void ranks_end(struct ranks *ranks, int code)
{
    (void)ranks, (void)code;
}

#endif
