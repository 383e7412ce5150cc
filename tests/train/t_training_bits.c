/* SPDX-License-Identifier: MIT */
/* t_training_bits.c: the bits of short trainings with every rule in one of them, as they were when
 * each rule had been held against numbers worked out by hand (t_schedule, t_augment, t_train,
 * t_resident). Who changes what a training computes on purpose writes the new number down here;
 * make bits says whether all compilers agree on it. */
#include "gpu/tools/digest_training.h"
#include "tests/run_suite.h"

#include <check.h>
#include <inttypes.h>

static const uint64_t known[] = {0xa3b4f60190747cfb, 0xbc35cb6f7d2802a6, 0x2fdaa13141dedcd6,
                                 0x6019c3b8e51fef8d};

TEST(short_trainings_have_the_bits_they_had)
{
    size_t count = sizeof digest_training / sizeof *digest_training, differ = 0;
    char found[300] = "";
    ck_assert_uint_eq(count, sizeof known / sizeof *known);
    for (size_t k = 0; k < count; k++) {
        struct case_error error = {""};
        uint64_t hash = DIGEST_START;
        size_t end = strlen(found);
        ck_assert_msg(digest_one(&hash, k, &error) == 0, "%s", error.text);
        snprintf(found + end, sizeof found - end, "%s0x%016" PRIx64, k ? ", " : "", hash);
        differ += hash != known[k];
    }
    ck_assert_msg(differ == 0, "%zu differ: %s", differ, found);
}

SUITE("training_bits", .seconds = 300)
