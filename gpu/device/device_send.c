/* SPDX-License-Identifier: MIT */
/* device_send.c: arenas on the device, and what the host sends to them. */
#include "gpu/device/device_run.h"

#include <stdlib.h>
#include <string.h>

/* spare: bytes more than are laid out, for what will be larger the next time. */
static int take(struct device_host *h, struct device_arena *arena, size_t spare)
{
    struct device_driver *driver = h->driver;
    if (arena->room > 0)
        driver->give(driver, arena->base);
    arena->room = 0;
    if (driver->take(driver, &arena->base, arena->bytes + spare, h->plan->options.poison) != 0)
        return -1;
    arena->room = arena->bytes + spare;
    return 0;
}

int device_send_network(struct device_host *h)
{
    device_lay_network(h, NULL);
    if (take(h, &h->network, 0) != 0)
        return -1;
    device_lay_network(h, h->network.base);
    unsigned char *image = calloc(h->network.sent + 1, 1);
    int status = image && device_image_network(h, image) == 0
                     ? h->driver->put(h->driver, h->network.base, image, h->network.sent)
                     : device_short(h);
    free(image);
    return status;
}

/* Memory of the host for the batch. */
static int make_image(struct device_host *h)
{
    if (h->batch.sent > h->image_room || h->outcome_bytes > h->seen_room) {
        free(h->image);
        free(h->seen);
        h->image_room = h->batch.sent + h->batch.sent / 2;
        h->seen_room = h->outcome_bytes;
        h->image = malloc(h->image_room);
        h->seen = malloc(h->seen_room);
    }
    if (!h->image || !h->seen) {
        h->image_room = h->seen_room = 0;
        return device_short(h);
    }
    memset(h->image, 0, h->batch.sent);
    return 0;
}

int device_send_batch(struct device_host *h)
{
    struct device_driver *driver = h->driver;
    unsigned char *base = h->batch.base;
    device_lay_batch(h, base);
    if (h->batch.bytes > h->batch.room) {
        size_t arrival = sizeof *h->d.row + sizeof *h->d.segment + sizeof *h->d.entry;
        size_t spare = h->input_spikes * sizeof *h->input_neuron +
                       h->input_groups * sizeof *h->input_group + h->arrivals * arrival;
        if (take(h, &h->batch, h->stays.learns ? spare / 2 : 0) != 0)
            return -1;
        device_lay_batch(h, h->batch.base);
    }
    if (make_image(h) != 0)
        return -1;
    device_image_batch(h, h->image);
    if (driver->put(driver, h->batch.base, h->image, h->batch.sent) != 0)
        return -1;
    if (!h->whole || h->plan->options.poison)
        return 0;
    return driver->clear(driver, h->neuron, h->listed * sizeof *h->neuron) != 0 ||
                   driver->clear(driver, h->slope, h->listed * sizeof *h->slope) != 0 ||
                   driver->clear(driver, h->group, h->grouped * sizeof *h->group) != 0
               ? -1
               : 0;
}
