/* vector.h: rows of reals, LANES at a time, for the host. Vectors of 64 bytes are a language
 * extension of gcc and clang; they become what the machine has. Every lane does exactly the scalar
 * operation, so the width of the machine's vectors cannot change a bit. */
#ifndef EVIDENT_GPU_VECTOR_H
#define EVIDENT_GPU_VECTOR_H

#include "gpu/real.h"

#include <stddef.h>

typedef real vector __attribute__((vector_size(64), aligned(sizeof(real)), may_alias));

enum { WIDE = 64 / sizeof(real), VECTORS = LANES / WIDE };

/* A function compiled for several widths of vectors, chosen at start-up. Not under sanitizers,
 * which cannot start before the choice. */
#if defined __x86_64__ && !defined __SANITIZE_ADDRESS__ && !defined EVIDENT_ONE_TARGET
#define CLONED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONED
#endif

/* Macros: a function that returns a vector has another calling convention on every machine. */
#define vector_load(x) (*(const vector *)(x))
#define vector_store(x, v) (*(vector *)(x) = (v))

#endif
