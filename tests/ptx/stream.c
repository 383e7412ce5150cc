/* SPDX-License-Identifier: MIT */
/* stream.c: streams and events of the stand-in; see standin.h. */
#include "tests/ptx/standin.h"

#include <stdlib.h>

struct stream {
    struct operation *head, **end;
    unsigned number;
    struct stream *next; /* the one before it */
};

struct event {
    unsigned long record; /* number of what recorded it last; 0: nothing */
};

static struct {
    struct stream *youngest;
    unsigned numbers;
    unsigned long issued;
    unsigned char *done; /* [room] by number */
    size_t room;
} streams;

/* ---- queues ---- */

struct operation *standin_push(cudaStream_t handle, enum operation_kind kind)
{
    struct stream *stream = (struct stream *)handle;
    struct operation *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    if (streams.issued + 2 > streams.room) {
        size_t room = 2 * streams.room + 1024;
        unsigned char *done = realloc(streams.done, room);
        if (!done) {
            free(o);
            return NULL;
        }
        memset(done + streams.room, 0, room - streams.room);
        streams.done = done;
        streams.room = room;
    }
    o->kind = kind;
    o->number = ++streams.issued;
    *stream->end = o;
    stream->end = &o->next;
    return o;
}

static bool ready(const struct stream *stream)
{
    const struct operation *o = stream->head;
    return o && !(o->kind == STANDIN_WAIT && o->waits > 0 && !streams.done[o->waits]);
}

static uint64_t next_random(void)
{
    uint64_t z = standin.seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* The stream whose turn it is, or NULL: none can go on. *oldest: number of what was issued first.
 */
static struct stream *choose(unsigned long *oldest)
{
    struct stream *chosen = NULL;
    uint64_t can = 0;
    *oldest = 0;
    for (struct stream *s = streams.youngest; s; s = s->next) {
        if (s->head && (*oldest == 0 || s->head->number < *oldest))
            *oldest = s->head->number;
        if (!ready(s))
            continue;
        can++;
        if (!chosen || (standin.order == STANDIN_ISSUE   ? s->head->number < chosen->head->number
                        : standin.order == STANDIN_FIRST ? s->number < chosen->number
                        : standin.order == STANDIN_LAST  ? s->number > chosen->number
                                                         : next_random() % can == 0))
            chosen = s;
    }
    return chosen;
}

static cudaError_t execute(const struct operation *o)
{
    switch (o->kind) {
    case STANDIN_KERNEL:
        return standin_run(o);
    case STANDIN_SET:
        return standin_set(o->to, o->value, o->bytes);
    case STANDIN_COPY:
        return o->out ? standin_copy_out(o->to, o->from, o->bytes)
                      : standin_copy_in(o->to, o->from, o->bytes);
    case STANDIN_RECORD:
    case STANDIN_WAIT:
        break;
    }
    return cudaSuccess;
}

static cudaError_t run_next(struct stream *stream, unsigned long oldest)
{
    struct operation *o = stream->head;
    cudaError_t error = standin_lost(); /* nothing runs on a device that is lost */
    stream->head = o->next;
    if (!o->next)
        stream->end = &stream->head;
    standin.overtakes += o->number > oldest;
    if (error == cudaSuccess)
        error = execute(o);
    streams.done[o->number] = 1;
    for (size_t k = 0; k < sizeof o->parameter / sizeof *o->parameter; k++)
        free(o->parameter[k]);
    if (o->in)
        free(o->from);
    free(o);
    return error;
}

cudaError_t standin_drain(cudaStream_t handle)
{
    const struct stream *wanted = (const struct stream *)handle;
    cudaError_t error = standin_lost();
    unsigned long oldest;
    while (!wanted || wanted->head) {
        struct stream *stream = choose(&oldest);
        if (!stream)
            return oldest > 0 ? cudaErrorLaunchTimeout : error; /* they wait for each other */
        cudaError_t got = run_next(stream, oldest);
        error = error == cudaSuccess ? got : error;
    }
    return error;
}

/* ---- calls ---- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *handle, unsigned flags)
{
    struct stream *stream = calloc(1, sizeof *stream);
    (void)flags;
    if (!stream || standin_lost() != cudaSuccess) {
        free(stream);
        return stream ? standin_lost() : cudaErrorMemoryAllocation;
    }
    *stream = (struct stream){NULL, &stream->head, streams.numbers++, streams.youngest};
    streams.youngest = stream;
    *handle = (cudaStream_t)stream;
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t handle)
{
    struct stream *stream = (struct stream *)handle;
    cudaError_t error = standin_drain(handle);
    for (struct stream **at = &streams.youngest; *at; at = &(*at)->next)
        if (*at == stream) {
            *at = stream->next;
            break;
        }
    free(stream);
    return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    return standin_drain(stream);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *handle, unsigned flags)
{
    (void)flags;
    *handle = (cudaEvent_t)calloc(1, sizeof(struct event));
    return *handle ? standin_lost() : cudaErrorMemoryAllocation;
}

cudaError_t cudaEventCreate(cudaEvent_t *handle)
{
    return cudaEventCreateWithFlags(handle, 0);
}

cudaError_t cudaEventDestroy(cudaEvent_t handle)
{
    free((void *)handle);
    return standin_lost();
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream)
{
    struct operation *o = standin_push(stream, STANDIN_RECORD);
    if (!o)
        return cudaErrorMemoryAllocation;
    ((struct event *)(void *)handle)->record = o->number;
    return standin_lost();
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t handle, unsigned flags)
{
    struct operation *o = standin_push(stream, STANDIN_WAIT);
    (void)flags;
    if (!o)
        return cudaErrorMemoryAllocation;
    o->waits = ((const struct event *)(const void *)handle)->record;
    return standin_lost();
}

/* A device without a clock: a millisecond from each to the next. */
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to)
{
    (void)from;
    (void)to;
    *milliseconds = 1;
    return standin_lost();
}
