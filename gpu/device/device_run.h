/* SPDX-License-Identifier: MIT */
/* device_run.h: the host's side of a run on a device. Private to gpu/device/. */
#ifndef EVIDENT_GPU_DEVICE_RUN_H
#define EVIDENT_GPU_DEVICE_RUN_H

#include "gpu/device/device.h"
#include "gpu/clock/plan.h"

/* Arrivals of input spikes, as kernel_gather wants them. Memory is used again. */
struct device_rows {
    struct device_row *row;
    struct device_segment *segment;
    uint32_t *entry, *chunk; /* [entries], [rows] */
    size_t rows, segments, entries;
    size_t room, keys;            /* of each of these; of place */
    struct device_arrival *a, *b; /* [room] where they are sorted */
    size_t *place;                /* [keys] likewise */
};

struct device_arena {
    unsigned char *base;
    size_t bytes, sent; /* laid out; the first part, which the host sends */
    size_t room;        /* taken */
};

struct device_host {
    const struct clock_plan *plan;
    struct device_driver *driver;
    struct clock_run *run; /* what clock_result wants: lists, sums, traces */
    struct device_rows rows;
    struct device d; /* pointers of the device */
    struct device_resident stays;
    struct device_arena network, batch;
    struct clock_memory fetched;   /* of the last fetch */
    unsigned char *outcome, *seen; /* what a batch was like: on the device, its copy here */
    size_t outcome_bytes, seen_room;
    bool whole;           /* lists come back whole, also where they hold no spikes */
    unsigned char *image; /* of the batch, [image_room] */
    size_t image_room;
    uint32_t *room;             /* [populations] spikes of a lif population in a sample */
    size_t *list_at, *group_at; /* [populations] offsets: [samples][room], [samples][room + 1] */
    size_t listed, grouped;     /* all of them */
    size_t input_spikes, input_groups, arrivals; /* the last: a spike over a projection and delay */
    size_t delayed;                              /* synapses with a delay each */
    /* The device's */
    uint32_t *neuron, *input_neuron, *delay;
    float *slope, *rev;
    struct device_group *group, *input_group;
};

/* Rooms, the shape of launches, and the network on the device. 0, or -1: reason and status are the
 * driver's, as for all that follows. To be closed whatever comes out. */
int device_open(struct device_host *h);
void device_close(struct device_host *h);

/* The batch of the plan (input, label, valid, order) forward, as often as it takes for all lists to
 * have room. Waits once a pass; where the backward pass follows (learn), the host sorts arrivals
 * meanwhile. */
int device_forward(struct device_host *h, bool learn);
/* Does not wait; where spikes are lost (device_loses), lists must have been fetched. */
int device_backward(struct device_host *h);

/* Of the outcome that device_forward has copied. */
const void *device_seen(const struct device_host *h, const void *place);

/* -1 if memory is short; rows must be cleared whatever comes out. */
int device_rows_make(struct device_rows *rows, const struct clock_run *run);
void device_rows_clear(struct device_rows *rows);

/* An arena is taken where there is none, or too little room in it. */
int device_send_network(struct device_host *h);
int device_send_batch(struct device_host *h);

/* Numbers and places in arenas that start at base; NULL to know their size. */
void device_lay_network(struct device_host *h, unsigned char *base);
void device_lay_batch(struct device_host *h, unsigned char *base);
/* What the host sends to an arena: image is zero, [arena.sent]. -1 if memory is short. */
int device_image_network(const struct device_host *h, unsigned char *image);
void device_image_batch(const struct device_host *h, unsigned char *image);

/* What kernels wrote into the run, as clock_result.c wants it. */
int device_fetch_lists(struct device_host *h);
void device_take_losses(struct device_host *h);
int device_fetch_gradients(struct device_host *h);
int device_fetch_traces(struct device_host *h);
/* Rows of arrivals to their places. */
int device_put_rows(struct device_host *h);
/* Whether the backward pass sees other spikes than there were. */
bool device_loses(const struct device_host *h);
/* Spikes, as device_fetch_lists left them, and rows without what a published defect loses. */
int device_put_back(struct device_host *h);

/* -1 */
int device_short(struct device_host *h);

#endif
