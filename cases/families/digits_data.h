/* digits_data.h: eight spoken digits as spikes of 700 cochlea channels.
 *
 * Source, licence and the way the table was made: cases/data/README.md. */
#ifndef EVIDENT_DIGITS_DATA_H
#define EVIDENT_DIGITS_DATA_H

#include <stddef.h>
#include <stdint.h>

#define CASE_DIGITS_RECORDINGS 8
#define CASE_DIGITS_CHANNELS 700    /* 0: highest frequencies */
#define CASE_DIGITS_CLASSES 20      /* the digit, +10 if spoken in German */
#define CASE_DIGITS_TICKS_PER_MS 24 /* spike times are k/24 ms */

/* A spike is the number n = 700 d + channel, where d is the number of ticks since the spike before
 * it (the first: since 0). n is written least digit first in base 32; each digit is a character of
 * the base64 alphabet A-Z a-z 0-9 + /, whose value has 32 added if more digits follow. Numbers do
 * not cross lines. Spikes are sorted by tick, then channel; none occurs twice. */
struct case_digits_recording {
    const char *const *line; /* ends with NULL */
    size_t spikes;
    unsigned label;
};

extern const struct case_digits_recording case_digits[CASE_DIGITS_RECORDINGS];

struct case_digits_spike {
    uint32_t tick;
    unsigned channel;
};

#endif
