/* SPDX-License-Identifier: MIT */
/* vector.h: functions of the host engine that are compiled for several widths of vectors. Every
 * lane does exactly the scalar operation, so the width of the machine's vectors cannot change a
 * bit. */
#ifndef EVIDENT_GPU_VECTOR_H
#define EVIDENT_GPU_VECTOR_H

/* CLONED: chosen at start-up among vectors of 32 bytes and what every machine has; VECTOR_WIDEST:
 * what a machine with vectors of 64 bytes calls them. Not under sanitizers, which cannot start
 * before the choice. EVIDENT_NARROW: as on a machine without the widest, to measure it. Cloned
 * functions need names of their own in each of the two compilations. */
#if defined __x86_64__ && !defined __SANITIZE_ADDRESS__ && !defined EVIDENT_ONE_TARGET
#define CLONED __attribute__((target_clones("avx2", "default")))
#ifdef EVIDENT_NARROW
#define CLONED_WIDEST CLONED
#else
#define CLONED_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#define VECTOR_WIDEST "avx512f"
#endif
#else
#define CLONED
#define CLONED_WIDEST
#endif

#endif
