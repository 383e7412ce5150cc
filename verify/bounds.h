/* bounds.h: every number by which a verdict is reached. Nothing else in verify/ decides.
 *
 * Each has a formula, the reason for it and the largest ratio measured (distance to the truth in
 * units of the bound) over the suite `ci`; `evident verify ci --report DIR` prints them again in
 * column "distance" of checks.tsv. Bits and exponents are powers of two throughout. */
#ifndef EVIDENT_VERIFY_BOUNDS_H
#define EVIDENT_VERIFY_BOUNDS_H

/* ---- spikes and loss: witness inside the ball ---- */

/* The witness runs with this many bits more than the reference, so its rounding is 2^-64 of the
 * rounding that made the ball. */
#define VER_GUARD_BITS 64

/* Slack for balls of radius zero: 2^(VER_LOST_BITS - p) scale, p the witness's bits, scale =
 * max(|x|, 1) of a loss and T of a time. A number that is exact in the reference (a spike solved
 * without error, a loss of a silent network) comes out of n roundings of relative size 2^-p in the
 * witness, each amplified by a factor a: n a <= 2^32 holds for n = 2^20 events and a = 2^12. For
 * balls that are not exact the slack is 2^-32 of a unit of the reference's own rounding: it decides
 * nothing. */
#define VER_LOST_BITS 32

/* ---- gradients and adjoints: the truth against a difference of the loss ---- */

/* |difference - truth| <= FACTOR error + radius. With D(h) = g + c h^2 + O(h^4) the distance of two
 * steps, D(2h) - D(h) = 3 c h^2, is three times the error of D(h), so a third of it is the error to
 * first order. At an order within 2 +- VER_ORDER_SLACK the true quotient is 1/(2^order - 1), at
 * most 1/2.94, i.e. 1.02 estimates; the other half of the factor is for the rounding floor, which
 * is a sum of worst cases already. */
#define VER_DIFFERENCE_FACTOR 2

/* Fewest digits to which a difference must agree, relative to the sum of |gradient coefficient|. A
 * wrong term of an adjoint that is 10^-20 of the right one cannot come from a formula. */
#define VER_MINIMUM_DIGITS 20

/* Observed order of a central difference: 2 + O(h^2 / L'''), h below 2^-40. */
#define VER_ORDER_SLACK 0.02

/* The witness is asked for this part (a/b) of the reference's digits, so that the truth's radius is
 * no part of the comparison. */
#define VER_WITNESS_DIGITS_PART 4
#define VER_WITNESS_DIGITS_WHOLE 5

/* First precision of a difference and the last. At p bits the step 2^-(5p/16) gives an error of
 * 2^-(5p/8) relative: 256 bits reach 48 digits where the loss is well scaled, 4096 bits reach 40
 * digits of a derivative whose third derivative is 10^700 times larger. */
#define VER_PRECISION_FIRST 256
#define VER_PRECISION_CAP 4096

/* The rounding floor of a difference: two losses that differ by rounding only give at most
 * 2^(VER_ZERO_BITS - p - log2 h) max(|L|, 1); VER_ZERO_BITS as VER_LOST_BITS. A derivative below
 * the floor is zero as far as the witness can say: it must lie within the floor, and agreement is
 * relative to all gradients together. Where these are below 2^VER_SCALE_BITS floors, too, nothing
 * can be said: the difference counts as unresolved. */
#define VER_ZERO_BITS 32

/* A scale known to fewer bits than this cannot carry VER_MINIMUM_DIGITS = 20 digits = 67 bits; such
 * a derivative is smaller than 10^-digits of the largest one (ref_run's promise) and is judged as a
 * zero, relative to all gradients together. */
#define VER_SCALE_BITS 80

/* A parameter that cannot go below zero and is nearer to it than 2^VER_BOUNDARY_BITS T has no
 * central difference (steps start at 2^-80): it goes into the forward direction. */
#define VER_BOUNDARY_BITS (-32)

/* A probe nearer than 2^VER_PROBE_BITS T to an event of its neuron is left out: its impulse could
 * not be told from the event's. */
#define VER_PROBE_BITS (-20)

/* ---- how much is compared (no verdict depends on these) ---- */

/* Every parameter by itself where the case has at most so many. */
#define VER_ALL_COORDINATES 16

/* Adjoints are probed at so many places of a case, V and I at each. */
#define VER_PROBES 1

/* A costly case has more arrivals than this, or a loss that the witness integrates by quadrature
 * (instantaneous cross-entropy): one simulation may take seconds. One random direction already
 * moves every parameter. */
#define VER_MANY_ARRIVALS 20000
#define VER_COSTLY_DIRECTIONS 1

#endif
