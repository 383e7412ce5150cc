/* SPDX-License-Identifier: MIT */
/* rows.h: the three loops over rows in which the host engine spends its time, for vectors of
 * ROWS_BYTES. clock_rows.c includes this text once a width: it has no include guard.
 *
 * Every lane does exactly the scalar operation, and LANES, not the width, says which lane a number
 * belongs to: so no width can change a bit. */
enum { CONCAT(WIDE_, ROWS_BYTES) = ROWS_BYTES / sizeof(real) };
#define WIDE CONCAT(WIDE_, ROWS_BYTES)
#define vector CONCAT(vector_, ROWS_BYTES)
#define VECTORS (LANES / WIDE)

typedef real vector __attribute__((vector_size(ROWS_BYTES), aligned(sizeof(real)), may_alias));

/* Macros: a function that returns a vector has another calling convention on every machine. */
#define vector_load(x) (*(const vector *)(x))
#define vector_store(x, v) (*(vector *)(x) = (v))

ROWS_TARGET static void CONCAT(add_rows_, ROWS_BYTES)(real *restrict i, const real *const *row,
                                                      size_t rows, size_t width)
{
    for (size_t j = 0; j < width; j += LANES) {
        vector sum[VECTORS];
        for (size_t k = 0; k < VECTORS; k++)
            sum[k] = vector_load(i + j + k * WIDE);
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < VECTORS; k++)
                sum[k] += vector_load(row[r] + j + k * WIDE);
        for (size_t k = 0; k < VECTORS; k++)
            vector_store(i + j + k * WIDE, sum[k]);
    }
}

ROWS_TARGET static void CONCAT(dot_lanes_, ROWS_BYTES)(real *restrict lane, const real *restrict w,
                                                       const real *restrict x, size_t width)
{
    vector sum[VECTORS] = {{0}};
    for (size_t j = 0; j < width; j += LANES)
        for (size_t k = 0; k < VECTORS; k++)
            sum[k] += vector_load(w + j + k * WIDE) * vector_load(x + j + k * WIDE);
    for (size_t k = 0; k < VECTORS; k++)
        vector_store(lane + k * WIDE, sum[k]);
}

/* Two stripes at once where there are two: their sums are independent, so their loads overlap. */
ROWS_TARGET static void CONCAT(add_history_,
                               ROWS_BYTES)(real *restrict sum, const real *restrict history,
                                           const uint32_t *restrict entry, size_t entries,
                                           size_t stride, size_t width)
{
    enum { BOTH = 2 * LANES / WIDE };
    vector total[BOTH];
    if (width == 2 * LANES) {
        for (size_t k = 0; k < BOTH; k++)
            total[k] = vector_load(sum + k * WIDE);
        for (size_t e = 0; e < entries; e++)
            for (size_t k = 0; k < BOTH; k++)
                total[k] += vector_load(history + entry[e] * stride + k * WIDE);
        for (size_t k = 0; k < BOTH; k++)
            vector_store(sum + k * WIDE, total[k]);
        return;
    }
    for (size_t j = 0; j < width; j += WIDE) {
        vector one = vector_load(sum + j);
        for (size_t e = 0; e < entries; e++)
            one += vector_load(history + entry[e] * stride + j);
        vector_store(sum + j, one);
    }
}

#undef WIDE
#undef vector
#undef VECTORS
#undef vector_load
#undef vector_store
