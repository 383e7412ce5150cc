/* SPDX-License-Identifier: MIT */
/* machine.h: the instructions of PTX, as functions of C, for what tests/ptx/translate.py makes. The
 * name of a function is that of its instruction. Registers are bits; signs and types are the
 * instruction's. Threads are those of gpu/emulate/emulate.h.
 *
 * Memory is looked at: every access must be aligned and within what it may reach, words of device
 * memory must have been written before they are read, and what is read as read-only (ld.global.nc)
 * must not be written by the same launch. The first access that is wrong ends its kernel. */
#ifndef EVIDENT_TESTS_PTX_MACHINE_H
#define EVIDENT_TESTS_PTX_MACHINE_H

#include "gpu/emulate/emulate.h"

#include <math.h>
#include <string.h>

struct ptx_kernel {
    const char *name;
    void (*run)(const unsigned char *const *parameter);
    int version; /* of the architecture it was compiled for: 90 */
    unsigned most_threads;
    int parameters;
    size_t size[8]; /* bytes of each */
};

/* What is traced says otherwise (trace.h). */
#define PTX_ENTER(name)
#define PTX_STEP(line)

/* ---- memory: machine.c ---- */

enum ptx_space { PTX_GENERIC, PTX_GLOBAL, PTX_READ_ONLY, PTX_SHARED, PTX_LOCAL, PTX_PARAM };

/* Where address is on the host, or NULL: the thread must end. line: of the PTX. */
unsigned char *ptx_look(int line, enum ptx_space space, uint64_t address, size_t bytes);
unsigned char *ptx_write(int line, enum ptx_space space, uint64_t address, size_t bytes);
uint64_t ptx_generic(uint64_t shared); /* address of a place in this block's shared memory */
int ptx_is_shared(uint64_t address);   /* whether it is such a one, of any block of the cluster */
uint64_t ptx_peer(int line, uint64_t address, uint32_t rank);

/* Parameters are the host's own. */
static inline unsigned char *ptx_read(int line, enum ptx_space space, uint64_t address,
                                      size_t bytes)
{
    return space == PTX_PARAM ? (unsigned char *)(uintptr_t)address
                              : ptx_look(line, space, address, bytes);
}

/* All lanes take part, or the thread must not go on: an error of the launch. */
uint32_t ptx_ballot(int line, uint32_t predicate, uint32_t members);
uint32_t ptx_shuffle_idx(int line, uint32_t x, uint32_t lane, uint32_t clamp, uint32_t members,
                         uint32_t *inside);
uint32_t ptx_shuffle_down(int line, uint32_t x, uint32_t by, uint32_t clamp, uint32_t members,
                          uint32_t *inside);

#define PTX_GET(name, type)                                                                        \
    static inline type ptx_get_##name(const unsigned char *at)                                     \
    {                                                                                              \
        type x;                                                                                    \
        memcpy(&x, at, sizeof x);                                                                  \
        return x;                                                                                  \
    }
PTX_GET(u8, uint8_t)
PTX_GET(s8, int8_t)
PTX_GET(u16, uint16_t)
PTX_GET(s16, int16_t)
PTX_GET(u32, uint32_t)
PTX_GET(b32, uint32_t)
PTX_GET(f32, uint32_t)
PTX_GET(s32, int32_t)
PTX_GET(u64, uint64_t)
PTX_GET(b64, uint64_t)
PTX_GET(f64, uint64_t)
PTX_GET(s64, uint64_t)

#define PTX_PUT(bits)                                                                              \
    static inline void ptx_put_##bits(unsigned char *at, uint64_t word)                            \
    {                                                                                              \
        uint##bits##_t x = (uint##bits##_t)word;                                                   \
        memcpy(at, &x, sizeof x);                                                                  \
    }
PTX_PUT(8)
PTX_PUT(16)
PTX_PUT(32)
PTX_PUT(64)

/* ---- arithmetic ---- */

#define PTX_FUNCTION(word, name, expression, ...)                                                  \
    static inline word name(__VA_ARGS__)                                                           \
    {                                                                                              \
        return (word)(expression);                                                                 \
    }
#define PTX_TWO(word, name, expression) PTX_FUNCTION(word, name, expression, word a, word b)
#define PTX_TEST(word, name, expression) PTX_FUNCTION(uint32_t, name, expression, word a, word b)
#define PTX_SELECT(word, name)                                                                     \
    PTX_FUNCTION(word, selp_##name, p ? a : b, word a, word b, uint32_t p)

/* Sums and products of 64 bits have the lower bits of all shorter ones. */
#define PTX_WHOLE(name, word, type)                                                                \
    PTX_TWO(word, add_##name, (uint64_t)a + b)                                                     \
    PTX_TWO(word, sub_##name, (uint64_t)a - b)                                                     \
    PTX_TWO(word, mul_lo_##name, (uint64_t)a *b)                                                   \
    PTX_FUNCTION(word, mad_lo_##name, (uint64_t)a *b + c, word a, word b, word c)                  \
    PTX_TWO(word, min_##name, (type)a < (type)b ? a : b)                                           \
    PTX_TWO(word, max_##name, (type)a > (type)b ? a : b)                                           \
    PTX_SELECT(word, name)                                                                         \
    PTX_TEST(word, setp_eq_##name, a == b)                                                         \
    PTX_TEST(word, setp_ne_##name, a != b)                                                         \
    PTX_TEST(word, setp_lt_##name, (type)a < (type)b)                                              \
    PTX_TEST(word, setp_le_##name, (type)a <= (type)b)                                             \
    PTX_TEST(word, setp_gt_##name, (type)a > (type)b)                                              \
    PTX_TEST(word, setp_ge_##name, (type)a >= (type)b)
PTX_WHOLE(u16, uint16_t, uint16_t)
PTX_WHOLE(s16, uint16_t, int16_t)
PTX_WHOLE(u32, uint32_t, uint32_t)
PTX_WHOLE(s32, uint32_t, int32_t)
PTX_WHOLE(u64, uint64_t, uint64_t)
PTX_WHOLE(s64, uint64_t, int64_t)

#define PTX_DIVIDE(name, word, type)                                                               \
    PTX_TWO(word, div_##name, (type)a / (type)b)                                                   \
    PTX_TWO(word, rem_##name, (type)a % (type)b)                                                   \
    PTX_FUNCTION(word, shr_##name,                                                                 \
                 s < 8 * sizeof a ? (type)a >> s : (type)a >> (8 * sizeof a - 1) >> 1, word a,     \
                 uint32_t s)
PTX_DIVIDE(u32, uint32_t, uint32_t)
PTX_DIVIDE(s32, uint32_t, int32_t)
PTX_DIVIDE(u64, uint64_t, uint64_t)
PTX_DIVIDE(s64, uint64_t, int64_t)
PTX_FUNCTION(uint32_t, mul_wide_u16, (uint32_t)a *b, uint16_t a, uint16_t b)
PTX_FUNCTION(uint64_t, mul_wide_u32, (uint64_t)a *b, uint32_t a, uint32_t b)
PTX_FUNCTION(uint64_t, mul_wide_s32, (int64_t)(int32_t)a *(int32_t)b, uint32_t a, uint32_t b)

#define PTX_BITS(name, word)                                                                       \
    PTX_TWO(word, and_##name, a &b)                                                                \
    PTX_TWO(word, or_##name, a | b)                                                                \
    PTX_TWO(word, xor_##name, a ^ b)                                                               \
    PTX_FUNCTION(word, not_##name, ~a, word a)                                                     \
    PTX_SELECT(word, name)                                                                         \
    PTX_TEST(word, setp_eq_##name, a == b)                                                         \
    PTX_TEST(word, setp_ne_##name, a != b)
PTX_BITS(b16, uint16_t)
PTX_BITS(b32, uint32_t)
PTX_BITS(b64, uint64_t)
PTX_TWO(uint32_t, and_pred, a &b)
PTX_TWO(uint32_t, or_pred, a | b)
PTX_TWO(uint32_t, xor_pred, a ^ b)
PTX_FUNCTION(uint32_t, not_pred, !a, uint32_t a)

PTX_FUNCTION(uint32_t, shl_b32, s < 32 ? a << s : 0, uint32_t a, uint32_t s)
PTX_FUNCTION(uint64_t, shl_b64, s < 64 ? a << s : 0, uint64_t a, uint32_t s)
PTX_FUNCTION(uint32_t, popc_b32, __builtin_popcount(a), uint32_t a)
PTX_FUNCTION(uint32_t, popc_b64, __builtin_popcountll(a), uint64_t a)
PTX_FUNCTION(uint32_t, clz_b32, a ? __builtin_clz(a) : 32, uint32_t a)
PTX_FUNCTION(uint32_t, clz_b64, a ? __builtin_clzll(a) : 64, uint64_t a)

/* The lower `count` bits of a into b, from bit `from` on. */
static inline uint64_t bfi_b64(uint64_t a, uint64_t b, uint32_t from, uint32_t count)
{
    uint64_t low = shl_b64(1, count & 255) - 1, mask = shl_b64(low, from & 255);
    return (b & ~mask) | (shl_b64(a, from & 255) & mask);
}

PTX_FUNCTION(uint32_t, bfi_b32, bfi_b64(a, b, from, count), uint32_t a, uint32_t b, uint32_t from,
             uint32_t count)

/* Four bytes of the eight of b and a; bit 3 of a selector spreads the sign. */
static inline uint32_t prmt_b32(uint32_t a, uint32_t b, uint32_t selectors)
{
    uint64_t bytes = (uint64_t)b << 32 | a;
    uint32_t result = 0;
    for (unsigned k = 0; k < 4; k++) {
        uint32_t which = selectors >> 4 * k & 15, byte = bytes >> 8 * (which & 7) & 255;
        if (which & 8)
            byte = byte & 128 ? 255 : 0;
        result |= byte << 8 * k;
    }
    return result;
}

/* ---- floating point: as the compiler was told, every operation rounds by itself ---- */

#define PTX_FLOAT(name, word, type, root, magnitude)                                               \
    static inline type ptx_##name(word bits)                                                       \
    {                                                                                              \
        type x;                                                                                    \
        memcpy(&x, &bits, sizeof x);                                                               \
        return x;                                                                                  \
    }                                                                                              \
    static inline word ptx_bits_##name(type x)                                                     \
    {                                                                                              \
        word bits;                                                                                 \
        memcpy(&bits, &x, sizeof bits);                                                            \
        return bits;                                                                               \
    }                                                                                              \
    static inline int ptx_ordered_##name(word a, word b)                                           \
    {                                                                                              \
        return !isnan(ptx_##name(a)) && !isnan(ptx_##name(b));                                     \
    }                                                                                              \
    PTX_TWO(word, add_rn_##name, ptx_bits_##name(ptx_##name(a) + ptx_##name(b)))                   \
    PTX_TWO(word, sub_rn_##name, ptx_bits_##name(ptx_##name(a) - ptx_##name(b)))                   \
    PTX_TWO(word, mul_rn_##name, ptx_bits_##name(ptx_##name(a) * ptx_##name(b)))                   \
    PTX_TWO(word, div_rn_##name, ptx_bits_##name(ptx_##name(a) / ptx_##name(b)))                   \
    PTX_FUNCTION(word, rcp_rn_##name, ptx_bits_##name(1 / ptx_##name(a)), word a)                  \
    PTX_FUNCTION(word, sqrt_rn_##name, ptx_bits_##name(root(ptx_##name(a))), word a)               \
    PTX_FUNCTION(word, neg_##name, ptx_bits_##name(-ptx_##name(a)), word a)                        \
    PTX_FUNCTION(word, abs_##name, ptx_bits_##name(magnitude(ptx_##name(a))), word a)              \
    PTX_SELECT(word, name)                                                                         \
    PTX_TEST(word, setp_num_##name, ptx_ordered_##name(a, b))                                      \
    PTX_TEST(word, setp_nan_##name, !ptx_ordered_##name(a, b))                                     \
    PTX_ORDER(name, word, eq, ==)                                                                  \
    PTX_ORDER(name, word, ne, !=)                                                                  \
    PTX_ORDER(name, word, lt, <)                                                                   \
    PTX_ORDER(name, word, le, <=)                                                                  \
    PTX_ORDER(name, word, gt, >)                                                                   \
    PTX_ORDER(name, word, ge, >=)

/* lt: both are numbers, and; ltu: one is none, or. */
#define PTX_ORDER(name, word, relation, sign)                                                      \
    PTX_TEST(word, setp_##relation##_##name,                                                       \
             ptx_ordered_##name(a, b) && ptx_##name(a) sign ptx_##name(b))                         \
    PTX_TEST(word, setp_##relation##u_##name,                                                      \
             !ptx_ordered_##name(a, b) || ptx_##name(a) sign ptx_##name(b))

PTX_FLOAT(f32, uint32_t, float, sqrtf, fabsf)
PTX_FLOAT(f64, uint64_t, double, sqrt, fabs)

/* ---- conversions ---- */

PTX_FUNCTION(uint64_t, cvt_u64_u32, a, uint32_t a)
PTX_FUNCTION(uint32_t, cvt_u32_u64, a, uint64_t a)
PTX_FUNCTION(uint64_t, cvt_s64_s32, (int64_t)(int32_t)a, uint32_t a)
PTX_FUNCTION(uint32_t, cvt_u32_u16, a, uint16_t a)
PTX_FUNCTION(uint16_t, cvt_u16_u32, a, uint32_t a)
PTX_FUNCTION(uint64_t, cvt_u64_u16, a, uint16_t a)
PTX_FUNCTION(uint64_t, cvt_f64_f32, ptx_bits_f64((double)ptx_f32(a)), uint32_t a)
PTX_FUNCTION(uint32_t, cvt_rn_f32_f64, ptx_bits_f32((float)ptx_f64(a)), uint64_t a)
PTX_FUNCTION(uint64_t, cvt_rn_f64_u32, ptx_bits_f64((double)a), uint32_t a)
PTX_FUNCTION(uint64_t, cvt_rn_f64_s32, ptx_bits_f64((double)(int32_t)a), uint32_t a)
PTX_FUNCTION(uint32_t, cvt_rn_f32_u32, ptx_bits_f32((float)a), uint32_t a)
PTX_FUNCTION(uint32_t, cvt_rn_f32_s32, ptx_bits_f32((float)(int32_t)a), uint32_t a)

/* Cut off, and held within the range; what is no number has a result of its own. */
static inline uint32_t ptx_whole(double x, int32_t no_number)
{
    return (uint32_t)(isnan(x)             ? no_number
                      : x >= 2147483647.0  ? INT32_MAX
                      : x <= -2147483648.0 ? INT32_MIN
                                           : (int32_t)x);
}

PTX_FUNCTION(uint32_t, cvt_rzi_s32_f64, ptx_whole(ptx_f64(a), INT32_MIN), uint64_t a)
PTX_FUNCTION(uint32_t, cvt_rzi_s32_f32, ptx_whole((double)ptx_f32(a), 0), uint32_t a)

#endif
