/* SPDX-License-Identifier: MIT */
/* spike_latency.c: values as the time of one spike each: the latency code, and the sets that are
 * coded so: grey images (idx) and Yin-Yang points.
 *
 * An idx file is big-endian: two bytes 0, the type (8: uint8), the number of dimensions, the
 * dimensions as uint32, the elements. Images are [n][rows][columns], labels [n]. */
#include "cases/families/yin_yang.h"
#include "cases/spikes/collect.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the code ---- */

static int judge_span(const struct spike_collector *collector)
{
    const struct spike_grid *grid = collector->grid;
    double span = grid->span != 0 ? grid->span : grid->end;
    double least = grid->latency == SPIKE_INSET ? 4 * grid->step : 0;
    char found[64], number[CASE_NUMBER];
    if (span > least && span <= DBL_MAX)
        return 0;
    snprintf(found, sizeof found, "%s ms for the latency code", case_show_number(number, span));
    return case_refuse(&collector->report, NULL, found, "more than %s ms",
                       case_show_number(number, least));
}

/* The time in ms of a value in [0, 1]. */
static double time_of(const struct spike_grid *grid, double value)
{
    double span = grid->span != 0 ? grid->span : grid->end;
    if (grid->latency == SPIKE_FULL)
        return value * span;
    return value * (span - 4 * grid->step) + 2 * grid->step;
}

/* ---- Yin-Yang ---- */

int spike_read_yin_yang(struct spike_collector *collector, const char *set, const char *labels)
{
    static const struct {
        const char *name;
        size_t count;
        uint32_t seed;
    } sets[] = {{"train", CASE_YIN_YANG_TRAIN_COUNT, CASE_YIN_YANG_TRAIN_SEED},
                {"validation", CASE_YIN_YANG_VALIDATION_COUNT, CASE_YIN_YANG_VALIDATION_SEED},
                {"test", CASE_YIN_YANG_TEST_COUNT, CASE_YIN_YANG_TEST_SEED}};
    char shown[CASE_SHOWN];
    size_t which = 0;
    while (which < 3 && strcmp(set, sets[which].name) != 0)
        which++;
    if (which == 3)
        return case_refuse(&collector->report, NULL, case_show_quoted(shown, set),
                           "train, validation or test");
    if (labels)
        return spike_refuse_labels(collector);
    if (judge_span(collector))
        return -1;
    struct case_yin_yang *sample = malloc(sets[which].count * sizeof *sample);
    if (!sample)
        return case_refuse_memory(&collector->report);
    case_yin_yang_samples(sample, sets[which].count, sets[which].seed);
    spike_collect_sizes(collector, CASE_YIN_YANG_FEATURES + 1, CASE_YIN_YANG_CLASSES);
    int status = 0;
    for (size_t k = 0; k < sets[which].count && status == 0; k++) {
        const struct case_place *at = CASE_AT(CASE_ROOT, k);
        for (int f = 0; f <= CASE_YIN_YANG_FEATURES && status == 0; f++) {
            double value = f < CASE_YIN_YANG_FEATURES ? sample[k].feature[f] : 0;
            status = spike_collect(collector, at, at, time_of(collector->grid, value), f);
        }
        if (status == 0)
            status =
                spike_collect_sample(collector, &collector->report, at, sample[k].label, at, 0);
    }
    free(sample);
    return status;
}

/* ---- idx ---- */

/* Reads a header of the given number of dimensions. */
static int read_header(size_t *shape, const struct case_report *report, gzFile in, int dimensions)
{
    unsigned char head[4], size[4];
    char found[96];
    const char *what = dimensions > 1 ? "images" : "labels";
    if (spike_read_bytes(report, NULL, in, head, 4, "the head of an idx file"))
        return -1;
    snprintf(found, sizeof found, "an idx file of type 0x%02x with %u dimensions", head[2],
             head[3]);
    if (head[0] || head[1])
        return case_refuse(report, NULL, "a file of another kind", "an idx file of %s", what);
    if (head[2] != 8 || head[3] != dimensions)
        return case_refuse(report, NULL, found, "%s of type 0x08 (uint8) with %d", what,
                           dimensions);
    for (int d = 0; d < dimensions; d++) {
        if (spike_read_bytes(report, NULL, in, size, 4, "a dimension of an idx file"))
            return -1;
        shape[d] = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
    }
    return 0;
}

/* Nothing may follow, and of compressed data the checksum must be right. */
static int read_end(const struct case_report *report, gzFile in, size_t count)
{
    char byte;
    int more = gzread(in, &byte, 1);
    if (more < 0 || (more == 0 && spike_refuse_stream(report, NULL, in)))
        return more < 0 ? spike_refuse_stream(report, NULL, in) : -1;
    return more == 0 ? 0
                     : case_refuse(report, NULL, "more bytes",
                                   "the end of the file after %zu elements of its first dimension",
                                   count);
}

static int read_image(struct spike_collector *collector, const struct case_place *at, gzFile in,
                      unsigned char *grey, size_t pixels)
{
    if (spike_read_bytes(&collector->report, at, in, grey, pixels, "an image"))
        return -1;
    for (size_t p = 0; p < pixels; p++) {
        double time = time_of(collector->grid, (255.0 - grey[p]) / 255.0);
        if (grey[p] > 1 && spike_collect(collector, at, at, time, (int64_t)p))
            return -1;
    }
    return 0;
}

static int read_images(struct spike_collector *collector, gzFile in,
                       const struct case_report *label_report, gzFile label_in)
{
    size_t shape[3], labels;
    char found[80];
    if (read_header(shape, &collector->report, in, 3) ||
        read_header(&labels, label_report, label_in, 1))
        return -1;
    snprintf(found, sizeof found, "images of %zu by %zu", shape[1], shape[2]);
    if (shape[1] == 0 || shape[2] == 0 || shape[1] > SPIKE_MAX_CHANNELS / shape[2])
        return case_refuse(&collector->report, NULL, found, "1 .. %zu pixels", SPIKE_MAX_CHANNELS);
    snprintf(found, sizeof found, "%zu labels", labels);
    if (labels != shape[0])
        return case_refuse(label_report, NULL, found, "%zu, one an image", shape[0]);
    size_t pixels = shape[1] * shape[2];
    spike_collect_sizes(collector, pixels, 0);
    unsigned char *grey = malloc(pixels), label;
    int status = grey ? 0 : case_refuse_memory(&collector->report);
    for (size_t k = 0; k < shape[0] && status == 0; k++) {
        const struct case_place *at = CASE_AT(CASE_ROOT, k);
        if (read_image(collector, at, in, grey, pixels) ||
            spike_read_bytes(label_report, at, label_in, &label, 1, "a label") ||
            spike_collect_sample(collector, label_report, at, label, at, 0))
            status = -1;
    }
    free(grey);
    if (status)
        return -1;
    return read_end(&collector->report, in, shape[0]) || read_end(label_report, label_in, labels)
               ? -1
               : 0;
}

int spike_read_idx(struct spike_collector *collector, gzFile in, const char *labels)
{
    if (!labels)
        return case_refuse(&collector->report, NULL, "idx images without labels",
                           "an idx file of labels beside them");
    if (judge_span(collector))
        return -1;
    struct case_report report = {labels, collector->report.error, 0, 0};
    gzFile label_in = spike_open_stream(&report, labels);
    if (!label_in)
        return -1;
    int status = read_images(collector, in, &report, label_in);
    gzclose(label_in);
    return status;
}
