/* SPDX-License-Identifier: MIT */
/* device_run.h: the host's side of a run on a device. Private to gpu/device/. */
#ifndef EVIDENT_GPU_DEVICE_RUN_H
#define EVIDENT_GPU_DEVICE_RUN_H

#include "gpu/device/device.h"
#include "gpu/clock/plan.h"

/* Arrivals of input spikes, as kernel_gather wants them. */
struct device_rows {
    struct device_row *row;
    struct device_segment *segment;
    uint32_t *entry, *chunk; /* [entries], [rows] */
    size_t rows, segments, entries;
};

struct device_host {
    const struct clock_plan *plan;
    struct device_driver *driver;
    struct clock_run *run; /* what clock_result wants: lists, sums, traces */
    struct device_rows rows;
    struct device d;            /* pointers of the device */
    unsigned char *base;        /* of the arena */
    size_t bytes, sent;         /* of the arena; of its first part, which the host sends */
    uint32_t *room;             /* [populations] spikes of a lif population in a sample */
    size_t *list_at, *group_at; /* [populations] offsets: [samples][room], [samples][room + 1] */
    size_t listed, grouped;     /* all of them */
    size_t input_spikes, input_groups, delayed; /* delayed: synapses with a delay each */
    /* The device's */
    uint32_t *neuron, *input_neuron, *delay;
    float *slope, *rev;
    struct device_group *group, *input_group;
};

/* -1 if memory is short; rows must be cleared whatever comes out. */
int device_rows_make(struct device_rows *rows, const struct clock_run *run);
void device_rows_clear(struct device_rows *rows);

/* Numbers and places in an arena that starts at base; NULL to know its size. */
void device_lay(struct device_host *h, unsigned char *base);
/* The first part of the arena, to be freed; NULL if memory is short. */
unsigned char *device_image(const struct device_host *h);

/* 0, or -1: reason and status are the driver's. */
int device_fetch_lists(struct device_host *h);
int device_fetch_losses(struct device_host *h);
int device_fetch_gradients(struct device_host *h);
int device_fetch_traces(struct device_host *h);
/* Spikes and rows without what a published defect loses. */
int device_put_back(struct device_host *h);

/* -1 */
int device_short(struct device_host *h);

#endif
