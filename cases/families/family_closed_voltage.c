/* family_closed_voltage.c: the voltage of an LI output and its derivatives as sums of terms.
 *
 * An arrival of weight w at a gives, with u = t - a, m = e^(-u/tau_mem), s = e^(-u/tau_syn) and
 * g = tau_mem - tau_syn (ref/MATH.md, E4, E5), on the right for tau_mem = tau_syn = tau:
 *     V            w tau_syn/g (m - s)                                  w u/tau m
 *     by a         w (tau_syn/(g tau_mem) m - s/g)                      w (u/tau^2 - 1/tau) m
 *     by tau_mem   w tau_syn (-(m - s)/g^2 + u m/(g tau_mem^2))       w (u^2/(2 tau^3) - u/tau^2) m
 *     by tau_syn   w (tau_mem (m - s)/g^2 - u s/(g tau_syn))            w u^2/(2 tau^3) m */
#include "cases/families/family_closed_terms.h"

/* What the formulas above need, for one output. */
struct output {
    const struct case_problem *c;
    size_t sample, k;
    double tau_mem, tau_syn, bias;
    bool equal;
    mpfr_t rate_mem, rate_syn, gap, a, x;
};

static void output_init(struct output *o, const struct case_problem *c, size_t sample, size_t k)
{
    const struct case_population *p = &c->population[c->loss.population];
    o->c = c;
    o->sample = sample;
    o->k = k;
    o->tau_mem = case_value(&p->tau_mem, k);
    o->tau_syn = case_value(&p->tau_syn, k);
    o->bias = case_value(&p->bias, k);
    mpfr_inits2(CLOSED_BITS, o->rate_mem, o->rate_syn, o->gap, o->a, o->x, (mpfr_ptr)0);
    mpfr_set_d(o->gap, o->tau_mem, MPFR_RNDN);
    mpfr_ui_div(o->rate_mem, 1, o->gap, MPFR_RNDN);
    mpfr_sub_d(o->gap, o->gap, o->tau_syn, MPFR_RNDN);
    mpfr_set_d(o->rate_syn, o->tau_syn, MPFR_RNDN);
    mpfr_ui_div(o->rate_syn, 1, o->rate_syn, MPFR_RNDN);
    o->equal = mpfr_zero_p(o->gap) != 0;
}

static void output_clear(struct output *o)
{
    mpfr_clears(o->rate_mem, o->rate_syn, o->gap, o->a, o->x, (mpfr_ptr)0);
}

/* o->a = the time, and the weight, of the arrival of one input spike. */
static double arrival(struct output *o, size_t neuron, size_t spike)
{
    const struct case_projection *p = &o->c->projection[0];
    mpfr_set_d(o->a, o->c->sample[o->sample].spikes[0][neuron].at[spike], MPFR_RNDN);
    mpfr_add_d(o->a, o->a, case_delay(o->c, p, neuron, o->k), MPFR_RNDN);
    return p->weight[neuron * o->c->population[p->target].size + o->k];
}

/* o->x = factor / gap^power */
static void over_gap(struct output *o, double factor, unsigned long power)
{
    mpfr_pow_ui(o->x, o->gap, power, MPFR_RNDN);
    mpfr_d_div(o->x, factor, o->x, MPFR_RNDN);
}

/* Adds x (m - s). */
static void add_difference(struct closed_terms *terms, struct output *o)
{
    closed_terms_add(terms, o->x, 0, o->rate_mem, o->a);
    mpfr_neg(o->x, o->x, MPFR_RNDN);
    closed_terms_add(terms, o->x, 0, o->rate_syn, o->a);
}

static void add_response(struct closed_terms *v, struct output *o, double weight)
{
    if (o->equal) {
        mpfr_mul_d(o->x, o->rate_mem, weight, MPFR_RNDN);
        closed_terms_add(v, o->x, 1, o->rate_mem, o->a);
        return;
    }
    over_gap(o, o->tau_syn, 1);
    mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
    add_difference(v, o);
}

static void add_by_time(struct closed_terms *change, struct output *o, double weight)
{
    if (o->equal) {
        mpfr_mul_d(o->x, o->rate_mem, -weight, MPFR_RNDN);
        closed_terms_add(change, o->x, 0, o->rate_mem, o->a);
        mpfr_mul(o->x, o->x, o->rate_mem, MPFR_RNDN);
        mpfr_neg(o->x, o->x, MPFR_RNDN);
        closed_terms_add(change, o->x, 1, o->rate_mem, o->a);
        return;
    }
    over_gap(o, o->tau_syn, 1);
    mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
    mpfr_mul(o->x, o->x, o->rate_mem, MPFR_RNDN);
    closed_terms_add(change, o->x, 0, o->rate_mem, o->a);
    over_gap(o, -weight, 1);
    closed_terms_add(change, o->x, 0, o->rate_syn, o->a);
}

static void add_by_tau_mem(struct closed_terms *change, struct output *o, double weight)
{
    if (o->equal) {
        mpfr_sqr(o->x, o->rate_mem, MPFR_RNDN);
        mpfr_mul_d(o->x, o->x, -weight, MPFR_RNDN);
        closed_terms_add(change, o->x, 1, o->rate_mem, o->a);
        mpfr_mul(o->x, o->x, o->rate_mem, MPFR_RNDN);
        mpfr_div_si(o->x, o->x, -2, MPFR_RNDN);
        closed_terms_add(change, o->x, 2, o->rate_mem, o->a);
        return;
    }
    over_gap(o, -o->tau_syn, 2);
    mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
    add_difference(change, o);
    over_gap(o, o->tau_syn, 1);
    mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
    mpfr_mul(o->x, o->x, o->rate_mem, MPFR_RNDN);
    mpfr_mul(o->x, o->x, o->rate_mem, MPFR_RNDN);
    closed_terms_add(change, o->x, 1, o->rate_mem, o->a);
}

static void add_by_tau_syn(struct closed_terms *change, struct output *o, double weight)
{
    if (o->equal) {
        mpfr_pow_ui(o->x, o->rate_mem, 3, MPFR_RNDN);
        mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
        mpfr_div_2ui(o->x, o->x, 1, MPFR_RNDN);
        closed_terms_add(change, o->x, 2, o->rate_mem, o->a);
        return;
    }
    over_gap(o, o->tau_mem, 2);
    mpfr_mul_d(o->x, o->x, weight, MPFR_RNDN);
    add_difference(change, o);
    over_gap(o, -weight, 1);
    mpfr_mul(o->x, o->x, o->rate_syn, MPFR_RNDN);
    closed_terms_add(change, o->x, 1, o->rate_syn, o->a);
}

/* factor (1 - e^{-t/tau_mem}): the voltage that a bias makes. */
static void add_bias(struct closed_terms *terms, struct output *o, double factor)
{
    mpfr_set_zero(o->x, 1);
    closed_terms_add_simple(terms, factor, 0, o->x);
    closed_terms_add_simple(terms, -factor, 0, o->rate_mem);
}

void closed_terms_voltage(struct closed_terms *v, const struct case_problem *c, size_t sample,
                          size_t k)
{
    struct output o;
    output_init(&o, c, sample, k);
    closed_terms_clear(v);
    add_bias(v, &o, o.bias);
    for (size_t n = 0; n < c->population[0].size; n++) {
        for (size_t i = 0; i < c->sample[sample].spikes[0][n].count; i++) {
            add_response(v, &o, arrival(&o, n, i));
        }
    }
    output_clear(&o);
}

void closed_terms_change(struct closed_terms *change, const struct case_problem *c, size_t sample,
                         size_t k, enum case_quantity quantity)
{
    struct output o;
    output_init(&o, c, sample, k);
    closed_terms_clear(change);
    if (quantity == CASE_BIAS) {
        add_bias(change, &o, 1);
    } else if (quantity == CASE_TAU_MEM) { /* -bias t/tau_mem^2 e^{-t/tau_mem} */
        mpfr_sqr(o.x, o.rate_mem, MPFR_RNDN);
        mpfr_mul_d(o.x, o.x, -o.bias, MPFR_RNDN);
        closed_terms_add(change, o.x, 1, o.rate_mem, NULL);
    }
    for (size_t n = 0; quantity != CASE_BIAS && n < c->population[0].size; n++) {
        for (size_t i = 0; i < c->sample[sample].spikes[0][n].count; i++) {
            double weight = arrival(&o, n, i);
            if (quantity == CASE_TAU_MEM) {
                add_by_tau_mem(change, &o, weight);
            } else {
                add_by_tau_syn(change, &o, weight);
            }
        }
    }
    output_clear(&o);
}

void closed_terms_change_arrival(struct closed_terms *change, const struct case_problem *c,
                                 size_t sample, size_t k, size_t neuron, size_t spike,
                                 enum case_quantity quantity)
{
    struct output o;
    output_init(&o, c, sample, k);
    closed_terms_clear(change);
    double weight = arrival(&o, neuron, spike);
    if (quantity == CASE_WEIGHT) {
        add_response(change, &o, 1);
    } else {
        add_by_time(change, &o, weight);
    }
    output_clear(&o);
}
