/* SPDX-License-Identifier: MIT */
/* cause.c: why an engine did not run, or a gradient of its was not judged: as it is counted, and as
 * it is said. */
#include "verify/judge/judge_answer.h"

static const struct {
    const char *name, *text;
} causes[VER_CAUSES] = {
    [VER_CAUSE_NONE] = {"-", ""},
    [VER_CAUSE_DELAYS] = {"delays", "a delay is no whole number of steps"},
    [VER_CAUSE_GRAZING] = {"grazing", "grazing"},
    [VER_CAUSE_COINCIDENCE] = {"coincidence", "coincidence"},
    [VER_CAUSE_END] = {"end", "end"},
    [VER_CAUSE_MAXIMA] = {"two largest voltages", "two largest voltages"},
    [VER_CAUSE_BORN_OR_LOST] = {"born or lost", "spikes are born or lost a step beside it"},
    [VER_CAUSE_TOO_SMALL] = {"moves it by as much", "a step moves it by as much as it is large"},
    [VER_CAUSE_OTHER_SPIKES] = {"of other spikes", "of other spikes"},
    [VER_CAUSE_SURROGATE] = {"surrogate", "a surrogate gradient is the derivative of nothing"},
    [VER_CAUSE_UNDECIDED] = {"undecided", "the reference is undecided a step beside it"},
    [VER_CAUSE_STEPS] = {"too few steps", "too few rungs agree"},
};

const char *ver_cause_name(enum ver_cause cause)
{
    return causes[cause].name;
}

const char *cause_text(enum ver_cause cause)
{
    return causes[cause].text;
}
