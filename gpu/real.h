/* SPDX-License-Identifier: MIT */
/* real.h: the type of the engine's numbers. Files of gpu/clock/ are compiled twice: for binary32
 * (the engine) and for binary64 (the ladder of steps); the names of what they export end in the
 * type. */
#ifndef EVIDENT_GPU_REAL_H
#define EVIDENT_GPU_REAL_H

#ifndef REAL_BITS
#define REAL_BITS 32
#endif

#if REAL_BITS == 32
typedef float real;
#define CLOCK(name) clock_##name##_single
#else
typedef double real;
#define CLOCK(name) clock_##name##_double
#endif

/* What host and device share. */
#ifndef GPU_BOTH
#ifdef __CUDACC__
#define GPU_BOTH __host__ __device__
#else
#define GPU_BOTH
#endif
#endif

/* Populations are padded with dead cells to a multiple of this; also the lanes of a dot product. */
#define LANES 32

/* Arrival indices whose gradient contributions are added up together: part of the order of the sum,
 * so part of the result. */
#define CHUNK 64

#endif
