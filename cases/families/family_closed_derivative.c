/* family_closed_derivative.c: how a first spike moves with every parameter of its neuron.
 *
 * With all arrivals a_i before the first spike T and K the response to an arrival of weight 1,
 *     V(t) = bias (1 - e^{-t/tau_mem}) + sum_i w_i K(t - a_i),
 * and V(T; p) = threshold gives dT/dp = -(dV/dp) / (dV/dt), for the threshold itself 1 / (dV/dt).
 */
#include "cases/families/family_closed.h"

bool closed_equal_taus(const struct closed_neuron *n)
{
    return !(n->tau_mem > n->tau_syn);
}

static void kernel_general(struct closed_kernel *q, double tau_mem, double tau_syn, mpfr_srcptr u)
{
    /* K = tau_syn / (tau_mem - tau_syn) (m - s), m = e^{-u/tau_mem}, s = e^{-u/tau_syn}. */
    mpfr_t gap, t;
    mpfr_inits2(mpfr_get_prec(q->k), gap, t, (mpfr_ptr)0);
    mpfr_set_d(gap, tau_mem, MPFR_RNDN);
    mpfr_sub_d(gap, gap, tau_syn, MPFR_RNDN);
    mpfr_div_d(q->m, u, -tau_mem, MPFR_RNDN);
    mpfr_exp(q->m, q->m, MPFR_RNDN);
    mpfr_div_d(q->s, u, -tau_syn, MPFR_RNDN);
    mpfr_exp(q->s, q->s, MPFR_RNDN);
    mpfr_sub(q->k, q->m, q->s, MPFR_RNDN);
    mpfr_div(q->k, q->k, gap, MPFR_RNDN); /* without the factor tau_syn */

    mpfr_div_d(q->by_u, q->s, tau_syn, MPFR_RNDN);
    mpfr_div_d(t, q->m, tau_mem, MPFR_RNDN);
    mpfr_sub(q->by_u, q->by_u, t, MPFR_RNDN);
    mpfr_div(q->by_u, q->by_u, gap, MPFR_RNDN);
    mpfr_mul_d(q->by_u, q->by_u, tau_syn, MPFR_RNDN);

    /* by tau_mem: tau_syn / gap (m u / tau_mem^2 - (m - s) / gap) */
    mpfr_mul(t, q->m, u, MPFR_RNDN);
    mpfr_div_d(t, t, tau_mem, MPFR_RNDN);
    mpfr_div_d(t, t, tau_mem, MPFR_RNDN);
    mpfr_sub(t, t, q->k, MPFR_RNDN);
    mpfr_div(t, t, gap, MPFR_RNDN);
    mpfr_mul_d(q->by_mem, t, tau_syn, MPFR_RNDN);

    /* by tau_syn: tau_mem (m - s) / gap^2 - s u / (tau_syn gap) */
    mpfr_mul_d(q->by_syn, q->k, tau_mem, MPFR_RNDN);
    mpfr_mul(t, q->s, u, MPFR_RNDN);
    mpfr_div_d(t, t, tau_syn, MPFR_RNDN);
    mpfr_sub(q->by_syn, q->by_syn, t, MPFR_RNDN);
    mpfr_div(q->by_syn, q->by_syn, gap, MPFR_RNDN);
    mpfr_mul_d(q->k, q->k, tau_syn, MPFR_RNDN);
    mpfr_clears(gap, t, (mpfr_ptr)0);
}

static void kernel_equal(struct closed_kernel *q, double tau, mpfr_srcptr u)
{
    /* K = r e^{-r}, r = u/tau; by tau_mem -(r - r^2/2) e^{-r} / tau, by tau_syn r^2/2 e^{-r} / tau:
     * the limits of the general derivatives, K being p (e^{-pu} - e^{-qu}) / (q - p) in the rates.
     */
    mpfr_t r;
    mpfr_init2(r, mpfr_get_prec(q->k));
    mpfr_div_d(r, u, tau, MPFR_RNDN);
    mpfr_neg(q->s, r, MPFR_RNDN);
    mpfr_exp(q->s, q->s, MPFR_RNDN);
    mpfr_mul(q->k, r, q->s, MPFR_RNDN);
    mpfr_sub(q->by_u, q->s, q->k, MPFR_RNDN);
    mpfr_div_d(q->by_u, q->by_u, tau, MPFR_RNDN);
    mpfr_mul(q->by_syn, q->k, r, MPFR_RNDN);
    mpfr_div_2ui(q->by_syn, q->by_syn, 1, MPFR_RNDN);
    mpfr_sub(q->by_mem, q->by_syn, q->k, MPFR_RNDN);
    mpfr_div_d(q->by_syn, q->by_syn, tau, MPFR_RNDN);
    mpfr_div_d(q->by_mem, q->by_mem, tau, MPFR_RNDN);
    mpfr_clear(r);
}

void closed_kernel_init(struct closed_kernel *q, mpfr_prec_t bits)
{
    mpfr_inits2(bits, q->k, q->by_u, q->by_mem, q->by_syn, q->m, q->s, (mpfr_ptr)0);
}

void closed_kernel_clear(struct closed_kernel *q)
{
    mpfr_clears(q->k, q->by_u, q->by_mem, q->by_syn, q->m, q->s, (mpfr_ptr)0);
}

void closed_kernel_at(struct closed_kernel *q, double tau_mem, double tau_syn, mpfr_srcptr u)
{
    if (tau_mem > tau_syn || tau_mem < tau_syn) {
        kernel_general(q, tau_mem, tau_syn, u);
    } else {
        kernel_equal(q, tau_mem, u);
    }
}

/* Sums over the arrivals before the first spike; arrival.d_at holds -weight K' on the way. */
void closed_differentiate_spike(struct closed_neuron *n)
{
    struct closed_kernel q;
    mpfr_t u;
    mpfr_init2(u, mpfr_get_prec(n->slope));
    closed_kernel_init(&q, mpfr_get_prec(n->slope));

    /* The bias alone: V = bias (1 - e^{-t/tau_mem}). */
    mpfr_div_d(u, n->spike[0], -n->tau_mem, MPFR_RNDN);
    mpfr_exp(q.m, u, MPFR_RNDN);
    mpfr_expm1(n->d_bias, u, MPFR_RNDN);
    mpfr_neg(n->d_bias, n->d_bias, MPFR_RNDN);
    mpfr_mul_d(n->slope, q.m, n->bias, MPFR_RNDN);
    mpfr_div_d(n->slope, n->slope, n->tau_mem, MPFR_RNDN);
    mpfr_mul(n->d_tau_mem, n->slope, u, MPFR_RNDN);
    mpfr_set_zero(n->d_tau_syn, 1);

    for (size_t a = 0; a < n->arrivals; a++) {
        struct closed_arrival *arrival = &n->arrival[a];
        mpfr_set_zero(arrival->d_at, 1);
        mpfr_set_zero(arrival->d_weight, 1);
        if (!mpfr_less_p(arrival->at, n->spike[0])) {
            continue;
        }
        mpfr_sub(u, n->spike[0], arrival->at, MPFR_RNDN);
        closed_kernel_at(&q, n->tau_mem, n->tau_syn, u);
        mpfr_set(arrival->d_weight, q.k, MPFR_RNDN);
        mpfr_mul_d(q.by_u, q.by_u, arrival->weight, MPFR_RNDN);
        mpfr_neg(arrival->d_at, q.by_u, MPFR_RNDN);
        mpfr_add(n->slope, n->slope, q.by_u, MPFR_RNDN);
        mpfr_mul_d(q.by_mem, q.by_mem, arrival->weight, MPFR_RNDN);
        mpfr_add(n->d_tau_mem, n->d_tau_mem, q.by_mem, MPFR_RNDN);
        mpfr_mul_d(q.by_syn, q.by_syn, arrival->weight, MPFR_RNDN);
        mpfr_add(n->d_tau_syn, n->d_tau_syn, q.by_syn, MPFR_RNDN);
    }

    mpfr_neg(u, n->slope, MPFR_RNDN);
    for (size_t a = 0; a < n->arrivals; a++) {
        mpfr_div(n->arrival[a].d_at, n->arrival[a].d_at, u, MPFR_RNDN);
        mpfr_div(n->arrival[a].d_weight, n->arrival[a].d_weight, u, MPFR_RNDN);
    }
    mpfr_div(n->d_bias, n->d_bias, u, MPFR_RNDN);
    mpfr_div(n->d_tau_mem, n->d_tau_mem, u, MPFR_RNDN);
    mpfr_div(n->d_tau_syn, n->d_tau_syn, u, MPFR_RNDN);
    mpfr_ui_div(n->d_threshold, 1, n->slope, MPFR_RNDN);
    closed_kernel_clear(&q);
    mpfr_clear(u);
}
