/* SPDX-License-Identifier: MIT */
/* machine.c: memory of the device that the stand-in is, what accesses to it must keep, and a
 * launch. See machine.h and standin.h. */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include "tests/ptx/standin.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Words of 4 bytes have two marks each: by whom they were last written (0: nobody, 1: the host,
 * else a launch), and in which launch they were last read as read-only. Pages that nobody touches
 * cost nothing, so that memory may be larger than the machine's. */
struct memory {
    unsigned char *base;
    size_t bytes;
    uint32_t *writer, *reader;
    struct memory *next;
};

enum { BY_NOBODY, BY_HOST, BY_LAUNCH };

static struct {
    struct memory *all;
    uint32_t launch; /* its mark */
    size_t shared;   /* bytes a block asked for; the next block is shape->shared further */
    const struct emulated_launch *shape;
    const struct ptx_kernel *kernel;
    unsigned char *const *parameter;
    cudaError_t error, lost; /* of this launch; the one that stays */
} machine = {.launch = BY_LAUNCH};

cudaError_t standin_lost(void)
{
    return machine.lost;
}

/* ---- memory as the host sees it ---- */

/* Where only some blocks run, what the others would have written is taken for 0. */
static bool must_be_written(void)
{
    return standin.only == 0;
}

static void *pages(size_t bytes)
{
    void *taken = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return taken == MAP_FAILED ? NULL : taken;
}

static size_t marks(size_t bytes)
{
    return (bytes / 4 + 1) * sizeof(uint32_t);
}

static void clear_memory(struct memory *m)
{
    if (m->base)
        munmap(m->base, m->bytes + 1);
    if (m->writer)
        munmap(m->writer, marks(m->bytes) + 1);
    if (m->reader)
        munmap(m->reader, marks(m->bytes) + 1);
    free(m);
}

void *standin_take(size_t bytes)
{
    struct memory *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    *m =
        (struct memory){pages(bytes), bytes, pages(marks(bytes)), pages(marks(bytes)), machine.all};
    if (!m->base || !m->writer || !m->reader) {
        clear_memory(m);
        return NULL;
    }
    machine.all = m;
    return m->base;
}

cudaError_t standin_free(void *base)
{
    for (struct memory **at = &machine.all; *at; at = &(*at)->next)
        if ((*at)->base == base) {
            struct memory *m = *at;
            *at = m->next;
            clear_memory(m);
            return cudaSuccess;
        }
    return base ? cudaErrorInvalidValue : cudaSuccess;
}

static struct memory *memory_of(uint64_t address, size_t bytes)
{
    for (struct memory *m = machine.all; m; m = m->next) {
        uint64_t offset = address - (uint64_t)(uintptr_t)m->base;
        if (offset < m->bytes && bytes <= m->bytes - offset)
            return m;
    }
    return NULL;
}

static void mark(uint32_t *marks_of, const struct memory *m, uint64_t address, size_t bytes,
                 uint32_t by)
{
    uint64_t offset = address - (uint64_t)(uintptr_t)m->base;
    for (uint64_t k = offset / 4; bytes > 0 && k <= (offset + bytes - 1) / 4; k++)
        marks_of[k] = by;
}

/* Whether a mark of some word is `is`. */
static bool marked(const uint32_t *marks_of, const struct memory *m, uint64_t address, size_t bytes,
                   uint32_t is)
{
    uint64_t offset = address - (uint64_t)(uintptr_t)m->base;
    for (uint64_t k = offset / 4; bytes > 0 && k <= (offset + bytes - 1) / 4; k++)
        if (marks_of[k] == is)
            return true;
    return false;
}

cudaError_t standin_set(void *to, int value, size_t bytes)
{
    struct memory *m = memory_of((uint64_t)(uintptr_t)to, bytes);
    if (!m)
        return cudaErrorInvalidValue;
    memset(to, value, bytes);
    mark(m->writer, m, (uint64_t)(uintptr_t)to, bytes, BY_HOST);
    return cudaSuccess;
}

cudaError_t standin_copy_in(void *to, const void *from, size_t bytes)
{
    struct memory *m = memory_of((uint64_t)(uintptr_t)to, bytes);
    if (!m)
        return cudaErrorInvalidValue;
    memcpy(to, from, bytes);
    mark(m->writer, m, (uint64_t)(uintptr_t)to, bytes, BY_HOST);
    return cudaSuccess;
}

cudaError_t standin_copy_out(void *to, const void *from, size_t bytes)
{
    struct memory *m = memory_of((uint64_t)(uintptr_t)from, bytes);
    if (!m)
        return cudaErrorInvalidValue;
    if (must_be_written() && marked(m->writer, m, (uint64_t)(uintptr_t)from, bytes, BY_NOBODY)) {
        fprintf(stderr, "stand-in: the host copies what was never written\n");
        return cudaErrorInvalidValue;
    }
    memcpy(to, from, bytes);
    return cudaSuccess;
}

/* ---- memory as kernels see it ---- */

static unsigned char *refuse(int line, cudaError_t error, const char *what)
{
    if (machine.error == cudaSuccess)
        fprintf(stderr, "stand-in: %s, line %d of its PTX: %s\n", machine.kernel->name, line, what);
    machine.error = machine.error == cudaSuccess ? error : machine.error;
    return NULL;
}

/* Places in shared memory of the cluster, by their generic address. -1: elsewhere. */
static int64_t shared_offset(uint64_t address)
{
    uint64_t first = (uint64_t)(uintptr_t)emulated_peer(emulated_here()->shared, 0);
    uint64_t offset = address - first;
    return offset < machine.shape->cluster * (uint64_t)machine.shape->shared ? (int64_t)offset : -1;
}

int ptx_is_shared(uint64_t address)
{
    return shared_offset(address) >= 0;
}

static unsigned char *reach_shared(int line, uint64_t offset, size_t bytes)
{
    uint64_t within = machine.shape->cluster > 1 ? offset % machine.shape->shared : offset;
    if (within >= machine.shared || bytes > machine.shared - within)
        return refuse(line, cudaErrorIllegalAddress, "beyond the shared memory of its block");
    return (unsigned char *)emulated_peer(emulated_here()->shared, 0) + offset;
}

/* The stack of the thread is the host's own; all else is looked at. */
static unsigned char *reach(int line, enum ptx_space space, uint64_t address, size_t bytes,
                            struct memory **memory)
{
    *memory = NULL;
    if ((address & (bytes - 1)) != 0) /* a power of 2 */
        return refuse(line, cudaErrorMisalignedAddress, "a misaligned address");
    if (space == PTX_LOCAL)
        return (unsigned char *)(uintptr_t)address;
    unsigned char *own = emulated_here()->shared;
    uint64_t offset = space == PTX_SHARED ? address : address - (uint64_t)(uintptr_t)own;
    bool generic = space == PTX_GENERIC;
    if ((space == PTX_SHARED || generic) && offset < machine.shared &&
        bytes <= machine.shared - offset)
        return own + offset;
    if (space == PTX_SHARED)
        return refuse(line, cudaErrorIllegalAddress, "beyond the shared memory of its block");
    int64_t place = generic ? shared_offset(address) : -1;
    if (place >= 0)
        return reach_shared(line, (uint64_t)place, bytes);
    *memory = memory_of(address, bytes);
    if (!*memory)
        return refuse(line, cudaErrorIllegalAddress, "an address where no memory is");
    return (unsigned char *)(uintptr_t)address;
}

unsigned char *ptx_look(int line, enum ptx_space space, uint64_t address, size_t bytes)
{
    struct memory *m;
    unsigned char *at = reach(line, space, address, bytes, &m);
    if (!at || !m)
        return at;
    if (must_be_written() && marked(m->writer, m, address, bytes, BY_NOBODY))
        return refuse(line, cudaErrorIllegalAddress, "reads what was never written");
    if (space != PTX_READ_ONLY)
        return at;
    if (marked(m->writer, m, address, bytes, machine.launch))
        return refuse(line, cudaErrorIllegalAddress, "reads as read-only what it has written");
    mark(m->reader, m, address, bytes, machine.launch);
    return at;
}

unsigned char *ptx_write(int line, enum ptx_space space, uint64_t address, size_t bytes)
{
    struct memory *m;
    unsigned char *at = reach(line, space, address, bytes, &m);
    if (!at || !m)
        return at;
    if (marked(m->reader, m, address, bytes, machine.launch))
        return refuse(line, cudaErrorIllegalAddress, "writes what it has read as read-only");
    mark(m->writer, m, address, bytes, machine.launch);
    return at;
}

uint64_t ptx_generic(uint64_t shared)
{
    return (uint64_t)(uintptr_t)emulated_here()->shared + shared;
}

/* A wrong one is given as an address that no access can reach. */
uint64_t ptx_peer(int line, uint64_t address, uint32_t rank)
{
    if (shared_offset(address) >= 0 && rank < machine.shape->cluster)
        return (uint64_t)(uintptr_t)emulated_peer((void *)(uintptr_t)address, rank);
    refuse(line, cudaErrorIllegalAddress, "no such place or block in its cluster");
    return 0;
}

/* ---- warps ---- */

static void whole_warp(int line, uint32_t clamp, uint32_t members)
{
    if (clamp != LANES - 1 || members != UINT32_MAX)
        refuse(line, cudaErrorIllegalInstruction, "not by all lanes of a warp");
}

uint32_t ptx_ballot(int line, uint32_t predicate, uint32_t members)
{
    uint32_t bits = 0;
    whole_warp(line, LANES - 1, members);
    const uint64_t *value = emulated_warp(predicate != 0);
    for (uint32_t lane = 0; lane < LANES; lane++)
        bits |= (uint32_t)value[lane] << lane;
    return bits;
}

uint32_t ptx_shuffle_idx(int line, uint32_t x, uint32_t lane, uint32_t clamp, uint32_t members,
                         uint32_t *inside)
{
    whole_warp(line, clamp, members);
    *inside = 1;
    return (uint32_t)emulated_warp(x)[lane % LANES];
}

uint32_t ptx_shuffle_down(int line, uint32_t x, uint32_t by, uint32_t clamp, uint32_t members,
                          uint32_t *inside)
{
    uint32_t lane = emulated_here()->thread % LANES;
    whole_warp(line, clamp, members);
    *inside = lane + by % LANES < LANES;
    return (uint32_t)emulated_warp(x)[*inside ? lane + by % LANES : lane];
}

/* ---- a launch ---- */

static void run_thread(const void *argument)
{
    (void)argument;
    machine.kernel->run((const unsigned char *const *)machine.parameter);
}

/* Threads in another order every time, as clusters are. */
cudaError_t standin_run(const struct operation *launch)
{
    struct emulated_settings settings = {.order = EMULATED_SHUFFLED, .seed = machine.launch};
    struct emulated_launch shape = launch->shape;
    int stuck = 0;
    machine.launch++;
    machine.shared = launch->wanted;
    machine.shape = &shape;
    machine.kernel = launch->kernel;
    machine.parameter = launch->parameter;
    machine.error = cudaSuccess;
    shape.kernel = run_thread;
    if (++standin.launches == standin.bad)
        refuse(0, cudaErrorIllegalAddress, "as asked for");
    else if (emulated_run(&shape, &settings, &stuck) != 0 && machine.error == cudaSuccess)
        refuse(0, stuck ? cudaErrorLaunchTimeout : cudaErrorMemoryAllocation,
               stuck ? "a barrier that not all its threads reach" : "memory of the host is short");
    machine.lost = machine.error != cudaSuccess ? machine.error : machine.lost;
    return machine.error;
}
