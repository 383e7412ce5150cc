/* SPDX-License-Identifier: MIT */
/* twin_case.h: two layers that get the same input, so that every spike of the first arrives, with
 * weight zero, on a spike of the second. */
#ifndef EVIDENT_TESTS_TWIN_CASE_H
#define EVIDENT_TESTS_TWIN_CASE_H

/* A format: the weight of the second neuron of each layer, and the delay between the layers. */
#define TWINS                                                                                      \
    "{\"format\":\"evident-case-1\",\"name\":\"twins\",\"time\":{\"end\":60},\"populations\":["    \
    "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"a\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,\"threshold\":1},"  \
    "{\"name\":\"b\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,\"threshold\":1},"  \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":15,\"tau_syn\":6}],"                \
    "\"projections\":["                                                                            \
    "{\"source\":\"in\",\"target\":\"a\",\"weights\":[[5,%1$s]]},"                                 \
    "{\"source\":\"in\",\"target\":\"b\",\"weights\":[[5,%1$s]]},"                                 \
    "{\"source\":\"a\",\"target\":\"b\",\"delay\":%2$s,\"weights\":[[0,0],[0,0]]},"                \
    "{\"source\":\"b\",\"target\":\"out\",\"weights\":[[1,-2],[0.5,3]]}],"                         \
    "\"loss\":{\"kind\":\"voltage-integral-cross-entropy\",\"population\":\"out\","                \
    "\"weighting\":\"uniform\"},\"samples\":[{\"spikes\":{\"in\":[[1,3,11,18,30]]},"               \
    "\"target\":{\"label\":1}}]}"

#endif
