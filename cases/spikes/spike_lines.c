/* SPDX-License-Identifier: MIT */
/* spike_lines.c: reads spikes from JSON lines, a sample a line; blank lines say nothing. */
#include "cases/spikes/collect.h"

#include <stdlib.h>
#include <string.h>

/* A line and the room that it has. */
struct line {
    char *text;
    size_t room, length;
};

/* Takes the next line, without its end. 1, 0 at the end of the file, or -1 and error. */
static int next_line(struct line *line, const struct case_report *report, gzFile in)
{
    line->length = 0;
    for (int byte; (byte = gzgetc(in)) >= 0;) {
        if (byte == '\n')
            return 1;
        if (line->length == CASE_MAX_BYTES)
            return case_refuse(report, NULL, "a longer line", "at most %zu bytes", CASE_MAX_BYTES);
        if (line->length == line->room) {
            size_t room = line->room ? 2 * line->room : 4096;
            char *larger = realloc(line->text, room);
            if (!larger)
                return case_refuse_memory(report);
            line->text = larger;
            line->room = room;
        }
        line->text[line->length++] = (char)byte;
    }
    return spike_refuse_stream(report, NULL, in) ? -1 : line->length > 0;
}

static int read_spike(struct spike_collector *collector, const struct case_reader *reader,
                      const struct case_place *at, const json_t *value)
{
    double time;
    size_t channel;
    char shown[CASE_SHOWN];
    if (json_array_size(value) != 2)
        return case_refuse(&collector->report, at, case_show_json(shown, value),
                           "a spike [time in ms, channel]");
    if (case_read_number(&time, reader, CASE_AT(at, 0), json_array_get(value, 0)) ||
        case_read_whole(&channel, reader, CASE_AT(at, 1), json_array_get(value, 1), 0,
                        SPIKE_MAX_CHANNELS - 1))
        return -1;
    return spike_collect(collector, CASE_AT(at, 0), CASE_AT(at, 1), time, (int64_t)channel);
}

static int read_sample(struct spike_collector *collector, const struct case_reader *reader,
                       const json_t *value)
{
    static const struct case_row keys[] = {{"label", .required = CASE_ALWAYS},
                                           {"group", .optional = CASE_ALWAYS},
                                           {"spikes", .required = CASE_ALWAYS},
                                           {NULL}};
    const struct case_place *at = CASE_KEY(CASE_ROOT, "spikes");
    const struct case_place *at_label = CASE_KEY(CASE_ROOT, "label");
    const struct case_place *at_group = CASE_KEY(CASE_ROOT, "group");
    const json_t *spikes = json_object_get(value, "spikes");
    const json_t *given = json_object_get(value, "group");
    size_t label, group = 0;
    if (case_read_keys(reader, CASE_ROOT, value, keys, CASE_ALWAYS, "a sample") ||
        case_read_whole(&label, reader, at_label, json_object_get(value, "label"), 0,
                        SPIKE_MAX_CLASSES - 1) ||
        (given && case_read_whole(&group, reader, at_group, given, 0, UINT32_MAX)) ||
        case_read_list(reader, at, spikes, "spikes [time in ms, channel]"))
        return -1;
    for (size_t k = 0; k < json_array_size(spikes); k++)
        if (read_spike(collector, reader, CASE_AT(at, k), json_array_get(spikes, k)))
            return -1;
    return spike_collect_sample(collector, &collector->report, at_label, (int64_t)label, at_group,
                                (int64_t)group);
}

static int read_sizes(struct spike_collector *collector, const struct case_reader *reader,
                      const json_t *value)
{
    static const struct case_row keys[] = {
        {"channels", .required = CASE_ALWAYS}, {"classes", .required = CASE_ALWAYS}, {NULL}};
    size_t channels, classes;
    if (case_read_keys(reader, CASE_ROOT, value, keys, CASE_ALWAYS, "the sizes of a set") ||
        case_read_whole(&channels, reader, CASE_KEY(CASE_ROOT, "channels"),
                        json_object_get(value, "channels"), 1, SPIKE_MAX_CHANNELS) ||
        case_read_whole(&classes, reader, CASE_KEY(CASE_ROOT, "classes"),
                        json_object_get(value, "classes"), 1, SPIKE_MAX_CLASSES))
        return -1;
    spike_collect_sizes(collector, channels, classes);
    return 0;
}

static int read_line(struct spike_collector *collector, const struct line *line, bool *first)
{
    size_t blank = 0;
    while (blank < line->length && strchr(" \t\r", line->text[blank]) && line->text[blank])
        blank++;
    if (blank == line->length)
        return 0;
    json_t *value = case_load_json(line->text, line->length, &collector->report);
    if (!value)
        return -1;
    struct case_reader reader = {.report = collector->report};
    bool sizes =
        *first && (json_object_get(value, "channels") || json_object_get(value, "classes"));
    int status =
        sizes ? read_sizes(collector, &reader, value) : read_sample(collector, &reader, value);
    json_decref(value);
    *first = false;
    return status;
}

int spike_read_lines(struct spike_collector *collector, gzFile in)
{
    struct line line = {0};
    bool first = true;
    int status = 0, more = 1;
    locale_t before = case_locale_enter();
    collector->report.column = -1;
    if (before == (locale_t)0)
        return case_refuse_memory(&collector->report);
    while (status == 0 && more > 0) {
        collector->report.line++;
        more = next_line(&line, &collector->report, in);
        status = more < 0 ? -1 : more ? read_line(collector, &line, &first) : 0;
    }
    if (status == 0)
        collector->report.line = 0;
    case_locale_leave(before);
    free(line.text);
    return status;
}
