/* SPDX-License-Identifier: MIT */
/* hankel.c: Hankel functions H0^(1) and H1^(1) of complex argument in doubles.
 *
 * Near 0 by the power series, far out by Hankel's asymptotic series; between them by Taylor series
 * around the points of a square grid. There the values are Arb's, correct to the last bit, and
 * further coefficients follow from Bessel's equation z y'' + y' + z y = 0: with y = sum a[n] t^n at
 * z = c + t,
 *     c (n+1)(n+2) a[n+2] + (n+1)^2 a[n+1] + c a[n] + a[n-1] = 0,  a[0] = H0(c), a[1] = -H1(c).
 * Relative errors are below 1e-12 for |z| <= 200 (tests/cases/t_cochlea.c compares with Arb). */
#include "cases/spikes/hankel.h"

#if __has_include(<flint/acb_hypgeom.h>)
#include <flint/acb_hypgeom.h>
#else
#include <acb_hypgeom.h>
#endif
#include <math.h>
#include <stdlib.h>

/* In a square of side 1 around a grid point |t| <= 0.71. Beyond |z| = NEAR all points are at least
 * 2.29 from 0, where H has its pole, so coefficients times powers fall like 0.31^n. At FAR the
 * smallest term of the asymptotic series is below e^(-2 FAR). */
#define NEAR 3.0
#define FAR 20.0
enum { SIDE = 22, TERMS = 48 };

static const double pi = 0x1.921fb54442d18p+1, euler = 0x1.2788cfc6fb619p-1;

struct spike_hankel_table {
    double complex coefficient[SIDE][SIDE][2]; /* H0 and -H1 at (column, row) */
};

/* H(z) = -+ (2 i / pi) K(-i z): H0 = 2 K0 / (pi i), H1 = -2 K1 / pi. */
static double complex by_arb(double complex z, long order)
{
    acb_t at, value, nu;
    acb_init(at);
    acb_init(value);
    acb_init(nu);
    acb_set_si(nu, order);
    acb_set_d_d(at, cimag(z), -creal(z));
    long precision = 64;
    do {
        acb_hypgeom_bessel_k(value, nu, at, precision);
        precision *= 2;
    } while (acb_rel_accuracy_bits(value) < 56);
    double real = arf_get_d(arb_midref(acb_realref(value)), ARF_RND_NEAR);
    double imaginary = arf_get_d(arb_midref(acb_imagref(value)), ARF_RND_NEAR);
    acb_clear(nu);
    acb_clear(value);
    acb_clear(at);
    double complex k = CMPLX(real, imaginary) * (2 / pi);
    return order ? -k : CMPLX(cimag(k), -creal(k));
}

struct spike_hankel_table *spike_hankel_table_make(void)
{
    struct spike_hankel_table *table = malloc(sizeof *table);
    for (int x = 0; table && x < SIDE; x++)
        for (int y = 0; y < SIDE; y++) {
            double complex at = CMPLX(x, y);
            double distance = cabs(at);
            if (distance < NEAR - 0.75 || distance > FAR + 0.75)
                continue; /* nobody asks */
            table->coefficient[x][y][0] = by_arb(at, 0);
            table->coefficient[x][y][1] = -by_arb(at, 1);
        }
    return table;
}

void spike_hankel_table_free(struct spike_hankel_table *table)
{
    free(table);
}

/* J0 = sum t[k], pi/2 Y0 = (ln(z/2) + euler) J0 - sum h[k] t[k] with t[k] = (-z^2/4)^k / k!^2 and
 * h[k] = 1 + 1/2 + .. + 1/k; H1 = -H0'. */
static void near_zero(double complex value[2], double complex z)
{
    double complex square = -z * z / 4, term = 1, j = 1, harmonics = 0;
    double complex slope = 0, slope_harmonics = 0, log_half = clog(z / 2) + euler;
    double harmonic = 0;
    for (int k = 1; k < TERMS / 2; k++) {
        term *= square / ((double)k * k);
        harmonic += 1.0 / k;
        j += term;
        harmonics += harmonic * term;
        slope += 2 * k * term;
        slope_harmonics += 2 * k * harmonic * term;
    }
    slope /= z;
    slope_harmonics /= z;
    double complex y = (log_half * j - harmonics) * (2 / pi);
    double complex y_slope = (j / z + log_half * slope - slope_harmonics) * (2 / pi);
    value[0] = CMPLX(creal(j) - cimag(y), cimag(j) + creal(y));
    value[1] = -CMPLX(creal(slope) - cimag(y_slope), cimag(slope) + creal(y_slope));
}

/* H = sqrt(2 / (pi z)) e^(i (z - order pi/2 - pi/4)) sum of i^k a[k] / z^k, where a[k] / a[k-1] =
 * (4 order^2 - (2k-1)^2) / (8 k). */
static double complex far_out(double complex z, int order)
{
    double complex term = 1, sum = 1, step = CMPLX(0, 0.125) / z;
    for (int k = 1; k < TERMS; k++) {
        double odd = 2 * k - 1;
        double complex next = term * step * ((4 * order - odd * odd) / k);
        if (!(cabs(next) < cabs(term)) || cabs(next) < 0x1p-60 * cabs(sum))
            break;
        term = next;
        sum += term;
    }
    double angle = creal(z) - pi / 4 - order * pi / 2;
    return csqrt(2 / (pi * z)) * exp(-cimag(z)) * CMPLX(cos(angle), sin(angle)) * sum;
}

static void between(double complex value[2], const struct spike_hankel_table *table,
                    double complex z)
{
    int x = (int)lround(creal(z)), y = (int)lround(cimag(z));
    double complex c = CMPLX(x, y), t = z - c, inverse = 1 / c;
    double complex before = 0, a = table->coefficient[x][y][0], next = table->coefficient[x][y][1];
    double complex sum = a, slope = next, power = 1; /* power = t^(n+1) */
    for (int n = 0; n < TERMS; n++) {
        power *= t;
        sum += next * power;
        double m = n + 1;
        double complex after = -((a + before * inverse) / m + next * m * inverse) / (m + 1);
        slope += after * (m + 1) * power;
        before = a;
        a = next;
        next = after;
        if (cabs(after * power) * (m + 1) < 0x1p-56 * cabs(sum))
            break;
    }
    value[0] = sum;
    value[1] = -slope;
}

void spike_hankel(double complex value[2], const struct spike_hankel_table *table, double complex z)
{
    double distance = cabs(z);
    if (distance < NEAR) {
        near_zero(value, z);
    } else if (distance < FAR) {
        between(value, table, z);
    } else {
        value[0] = far_out(z, 0);
        value[1] = far_out(z, 1);
    }
}
