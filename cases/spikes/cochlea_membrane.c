/* SPDX-License-Identifier: MIT */
/* cochlea_membrane.c: the basilar membrane's channels as transfer functions.
 *
 * A channel stands at c cm, 0 .. 3.5, along the membrane, whose stiffness falls like e^(-alpha c).
 * In the frequency domain, with principal branches throughout,
 *
 *     xi(w,c)  = C0 e^(-alpha c) - a - m w^2 - i w R0 e^(-alpha c/2)
 *     g(w,c)   = w sqrt(rho / (h xi))
 *     num(w)   = -alpha sqrt(C0 - a - w (m w + i R0))
 *                + i alpha (2 a + w (2 m w + i R0)) / (2 sqrt(a + m w^2))
 *     den(w,c) = alpha/2 e^(alpha c/2) (-2 sqrt(xi)
 *                + i (2 a + w (2 m w + i R0 e^(-alpha c/2))) / sqrt(a + m w^2))
 *     G(w,c)   = 2 g(w,0) / alpha - 2 i sqrt(2) w ln(num/den) / (alpha sqrt(2 h (m w^2 + a)))
 *     P(w,c)   = sqrt(G / g) H0(G)
 *     Z(w)     = sqrt(2 C0 / h) (i J0(q) + Y0(q)) / (J1(q) - i Y1(q))
 *     q(w)     = 2 w / alpha sqrt(2 / (h C0))
 *     H(w,c)   = 2 w / xi P(w,c) Z / P(w,0)
 *
 * where H0 is the Hankel function of the first kind. For real q the fraction of Z is i times that
 * of the conjugates of H0(q) and H1(q). */
#include "cases/spikes/cochlea.h"
#include "cases/spikes/hankel.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 0x1.921fb54442d18p+1;
static const double alpha = 3.0, rho = 1.0, mass_a = 3500, height = 0.1, mass = 0.05;
static const double damping = 0.15, length = 3.5;

/* What depends on the frequency alone. */
struct wave {
    double w, stiffness, resistance, root;  /* root: sqrt(a + m w^2) */
    double complex g, num, impedance, base; /* impedance: 2 w Z; base: P(w,0) */
};

static double complex phase(const struct wave *wave, double c, double complex root_xi)
{
    double w = wave->w, wide = exp(-alpha * c / 2);
    double complex inner = 2 * mass_a + w * CMPLX(2 * mass * w, wave->resistance * wide);
    double complex den = alpha / 2 / wide * (-2 * root_xi + CMPLX(0, 1) * inner / wave->root);
    return 2 * wave->g / alpha -
           CMPLX(0, 2) * w * clog(wave->num / den) / (alpha * sqrt(height) * wave->root);
}

static double complex root_of_xi(const struct wave *wave, double c)
{
    double w = wave->w;
    return csqrt(CMPLX(wave->stiffness * exp(-alpha * c) - mass_a - mass * w * w,
                       -w * wave->resistance * exp(-alpha * c / 2)));
}

/* P(w,c), and xi. */
static double complex pressure(double complex *xi, const struct wave *wave, double c,
                               const struct spike_hankel_table *table)
{
    double complex root = root_of_xi(wave, c), hankel[2];
    double complex g = wave->w * sqrt(rho / height) / root, at = phase(wave, c, root);
    spike_hankel(hankel, table, at);
    *xi = root * root;
    return csqrt(at / g) * hankel[0];
}

static struct wave wave_of(double w, double stiffness, const struct spike_hankel_table *table)
{
    struct wave wave = {.w = w, .stiffness = stiffness};
    double complex xi, hankel[2];
    double q = 2 * w / alpha * sqrt(2 / (height * stiffness));
    wave.resistance = damping * sqrt(stiffness * mass);
    wave.root = sqrt(mass_a + mass * w * w);
    double complex root = root_of_xi(&wave, 0);
    wave.g = w * sqrt(rho / height) / root;
    wave.num = -alpha * root + CMPLX(0, alpha) *
                                   (2 * mass_a + w * CMPLX(2 * mass * w, wave.resistance)) /
                                   (2 * wave.root);
    spike_hankel(hankel, table, q);
    wave.impedance =
        2 * w * sqrt(2 * stiffness / height) * CMPLX(0, 1) * conj(hankel[0]) / conj(hankel[1]);
    wave.base = pressure(&xi, &wave, 0, table);
    return wave;
}

int spike_cochlea_make(struct cochlea *cochlea, size_t samples, size_t channels, double stiffness)
{
    size_t bins = samples / 2 + 1;
    struct spike_hankel_table *table = spike_hankel_table_make();
    *cochlea = (struct cochlea){samples, bins, channels, NULL};
    cochlea->transfer = malloc(channels * bins * sizeof *cochlea->transfer);
    if (!table || !cochlea->transfer) {
        spike_hankel_table_free(table);
        spike_cochlea_clear(cochlea);
        return -1;
    }
#pragma omp parallel for schedule(dynamic, 64)
    for (size_t k = 0; k < bins; k++) {
        /* From 1 Hz to half the rate in even steps. */
        double hertz = 1 + (double)k * ((COCHLEA_RATE / 2 - 1) / (double)(bins - 1));
        struct wave wave = wave_of(2 * pi * hertz, stiffness, table);
        for (size_t j = 0; j < channels; j++) {
            double complex xi;
            double c = length * (double)j / (double)(channels > 1 ? channels - 1 : 1);
            double complex p = pressure(&xi, &wave, c, table);
            cochlea->transfer[j * bins + k] = (float complex)(wave.impedance / xi * p / wave.base);
        }
    }
    spike_hankel_table_free(table);
    return 0;
}

void spike_cochlea_clear(struct cochlea *cochlea)
{
    free(cochlea->transfer);
    *cochlea = (struct cochlea){0};
}
