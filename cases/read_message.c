/* SPDX-License-Identifier: MIT */
/* read_message.c: how a refusal is said.
 *
 * One line of at most 511 bytes, "FILE: PLACE: found F, wanted W", whatever bytes the input holds:
 * each part has a budget (file 100, place 110, found 63, wanted 220 bytes), is cut with "..."
 * beyond it, and shows control characters and bytes that are no UTF-8 as escapes. */
#include "cases/internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BUDGET = 101, PLACE_BUDGET = 111, WANTED_BUDGET = 221, KEY_BUDGET = 28 };

/* Length of the UTF-8 sequence at s and its code point; 0 if there is none (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF). The terminating NUL stops every sequence. */
static size_t decode(unsigned *point, const unsigned char *s)
{
    size_t length = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length <= 1) {
        *point = s[0];
        return length;
    }
    *point = s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (s[i] & 0x3f);
    }
    int bad = s[0] > 0xf7 || *point < least[length] || *point > 0x10ffff ||
              (*point >= 0xd800 && *point <= 0xdfff);
    return bad ? 0 : length;
}

/* Characters that would break the line, reorder it, or not be seen. */
static int is_invisible(unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0xad || point == 0xfeff ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f);
}

char *case_show(char *shown, size_t size, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t used = 0, fits = 0; /* fits: the longest prefix that leaves room for "..." */
    while (*s) {
        char piece[16];
        unsigned point;
        size_t length = decode(&point, s), take = length ? length : 1;
        if (length == 0)
            snprintf(piece, sizeof piece, "\\x%02x", (unsigned)*s);
        else if (is_invisible(point))
            snprintf(piece, sizeof piece, "\\u%04x", point);
        else
            snprintf(piece, sizeof piece, "%.*s", (int)length, (const char *)s);
        size_t more = strlen(piece);
        if (used + more >= size) {
            memcpy(shown + fits, "...", 4);
            return shown;
        }
        memcpy(shown + used, piece, more);
        used += more;
        if (used + 4 <= size)
            fits = used;
        s += take;
    }
    shown[used] = 0;
    return shown;
}

char *case_show_quoted(char shown[CASE_SHOWN], const char *text)
{
    shown[0] = '"';
    case_show(shown + 1, CASE_SHOWN - 2, text);
    strcat(shown, "\"");
    return shown;
}

char *case_show_number(char text[CASE_NUMBER], double value)
{
    if (isnan(value))
        return strcpy(text, "nan");
    if (signbit(value) && !(value < 0)) /* "-0" would be read as the integer 0 */
        return strcpy(text, "-0.0");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, CASE_NUMBER, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (memcmp(&back, &value, sizeof back) == 0)
            break;
    }
    return text;
}

/* Appends the place from the root down. Recursion depth is the depth of the format, at most 7. */
static size_t show_place(char *text, size_t size, const struct case_place *at)
{
    if (!at->up)
        return (size_t)snprintf(text, size, "$");
    size_t used = show_place(text, size, at->up);
    if (used >= size)
        return used;
    char *rest = text + used;
    size_t left = size - used;
    if (!at->key)
        return used + (size_t)snprintf(rest, left, "[%zu]", at->index);
    char key[KEY_BUDGET];
    case_show(key, sizeof key, at->key);
    int plain = key[0] && !strpbrk(key, ".[]\"\\ ") && strcmp(key, at->key) == 0;
    return used + (size_t)snprintf(rest, left, plain ? ".%s" : "[\"%s\"]", key);
}

int case_refuse(const struct case_report *report, const struct case_place *at, const char *found,
                const char *wanted, ...)
{
    char file[FILE_BUDGET], place[PLACE_BUDGET] = "", line[24] = "", why[4 * WANTED_BUDGET],
                            want[WANTED_BUDGET];
    size_t length = strlen(report->file);
    const char *tail = report->file;
    if (length > FILE_BUDGET - 4) { /* the end of a path says more than its beginning */
        tail += length - (FILE_BUDGET - 4);
        while ((*tail & 0xc0) == 0x80)
            tail++;
        memcpy(file, "...", 4);
    } else {
        file[0] = 0;
    }
    case_show(file + strlen(file), FILE_BUDGET - strlen(file), tail);
    if (report->line > 0)
        snprintf(line, sizeof line, report->column >= 0 ? ":%d:%d" : ":%d", report->line,
                 report->column);
    if (at)
        show_place(place, sizeof place, at);
    va_list arguments;
    va_start(arguments, wanted);
    vsnprintf(why, sizeof why, wanted, arguments);
    va_end(arguments);
    snprintf(report->error->text, sizeof report->error->text, "%s%s: %s%sfound %s, wanted %s", file,
             line, place, at ? ": " : "", found, case_show(want, sizeof want, why));
    return -1;
}

int case_refuse_memory(const struct case_report *report)
{
    return case_refuse(report, NULL, "too little memory", "more, or a smaller case");
}
