/* SPDX-License-Identifier: MIT */
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

/* A margin of the reference lies between what it can be by what the witness saw, each grown by this
 * part of itself: both are differences taken at the precision of their runs, and what the witness
 * saw is rounded to a double, 2^-53 of itself. */
#define VER_MARGIN_SLACK 0x1p-40

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
/* Where the witness integrates by quadrature, its floor of 2^-(17p/32) |L| wants more at once. */
#define VER_QUADRATURE_FIRST 320
#define VER_PRECISION_CAP 4096

/* The rounding floor of a difference: two losses that differ by rounding only give at most
 * 2^(VER_ZERO_BITS - p - log2 h) max(|L|, 1); VER_ZERO_BITS as VER_LOST_BITS. A derivative below
 * the floor is zero as far as the witness can say: it must lie within the floor, and agreement is
 * relative to all gradients together. Where these are below 2^VER_SCALE_BITS floors, too, nothing
 * can be said: the difference counts as unresolved. */
#define VER_ZERO_BITS 32

/* At p bits h = 2^-(5p/16), so the floor is 2^(VER_ZERO_BITS - 11p/16) |L|. With all gradients
 * together 2^ratio times smaller than |L|, they are 2^bits floors from this p on; bits are those of
 * the digits that the witness is asked for, and at least VER_SCALE_BITS. */
#define VER_FLOOR_BITS(ratio, bits) (16.0 / 11 * (VER_ZERO_BITS + (bits) + (ratio)))

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

/* ---- engines: rounding ----
 *
 * No number here: the grid reference computes a bound beside every value. Largest ratios error /
 * bound over ci (17 million numbers): I 1.0000 (one operation, rounded half-way), V 0.996, loss
 * 0.987, weights 0.837, tau_mem 0.431, lambda_V 0.423, slope 0.416, lambda_I 0.298, delays 0.258,
 * tau_syn 0.208; each run's own stand in ratios.tsv. */

/* A factor is common to a gradient if every component is within so many of its bounds (scaled by
 * the factor) and 2^-VER_FACTOR_BITS of itself. The factor is fitted by least squares, which costs
 * one more bound; a second may hide in the rounding of the operation that brought the factor in.
 * This names what is wrong; it passes nothing. */
#define VER_FACTOR_BOUNDS 4
#define VER_FACTOR_BITS 18

/* A gradient of a program in double whose error, in the norm, is at most 2^-VER_LOOKS_SINGLE_BITS
 * of itself looks as if it was computed or stored in single precision: 16 roundings of it. Names,
 * too. */
#define VER_LOOKS_SINGLE_BITS 20
/* Below what single precision leaves, 2^-24 and the few bits that sums of random roundings win: an
 * equation that was solved to a tolerance, or a rounding that the bound does not know. */
#define VER_LOOKS_SOLVED_BITS 32

/* Of an answer all of whose numbers are right to this part, and that no reading explains: an
 * integrator of differential equations, whose tolerance is not declared. Names, too. */
#define VER_LOOKS_INTEGRATED 0x1p-13

/* A factor without a reading that is nearer to 1 than this is not spoken of. */
#define VER_FACTOR_WORTH_NAMING 0.001

/* ---- engines: discretisation ---- */

/* Fewest rungs for an order: two would always lie on a line, and the error of each is like a random
 * number in (0, C step]. */
#define VER_ORDER_RUNGS 4

/* The error of the finest rung must be at most FACTOR C step, where C is the largest error / step
 * of the rungs at least 2^GAP times coarser, of which there must be COARSE, or what a shift of one
 * step explains by itself: one step of a spike; of a gradient, step / tau for the exponentials and
 * step V'' / V' <= step (threshold / tau^2) / slope for the slopes that jumps are divided by, tau
 * being the shortest time constant and slope the smallest at a spike.
 *
 * An error of first order has |e(h)| <= C' h for all h: the quantisation of every spike is in
 * (0, h], and what follows is smooth where no count changes. C' is met by the worst case of
 * quantisation; C is the largest of COARSE draws of it or more, so FACTOR covers that all of them
 * were lucky. An error that does not shrink has e / h at the finest rung at least 2^GAP times that
 * of the coarse ones, which is more than FACTOR. Largest ratio over ci where all is resolved (see
 * below): 0.65; 0.86 where a crossing grazes. */
#define VER_LADDER_GAP 4
#define VER_LADDER_COARSE 2
#define VER_LADDER_FACTOR 12

/* That holds where the finest step resolves what decides: every peak is at least so many times
 * (step / shortest time constant) from its threshold (a shift of all arrivals by one step moves V
 * by about that), and so is the largest voltage of an output from its other maxima, where the loss
 * looks at it; every two events whose order matters, and the end, at least so many steps apart
 * (a maximum at an arrival: from the arrivals beside it). An error outside its bound where this
 * fails is of another network, of another maximum, or of the order 1/2 that a grazing crossing has:
 * excluded and counted. Spikes of a program that are as many as the truth's, but off by more than
 * sqrt(RESOLVED step tau) in the mean square, are others, as if their number differed: a crossing
 * that grazes moves by about sqrt(step tau). */
#define VER_LADDER_RESOLVED 16

/* Over a run with at least CASES observed orders, their median must lie in [LEAST, MOST]: the error
 * is of first order, and over many cases the quantisation averages out. */
#define VER_ORDER_CASES 100
#define VER_ORDER_LEAST 0.9
#define VER_ORDER_MOST 1.1

/* ---- other programs ----
 *
 * A program that computes with event times in floating point is judged by what its rounding does to
 * the truth: backward error times condition, number by number. u = 2^-DOUBLE_BITS, or
 * 2^-SINGLE_BITS where its conventions say float32.
 *
 * Backward error. What it prints is the exact answer to a problem whose inputs are moved. V and I
 * of a neuron are sums of contributions; each is a product of a few factors (weight, exponential,
 * quotient of time constants), each rounded with u and a library's function with a few u:
 * ROUNDINGS. The sum is rounded once an arrival, and what is older than MEMORY of the longest time
 * constant has decayed, with its rounding; so n counts the arrivals at one neuron within MEMORY
 * constants (were arrivals even over the trial; all of them where it is shorter). n roundings add
 * up to n u at worst, to at most lambda sqrt(n) u with probability 1 - 2 exp(-lambda^2/2) (Higham
 * and Mary 2019, for roundings of mean zero that owe nothing to each other). So numbers are moved,
 * relative to themselves, by
 *
 *     eps = ROUNDINGS (LEAST_SUM + sqrt(n)) u
 *
 * which holds for n of any size with lambda = ROUNDINGS, 3e-14, and for n up to LEAST_SUM^2 beside
 * all else. A time is rounded with u T, T the end of the trial, where it is added to a delay, taken
 * from another, and where a spike is stored: it moves by TIME_ROUNDINGS u T. A threshold moves by
 * what V rises in that time, if it is more: a spike stored late makes the next one late, too.
 *
 * A program may declare more in its conventions, and is judged within it: an `accuracy` is added to
 * eps, and that part of the shortest time constant to what a time moves by; a `threshold_residual`
 * is what a threshold moves by at least.
 *
 * Condition. The reference itself is asked about problems where ONE input is moved: every weight,
 * delay, constant, threshold, reset, bias, input time, target and constant of the loss (one delay
 * for all: the spikes of each source, and what reaches each target). The bound of a number y is the
 * sum of the sizes of all its moves,
 *
 *     |got - want| <= sum_i |y(x + e_i) - y(x)| + own,      own = eps |y|, or TIME_ROUNDINGS u T
 *
 * No two moves can cancel, nothing is drawn at random, and what half an ulp of any one input does
 * is at most 1/32 of the bound (of a time: 1/4). own is the rounding of what is printed, and of the
 * terms of sums that cancel, which no input moves:
 *   - a loss: eps max(|L|, 1) of a cross entropy (the logarithm of a sum less one of its terms;
 *     + T/tau0 if the terms are times), eps max(|L|, target^2) of target voltages;
 *   - the drive of a cross entropy of voltages, a share less one, is rounded like a share: eps
 *     times what another label of a sample makes of the derivative; of first spikes, dL/dt of the
 *     label's has the term 1/tau0;
 *   - a derivative by a time is w (q/tau_syn - p/tau_mem), summed over what a spike reaches, and is
 *     zero where the loss does not depend on that time, as are all derivatives that the spike
 *     passes on. The sizes of the terms are taken from |w dL/dw| / tau; that of spike k reaches a
 *     parameter x by |dt_k/dx|, which the moves have measured. Their exponentials hold differences
 *     of times, so that they are rounded with eps + TIME_ROUNDINGS u T/tau, tau the shortest;
 *   - what falls below the smallest normal number on its way counts as 2^FLOOR_BITS times the
 *     largest derivative, or 1.
 *
 * Where some margin (grazing, slope, coincidence, end, maximum) is at most the sum of its moves, or
 * one move changes a count, rounding may decide otherwise: such a case says nothing about such a
 * program, and is set apart as beyond its precision. A truth beyond the largest number of its
 * precision is set apart, too.
 *
 * This takes one run of the reference an input, so it is done only for who needs it: first all
 * inputs are moved at once, PATTERNS times, up or down by their places. What comes of that is at
 * most the bound (but for own, which is part of both), so who agrees within it agrees. Above ALONE
 * inputs, or MANY_ARRIVALS, inputs move in GROUPS (COSTLY_GROUPS) instead, each up or down by its
 * place, PATTERNS times (once) in other groups and signs, of which the largest sum counts. That is
 * an estimate: two inputs cancel where they share a group every time; and the terms that reach a
 * parameter are those that reach its group, which are more.
 *
 * Held against numpy_eventprop (verify/python) in double and the same in single precision
 * throughout (tests/single_precision.py) on cases that were not looked at before: of the 10,336 of
 * ci --seed 200 one half in double: none fails, 142 are set apart; the other half in single: none
 * fails, 192 are set apart. (ci --seed 100 had four cases with false failures, in which arrivals or
 * first spikes move a derivative less together than each does; the terms above know that since
 * then.) Largest ratios against the whole bound (not only the part that most need): in double,
 * smoke and seed 701, spikes 0.24, loss 0.12, delays 0.10, tau_mem 0.10, weights 0.08, others 0.07;
 * in single, smoke and ci --seed 300 --shard 7/60, loss 0.49, spike_times 0.17, others 0.14. The
 * loss was a reciprocal penalty near its pole with a silent label, whose time moves since then; a
 * spike at 1.14, the 98th of a burst, is why thresholds move by what V rises. They are of one
 * implementation still. Answers of the reference with all gradients times 1.001, said to be
 * float32: of 44 cases of ten families 39 fail, two are set apart and three pass.
 */
#define VER_DOUBLE_BITS 53
#define VER_SINGLE_BITS 24
#define VER_ANSWER_ROUNDINGS 8
#define VER_ANSWER_LEAST_SUM 4
#define VER_ANSWER_MEMORY 4
#define VER_ANSWER_TIME_ROUNDINGS 4
#define VER_DOUBLE_FLOOR_BITS (-1022 + 16)
#define VER_SINGLE_FLOOR_BITS (-126 + 16)
#define VER_ANSWER_PATTERNS 4
#define VER_ANSWER_ALONE 512
#define VER_ANSWER_GROUPS 64
#define VER_ANSWER_COSTLY_GROUPS 16

/* A program with a fixed step is asked at the case's step and at halves of it, so many steps in
 * all, while samples * steps * cells is at most VER_LADDER_MOST. Loss, spikes and the gradient of
 * every projection and population are judged by themselves, each in the norm of its own truth, as a
 * ladder above: error(h) <= FACTOR max(C, least) h at the finest step h. To that bound is added
 * what the program's precision loses: with u = 2^-DOUBLE_BITS (2^-SINGLE_BITS of float32) a voltage
 * is rounded in every step, and what was rounded stays for a time constant, so that it is off by
 * the part
 *
 *     rho(h) = ROUNDINGS (1 + tau / h) u     tau: the longest time constant; ROUNDINGS: products
 * with two factors of decay that are rounded themselves
 *
 * which moves a spike by rho threshold / slope and a gradient by rho (1 + threshold / (tau slope))
 * of itself, as a step of the part h / tau of a time constant does (least). So errors may grow
 * again at small steps, as 1 / h. A gradient that is small because its terms cancel is judged at
 * the step at which h / tau + rho is least; its terms are rounded by that part of themselves.
 * Largest ratio of the clock engine as a program of its own over smoke: binary32 0.965, binary64
 * 0.925 (tests/hostile.sh). */
#define VER_ANSWER_RUNGS 8
#define VER_GRID_ROUNDINGS 4

/* A ladder proves nothing of a gradient whose finest step does not resolve what decides
 * (VER_LADDER_RESOLVED), or of which too few rungs have the reference's spikes. Then, at the step
 * where h / tau + rho(h) is smallest, the error must be at most FACTOR least h and what precision
 * loses; or at most SHIFT_FACTOR times what the truth itself moves by in a problem that is as far
 * from this one as a right scheme's: every input spike, delay and step of a target h later, or up
 * and down at random, every constant times 1 +- (h / tau_shortest + rho(h)). SHIFTS such problems
 * are asked of the reference. SHIFT_FACTOR: as VER_ANSWER_FACTOR, for few random moves; a spike of
 * layer n is late by n steps, too. Largest ratio of right programs over smoke 0.16. If a spike is
 * born or lost in one of them, nothing can be said.
 *
 * Whatever the bound, the error of what passes is at most NEAR at some step: a limit that is not
 * known to four bits is no evidence (zero is off by 1, a sign by 2). A truth that is zero, or below
 * SHIFT_FACTOR u of what its terms may be, passes where it is said, gone to, or missed by no more
 * than a step makes of those terms. What is converging but larger than a step moves it by, and at
 * most NEAR of its quantity, is excluded and leaves the rest of the quantity to speak. */
#define VER_SHIFTS 3
#define VER_SHIFT_FACTOR 16
#define VER_LADDER_NEAR 0x1p-4

/* A constant factor f: over the last VER_ORDER_RUNGS rungs it stays within FLAT |f - 1|, while an
 * error of first order halves at each; and what is across the truth is at most
 * 2^-VER_FACTOR_GRID_BITS of |f - 1|. It differs whatever excuses there are, unless |f - 1| is
 * below what one step explains (least h, without FACTOR): where everything goes through one spike
 * that grazes, a step makes such a factor. An error of the step that is drawn anew at each rung
 * stays so flat one time in 500. FLAT also tells a factor that goes with the step (1/2, 2 a rung).
 */
#define VER_LADDER_FLAT 0.125

/* An error that is so many times that of an earlier rung grows again below the step of that one:
 * what it looks like is told from there. This names what is wrong; it passes nothing. */
#define VER_LADDER_GROWS 4

/* Of such a program a factor is known to what the step and the precision explain at the finest
 * step, to 2^-BITS at least; it has a reading that is right to that, and is looked for where
 * direction is right to a cosine of 1 - that. This names what is wrong; it passes nothing. */
#define VER_FACTOR_GRID_BITS 7

/* The first event of such a program that differs is later, or earlier, than so many steps. This
 * names what is wrong, too. */
#define VER_ANSWER_LATE_STEPS 4

/* ---- engines: invariances ---- */

/* Scaling by powers of two is exact unless a number underflows, overflows, or is flushed at the end
 * of a step (E28, E33), where it is below 2^-100. With every number that the engine shows 0 or in
 * 2^-R .. 2^R, and alpha, beta, kappa and kappa_b at least 2^-R: a difference of two is 0 or at
 * least 2^-(R+23), its product with a constant at least 2^-(2R+23), and a sum with such products,
 * which ends a step, 0 or at least 2^-(2R+46): with the powers below, of which an adjoint may have
 * one, it is not flushed, neither before scaling nor after. A product of the difference with a
 * third number must be normal (2^-126) after scaling, too; a sum that is subnormal is exact. */
#define VER_SCALING_RANGE 25
#define VER_SCALING_POWER 3

/* ---- how much is compared (no verdict depends on these) ---- */

/* Every parameter by itself where the case has at most so many, and is not costly (below); fewer
 * where an integral is by quadrature. */
#define VER_ALL_COORDINATES 96
#define VER_QUADRATURE_COORDINATES 32

/* Adjoints are probed at so many places of a case, V and I at each. */
#define VER_PROBES 3

/* A costly case has more arrivals than this, or a loss that the witness integrates by quadrature
 * (instantaneous cross-entropy): one simulation may take seconds. One random direction already
 * moves every parameter. */
#define VER_MANY_ARRIVALS 20000
#define VER_COSTLY_DIRECTIONS 1

/* Engines: V, I and adjoints are compared where samples * steps * cells is at most TRACED; larger
 * cases by slopes, losses and gradients only, up to MOST (of the emulated one: EMULATED_MOST). */
#define VER_SCHEME_TRACED 60000.0
#define VER_SCHEME_MOST 4000000.0
#define VER_EMULATED_MOST 6000.0

/* Of a ladder that fails, rounding is looked at again up to so many samples * steps * cells. */
#define VER_CLOSER_MOST 500000.0

/* A ladder goes on while its finest rung has at most so many samples * steps * cells, cells in
 * whole vectors of 32. */
#define VER_LADDER_MOST 2600000.0

/* Digits of the reference where only a ladder needs it. */
#define VER_LADDER_DIGITS 20

/* What `evident explain` shows of another program, and no verdict: a spike further off than this
 * part of the trial is the first that differs, of a program with exact times; an arrival's part of
 * a gradient is missing if what is missing is that part, up to this. */
#define VER_EXPLAIN_APART 0x1p-30

/* Likewise of readings such as "delays 2 steps short", in words and no verdict, of a program in
 * binary32: 64 roundings of 2^-24, while a step is more of a trial than that. The reference is
 * asked up to so many bits: a reading that is hard to prove is left out. */
#define VER_READING_SINGLE 0x1p-18
#define VER_READING_BITS 512
#define VER_EXPLAIN_TERM 0x1p-20

/* ---- studies: what they claim, and no verdict on an engine ---- */

/* A change is at a spike that meets an arrival if their gap is below this, ms: a change is enclosed
 * to 10^-30 of the way to it, and times move by less than 10^15 ms a unit of it. */
#define VER_STUDY_MEETS 1e-9

/* All change of a loss is that of its gradient and its jumps, relative to all that goes up and
 * down: sums of doubles (2^-53 each, some thousand terms) of a rule that stops at 2^-50 of itself.
 * Measured: 2.9e-14. */
#define VER_STUDY_GAP 1e-12
#define VER_STUDY_RULE 0x1p-50

/* The loss is continuous where events change places: what is left is the distance between the two
 * points, 10^-40, times a slope. Measured: 2e-45. */
#define VER_STUDY_JUMP 1e-15

/* The gradient at a distance m from a grazing birth grows as m^-1/2, with a next term that is
 * smaller by m^1/2: between m = 10^-20 and 10^-24 the exponent is off by 10^-10. Spikes that
 * matter less than SEEN to the loss say nothing of it. Measured: 1e-10. */
#define VER_STUDY_EXPONENT 1e-9
#define VER_STUDY_SEEN 0x1p-20

/* So many invariances a case. A batch of copies has LARGE_BATCH samples, where samples * steps *
 * cells is at most LARGE_SIZE. */
#define VER_INVARIANCES 2
#define VER_LARGE_BATCH 512
#define VER_LARGE_SIZE 1500000.0

#endif
