/* SPDX-License-Identifier: MIT */
/* quiet_case.h: a case that is silent for so long, before its only burst of spikes and after it,
 * that all that decays passes through 2^-100, where a step ends with 0 (gpu/step.h).
 *
 * 720 ms in steps of 0.5 ms, input from 340 to 360 ms, time constants of at most 4 ms, so at least
 * 85 of them before and 90 after: e^-85 < 2^-122. The loss moves in the burst alone: the target of
 * the voltages is 0 but there, and a maximum or a first spike is there. */
#ifndef EVIDENT_TESTS_QUIET_CASE_H
#define EVIDENT_TESTS_QUIET_CASE_H

#include "cases/cases.h"

#include <check.h>
#include <stdio.h>

enum { QUIET_LOSSES = 3 };

/* To be freed. */
static inline struct case_problem *quiet_case(int loss)
{
    static const struct {
        const char *kind, *target, *threshold;
    } of[QUIET_LOSSES] = {
        {"voltage-squared-error",
         "\"voltages\":[[[0,0],[342,0.5],[365,0]],[[0,0],[343,-0.5],[362,0]]]", ""},
        {"max-voltage-cross-entropy", "\"label\":1", ""},
        {"first-spike-squared-error", "\"times\":[345,350]", ",\"threshold\":0.5"},
    };
    char json[2048];
    struct case_error error = {""};
    int length = snprintf(
        json, sizeof json,
        "{\"format\":\"evident-case-1\",\"name\":\"quiet\",\"time\":{\"end\":720,\"step\":0.5},"
        "\"populations\":[{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"
        "{\"name\":\"hid\",\"size\":3,\"model\":\"lif\",\"tau_mem\":[4,3.5,3],\"tau_syn\":2,"
        "\"threshold\":1},{\"name\":\"out\",\"size\":2,\"model\":\"%s\",\"tau_mem\":4,"
        "\"tau_syn\":[3,4]%s}],\"projections\":[{\"source\":\"in\",\"target\":\"hid\","
        "\"weights\":[[6,2.5,3],[4,5,1.5]]},{\"source\":\"hid\",\"target\":\"hid\",\"delay\":1,"
        "\"weights\":[[0.5,1,-0.5],[0.25,-0.5,1],[1,0.5,0.25]]},"
        "{\"source\":\"hid\",\"target\":\"out\",\"weights\":[[3,-0.5],[0.5,2.5],[-1,4]]}],"
        "\"samples\":[{\"spikes\":{\"in\":[[340,343,349.5],[341.5,352,360]]},\"target\":{%s}}],"
        "\"loss\":{\"kind\":\"%s\",\"population\":\"out\"}}",
        of[loss].threshold[0] ? "lif" : "li", of[loss].threshold, of[loss].target, of[loss].kind);
    ck_assert(length > 0 && (size_t)length < sizeof json);
    struct case_problem *c = case_read_text(json, (size_t)length, "quiet", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

#endif
