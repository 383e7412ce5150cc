/* SPDX-License-Identifier: MIT */
/* spikes.c: reads a set of spikes: what kind of file it is, then that kind's reader. */
#include "cases/hdf5_file.h"
#include "cases/spikes/collect.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char generated[] = "yin-yang:";
static const char wanted[] = "HDF5, idx or JSON lines";

static int judge_grid(struct spike_collector *collector)
{
    const struct spike_grid *grid = collector->grid;
    char found[80], end[CASE_NUMBER], step[CASE_NUMBER];
    double whole = round(grid->end / grid->step);
    snprintf(found, sizeof found, "%s ms in steps of %s ms", case_show_number(end, grid->end),
             case_show_number(step, grid->step));
    /* 0.3 and 0.1 are three steps: each is the double nearest to what was meant, the quotient is
     * rounded, too, so it is off by less than 1.5 epsilons. */
    if (!(grid->end > 0 && grid->step > 0 && whole >= 1 && whole <= (double)SPIKE_MAX_STEPS &&
          fabs(grid->end / grid->step - whole) <= 1.5 * DBL_EPSILON * whole))
        return case_refuse(&collector->report, NULL, found, "a whole number of steps, 1 .. %zu",
                           SPIKE_MAX_STEPS);
    snprintf(found, sizeof found, "%zu channels and %zu classes", grid->channels, grid->classes);
    if (grid->channels > SPIKE_MAX_CHANNELS || grid->classes > SPIKE_MAX_CLASSES)
        return case_refuse(&collector->report, NULL, found, "at most %zu and %zu",
                           SPIKE_MAX_CHANNELS, SPIKE_MAX_CLASSES);
    collector->set->steps = (size_t)whole;
    return 0;
}

int spike_refuse_labels(const struct spike_collector *collector)
{
    return case_refuse(&collector->report, NULL, "labels in a file of their own",
                       "such a file beside an idx file alone");
}

/* ---- files that may be compressed ---- */

int spike_refuse_stream(const struct case_report *report, const struct case_place *at, gzFile in)
{
    int code;
    char found[128];
    const char *problem = gzerror(in, &code);
    if (code == Z_OK)
        return 0;
    if (code == Z_ERRNO)
        return case_refuse_file(report, errno, wanted);
    if (code == Z_BUF_ERROR)
        return case_refuse(report, at, "the end of the file", "the rest of its compressed data");
    size_t name = strlen(report->file); /* "FILE: PROBLEM" */
    if (strncmp(problem, report->file, name) == 0 && strncmp(problem + name, ": ", 2) == 0)
        problem += name + 2;
    snprintf(found, sizeof found, "damaged gzip data (%s)", problem);
    return case_refuse(report, at, found, "a sound file");
}

int spike_read_bytes(const struct case_report *report, const struct case_place *at, gzFile in,
                     void *bytes, size_t size, const char *what)
{
    char found[96] = "the end of the file";
    size_t taken = gzfread(bytes, 1, size, in);
    if (taken == size)
        return 0;
    if (spike_refuse_stream(report, at, in))
        return -1;
    if (taken > 0)
        snprintf(found, sizeof found, "the end of the file after %zu bytes", taken);
    return case_refuse(report, at, found, "%zu bytes: %s", size, what);
}

gzFile spike_open_stream(const struct case_report *report, const char *path)
{
    struct stat status;
    gzFile in = NULL;
    if (stat(path, &status) || (S_ISREG(status.st_mode) && !(in = gzopen(path, "rb"))))
        case_refuse_file(report, errno, wanted);
    else if (!in) /* opening a pipe would wait for ever */
        case_refuse(report, NULL, S_ISDIR(status.st_mode) ? "a directory" : "no regular file",
                    "a file");
    return in;
}

static int read_stream(struct spike_collector *collector, gzFile in, const char *labels)
{
    char head[9] = "", found[CASE_SHOWN + 32], shown[CASE_SHOWN];
    int size = gzread(in, head, 8);
    if (size < 0)
        return spike_refuse_stream(&collector->report, NULL, in);
    gzrewind(in);
    if (size >= 2 && head[0] == 0 && head[1] == 0)
        return spike_read_idx(collector, in, labels);
    if (labels)
        return spike_refuse_labels(collector);
    if (head[strspn(head, " \t\r\n")] == '{')
        return spike_read_lines(collector, in);
    snprintf(found, sizeof found, "a file that begins with %s", case_show_quoted(shown, head));
    return case_refuse(&collector->report, NULL, size > 0 ? found : "an empty file", "%s", wanted);
}

static int read_path(struct spike_collector *collector, const char *labels)
{
    const char *path = collector->report.file;
    gzFile in = spike_open_stream(&collector->report, path);
    if (!in)
        return -1;
    bool hdf5 = case_hdf5_recognise(path);
    int status = hdf5 && labels ? spike_refuse_labels(collector)
                 : hdf5         ? spike_read_hdf5(collector)
                                : read_stream(collector, in, labels);
    gzclose(in);
    return status;
}

/* ---- sets ---- */

void spike_set_clear(struct spike_set *set)
{
    free(set->begin);
    free(set->step);
    free(set->channel);
    free(set->label);
    free(set->group);
    *set = (struct spike_set){0};
}

int spike_set_read(struct spike_set *set, const char *name, const char *labels,
                   const struct spike_grid *grid, struct case_error *error)
{
    struct spike_collector collector = {.set = set, .grid = grid, .report = {name, error, 0, 0}};
    *set = (struct spike_set){0};
    spike_collect_sizes(&collector, 0, 0);
    int status = judge_grid(&collector);
    if (status == 0 && strncmp(name, generated, strlen(generated)) == 0)
        status = spike_read_yin_yang(&collector, name + strlen(generated), labels);
    else if (status == 0)
        status = read_path(&collector, labels);
    if (status == 0)
        status = spike_collect_end(&collector);
    free(collector.key);
    if (status)
        spike_set_clear(set);
    return status;
}
