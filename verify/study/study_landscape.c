/* SPDX-License-Identifier: MIT */
/* study_landscape.c: the loss along a line: all of its change is the integral of the exact gradient
 * and the jumps where spikes are born or lost, which no gradient sees.
 *
 * A network has outputs with and without a threshold, so that every loss sees the same spikes. The
 * line moves the first input weight of its first hidden neuron. Integrals are by the double
 * exponential rule (Takahasi and Mori 1974), which takes the m^-1/2 at a grazing birth. */
#include "cases/families/random.h"
#include "verify/base/number.h"
#include "verify/judge/bounds.h"
#include "verify/study/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREC = 512,
    PLACE_DIGITS = 40,
    CHANGES = 200,
    INPUTS = 3,
    HIDDEN = 4,
    LEVELS = 4,
    CURVES = 2
};

static const struct {
    const char *name, *loss, *target;
} losses[] = {
    {"L_sum_exp", "\"voltage-integral-cross-entropy\", \"weighting\": \"exponential\"", NULL},
    {"L_time", "\"first-spike-cross-entropy\", \"tau0\": 5, \"tau1\": 20, \"alpha\": 0.1", NULL},
    {"L_mse", "\"voltage-squared-error\"", "\"voltages\": [0.25, 0.5]"},
    {"L_sum", "\"voltage-integral-cross-entropy\", \"weighting\": \"uniform\"", NULL},
    {"L_sum_lin", "\"voltage-integral-cross-entropy\", \"weighting\": \"linear\"", NULL},
    {"L_time_se", "\"first-spike-squared-error\"", "\"times\": [12, 20]"},
    {"L_time_margin", "\"first-spike-margin\", \"margin\": 2", NULL},
    {"L_max", "\"max-voltage-cross-entropy\"", NULL},
};
enum { LOSSES = sizeof losses / sizeof *losses, QUICK_LOSSES = 1, NETWORKS = 5 };

/* ---- networks ---- */

static void put_weights(FILE *out, struct case_random *random, size_t rows, size_t columns,
                        double mean, double deviation)
{
    fputs("\"delay\": 0, \"weights\": [", out);
    for (size_t i = 0; i < rows; i++) {
        fputs(i ? ", [" : "[", out);
        for (size_t j = 0; j < columns; j++)
            fprintf(out, "%s%.17g", j ? ", " : "", case_random_normal(random, mean, deviation));
        fputs("]", out);
    }
    fputs("]}", out);
}

static struct case_problem *network(uint64_t seed, size_t k, size_t loss, struct case_error *error)
{
    char *text = NULL;
    size_t length = 0;
    struct case_random random;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    case_random_init(&random, seed, "landscape", k);
    fprintf(out,
            "{\"format\": \"evident-case-1\", \"name\": \"landscape-%zu\","
            "\"time\": {\"end\": 40}, \"populations\": ["
            "{\"name\": \"in\", \"size\": %d, \"model\": \"spike-source\"},",
            k, INPUTS);
    static const char *const of[] = {"hid", "out", "tim"};
    for (int p = 0; p < 3; p++)
        fprintf(out, "%s{\"name\": \"%s\", \"size\": %d, \"tau_mem\": 20, \"tau_syn\": 5, %s}",
                p ? ", " : "", of[p], p ? 2 : HIDDEN,
                p == 1 ? "\"model\": \"li\""
                       : "\"model\": \"lif\", \"threshold\": 1, \"reset\": 0");
    fputs("], \"projections\": [{\"source\": \"in\", \"target\": \"hid\", ", out);
    put_weights(out, &random, INPUTS, HIDDEN, 3.5, 1.5);
    fputs(", {\"source\": \"hid\", \"target\": \"hid\", ", out);
    put_weights(out, &random, HIDDEN, HIDDEN, 0.2, 0.5);
    for (int p = 1; p < 3; p++) {
        fprintf(out, ", {\"source\": \"hid\", \"target\": \"%s\", ", of[p]);
        put_weights(out, &random, HIDDEN, 2, p == 1 ? 0.3 : 2.5, 0.5);
    }
    fputs("], \"samples\": [{\"spikes\": {\"in\": [", out);
    for (int i = 0; i < INPUTS; i++) {
        double const first = case_random_between(&random, 0, 10);
        double const second = case_random_between(&random, 12, 24);
        fprintf(out, "%s[%.17g, %.17g]", i ? ", " : "", first, second);
    }
    bool const first_spikes = strncmp(losses[loss].name, "L_time", 6) == 0;
    fprintf(out, "]}, \"target\": {%s}}], \"loss\": {\"kind\": %s, \"population\": \"%s\"}}",
            losses[loss].target ? losses[loss].target : "\"label\": 0", losses[loss].loss,
            first_spikes ? "tim" : "out");
    fclose(out);
    struct case_problem *c = case_read_text(text, length, "landscape", NULL, error);
    free(text);
    return c;
}

/* ---- one line ---- */

struct walk {
    struct study_run *run;
    const struct study_line *line;
    size_t network, loss;
    struct case_file *curve, *change, *near;
    double integral, jumps, variation; /* variation: of all pieces and jumps */
    double order_jump;                 /* largest at a change of order */
    double exponent;                   /* of |slope| at the first grazing birth; NaN: none yet */
    size_t runs, changes, unsure;
};

/* Loss and slope at h; NaN if undecided. */
static double slope_at(struct walk *w, const arb_t h, double *loss)
{
    struct ref_result r;
    arb_t slope;
    double value = (double)NAN;
    arb_init(slope);
    if (loss)
        *loss = value;
    if (study_at(&r, w->line, h, 20, STUDY_GRADIENT) == REF_OK) {
        ref_slope(slope, &r, w->line->nudge, w->line->nudges);
        value = middle(slope);
        if (loss)
            *loss = middle(r.loss);
    }
    w->runs++;
    ref_clear(&r);
    arb_clear(slope);
    return value;
}

/* The value of the rule at node t, on the side of the sign of t; the point is so near to its end
 * that its distance from there is what has to be exact. */
static double node(struct walk *w, const arb_t from, const arb_t to, double t)
{
    double const quarter = acos(0); /* pi/2 */
    double const reach = quarter * sinh(fabs(t)), c = cosh(reach);
    double const weight = quarter * cosh(t) / (2 * c * c);
    arb_t h, share;
    arb_init(h);
    arb_init(share);
    arb_set_d(share, 1 / (1 + exp(2 * reach)));
    arb_sub(h, to, from, PREC);
    arb_mul(h, h, share, PREC);
    if (t > 0)
        arb_sub(h, to, h, PREC);
    else
        arb_add(h, from, h, PREC);
    arb_get_mid_arb(h, h);
    double const value = slope_at(w, h, NULL) * weight;
    arb_clear(h);
    arb_clear(share);
    return value;
}

static bool not_yet(double value, double last)
{
    return !(fabs(value - last) <= VER_STUDY_RULE * fabs(value));
}

/* The integral of the slope over a piece without a change. */
static double integrate(struct walk *w, const arb_t from, const arb_t to)
{
    static double const most = 3.75; /* there 1 - tanh is 10^-31: what is left is below 10^-15 */
    arb_t length;
    arb_init(length);
    arb_sub(length, to, from, PREC);
    double const span = middle(length);
    double step = 0.5, sum = node(w, from, to, 0), last = (double)NAN, value;
    for (double t = step; t <= most; t += step)
        sum += node(w, from, to, t) + node(w, from, to, -t);
    value = sum * step * span;
    for (int level = 0; level < LEVELS && not_yet(value, last); level++) {
        last = value;
        for (double t = step / 2; t <= most; t += step)
            sum += node(w, from, to, t) + node(w, from, to, -t);
        step /= 2;
        value = sum * step * span;
    }
    arb_clear(length);
    return value;
}

/* |slope| at m = 10^-2 .. 10^-24 from a grazing birth, on the side where the spike is. */
static void deletion(struct walk *w, const struct study_change *change)
{
    int const side = fabs(middle(change->by[1])) > fabs(middle(change->by[0])) ? 1 : -1;
    arb_t h, m;
    enum { SIZES = 25 };
    double size[SIZES] = {0};
    arb_init(h);
    arb_init(m);
    for (int k = 2; k < SIZES; k++) {
        arb_set_ui(m, 10);
        arb_pow_ui(m, m, (ulong)k, PREC);
        arb_inv(m, m, PREC);
        arb_mul_si(m, m, side, PREC);
        arb_add(h, side > 0 ? change->far : change->near, m, PREC);
        arb_get_mid_arb(h, h);
        size[k] = fabs(slope_at(w, h, NULL));
        fprintf(w->near->stream, "%zu\t%s\t1e-%d\t%.17g\n", w->network, losses[w->loss].name, k,
                size[k]);
    }
    w->exponent = (log10(size[24]) - log10(size[20])) / -4;
    arb_clear(h);
    arb_clear(m);
}

static void change_take(struct walk *w, const struct study_change *change)
{
    arb_t jump, place;
    arb_init(jump);
    arb_init(place);
    arb_sub(jump, change->loss[1], change->loss[0], PREC);
    double const by = middle(jump);
    w->jumps += by;
    w->variation += fabs(by);
    w->changes++;
    w->unsure += !change->confirmed || change->kind == STUDY_UNKNOWN;
    if (change->kind == STUDY_ORDER)
        w->order_jump = fmax(w->order_jump, fabs(by));
    arb_union(place, change->near, change->far, PREC);
    char *text = arb_get_str(place, PLACE_DIGITS, ARB_STR_NO_RADIUS);
    fprintf(w->change->stream, "%zu\t%s\t%s\t%s\t%zu\t%zu\t%zu\t%d\t%.10g\t%.10g\t%.10g\n",
            w->network, losses[w->loss].name, text, study_kind_name(change->kind),
            change->population, change->neuron, change->ordinal, change->born, by,
            middle(change->by[0]), middle(change->by[1]));
    flint_free(text);
    bool const seen = fabs(by) > VER_STUDY_SEEN && w->loss == 0;
    if (change->kind == STUDY_GRAZING && isnan(w->exponent) && seen)
        deletion(w, change);
    arb_clear(jump);
    arb_clear(place);
}

static void curve_put(struct walk *w, const arb_t from, const arb_t to)
{
    arb_t h, part;
    arb_init(h);
    arb_init(part);
    for (int k = 1; k < 16; k++) {
        double loss;
        arb_sub(h, to, from, PREC);
        arb_set_d(part, k / 16.0);
        arb_mul(h, h, part, PREC);
        arb_add(h, h, from, PREC);
        arb_get_mid_arb(h, h);
        double const slope = slope_at(w, h, &loss);
        fprintf(w->curve->stream, "%zu\t%s\t%.10g\t%.17g\t%.17g\n", w->network,
                losses[w->loss].name, middle(h), loss, slope);
    }
    fputs("\n", w->curve->stream);
    arb_clear(h);
    arb_clear(part);
}

/* From a to b, change by change; where it is to be quick, b becomes the first grazing birth. */
static int walk(struct walk *w, double a, arb_t b)
{
    arb_t at, end;
    struct study_change change;
    int failed = 0;
    bool going = true;
    arb_init(at);
    arb_init(end);
    arb_set_d(at, a);
    for (size_t k = 0; going && !failed && k < CHANGES; k++) {
        study_change_init(&change);
        failed = study_locate(&change, w->line, at, 1, middle(b) - middle(at), PLACE_DIGITS,
                              w->run->error);
        arb_set(end, b);
        going = !failed && change.kind != STUDY_NONE;
        if (going)
            arb_set(end, change.near);
        if (!failed) {
            double const piece = integrate(w, at, end);
            w->integral += piece;
            w->variation += fabs(piece);
            if (w->loss < CURVES)
                curve_put(w, at, end);
        }
        if (going)
            change_take(w, &change);
        arb_set(at, change.far);
        if (w->run->quick && !isnan(w->exponent)) {
            arb_set(b, at);
            going = false;
        }
        study_change_clear(&change);
    }
    arb_clear(at);
    arb_clear(end);
    return failed;
}

struct landscape {
    struct case_file curve, change, near, sum;
    double gap, order_jump, exponent; /* the worst */
    size_t changes, unsure;
};

static int one_line(struct landscape *l, struct study_run *run, size_t k, size_t loss)
{
    struct study_line line;
    double first, last;
    double const a = run->quick ? 0 : -2;
    arb_t h;
    struct case_problem *c = network(run->seed, k, loss, run->error);
    if (!c)
        return -1;
    int failed = study_line_find(&line, c, "weights[0][0][0]", run->error);
    struct walk w = {.run = run,
                     .line = &line,
                     .network = k,
                     .loss = loss,
                     .curve = &l->curve,
                     .change = &l->change,
                     .near = &l->near,
                     .exponent = (double)NAN};
    arb_init(h);
    arb_set_d(h, a);
    slope_at(&w, h, &first);
    arb_set_d(h, run->quick ? 8 : 2);
    failed = failed ? failed : walk(&w, a, h);
    slope_at(&w, h, &last);
    arb_clear(h);
    double const gap = last - first - w.integral - w.jumps;
    double const relative = w.variation > 0 ? fabs(gap) / w.variation : fabs(gap);
    fprintf(l->sum.stream, "%zu\t%s\t%.17g\t%.17g\t%.17g\t%.3g\t%.3g\t%zu\t%zu\n", k,
            losses[loss].name, last - first, w.integral, w.jumps, gap, relative, w.changes, w.runs);
    l->gap = fmax(l->gap, isnan(relative) ? (double)INFINITY : relative);
    l->order_jump = fmax(l->order_jump, w.order_jump);
    if (!isnan(w.exponent))
        l->exponent = isnan(l->exponent) || fabs(w.exponent + 0.5) > fabs(l->exponent + 0.5)
                          ? w.exponent
                          : l->exponent;
    l->changes += w.changes;
    l->unsure += w.unsure;
    study_line_clear(&line);
    case_free(c);
    return failed;
}

static int run_study(struct study_run *run)
{
    struct landscape l = {.exponent = (double)NAN};
    size_t const networks = run->quick ? 1 : NETWORKS, kinds = run->quick ? QUICK_LOSSES : LOSSES;
    struct {
        struct case_file *file;
        const char *name, *heading;
    } const table[] = {
        {&l.curve, "line", "network\tloss\th\tvalue\tgradient"},
        {&l.change, "change",
         "network\tloss\th\tkind\tpopulation\tneuron\tspike\tborn\tjump\tgradient_before\t"
         "gradient_behind"},
        {&l.near, "near", "network\tloss\tdistance\tgradient"},
        {&l.sum, "sum", "network\tloss\tchange\tintegral\tjumps\tgap\trelative\tchanges\truns"}};
    enum { TABLES = sizeof table / sizeof *table };
    size_t opened = 0;
    int failed = 0;
    while (!failed && opened < TABLES) {
        failed = study_open(run, table[opened].file, table[opened].name, table[opened].heading);
        opened += !failed;
    }
    for (size_t x = 0; !failed && x < networks * kinds; x++) {
        progress_show(run->progress, x, networks * kinds, 0);
        failed = one_line(&l, run, x / kinds, x % kinds);
    }
    for (size_t x = 0; x < opened; x++)
        failed = study_close(run, table[x].file, failed);
    if (failed)
        return failed;
    study_claim(run, "L(b) - L(a) less the integral of the gradient and the jumps, relative, worst",
                l.gap, 0, VER_STUDY_GAP);
    study_claim(run, "jump of the loss where spike and arrival change places, largest",
                l.order_jump, 0, VER_STUDY_JUMP);
    study_claim(run, "exponent of the gradient at a grazing birth, worst", l.exponent,
                -0.5 - VER_STUDY_EXPONENT, -0.5 + VER_STUDY_EXPONENT);
    study_claim(run, "changes found", (double)l.changes, 1, HUGE_VAL);
    study_claim(run, "of them without a name or a confirmation", (double)l.unsure, 0, 0);
    return 0;
}

const struct study study_landscape = {
    .name = "landscape",
    .claim = "the loss along a line is the integral of its exact gradient and the jumps at births "
             "and deaths, to 12 digits",
    .picture = {"landscape"},
    .reading = {"A curve is a loss as one weight moves, for one network; where it is broken, a "
                "spike is born or lost. What the gradient accounts for is the way along the "
                "curve, not the steps between its pieces."},
    .run = run_study,
};
