/* enclosure_blur.h: cases in which the time of a spike is uncertain and much hangs on it, for
 * t_enclosure.c.
 *
 * A neuron just reaches its threshold, 2^-40 of it below its peak: the time of its spike is
 * uncertain by 2^20 roundings, far more than everything else is. Its arrival at an output comes
 * shortly before the end, or before another event, so that the adjoint is still small there while
 * the drive of the loss is not: what the drive does between the mark of the arrival and its true
 * time is then more than all the rest that the balls hold. */
#ifndef EVIDENT_TESTS_ENCLOSURE_BLUR_H
#define EVIDENT_TESTS_ENCLOSURE_BLUR_H

#define CONSTANTS "\"tau_mem\": %.17g, \"tau_syn\": %.17g"
#define LI_OUTPUT "\"li\", " CONSTANTS
#define LIF_OUTPUT                                                                                 \
    "\"lif\", \"threshold\": [0.25, 1000], \"reset\": 0, \"bias\": 0.0625, " CONSTANTS
#define SQUARED "\"voltage-squared-error\""
#define INTEGRAL "\"voltage-integral-cross-entropy\", \"weighting\": "
static const struct {
    const char *name, *output, *loss, *target;
    double rest;  /* ms from the arrival to the end */
    double input; /* weight of the input to the outputs */
    double tau_syn, unit;
} blur[] = {
    {"steep target", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.05, 0.5, 5, 1},
    {"a little later", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.5, 0.5, 5, 1},
    {"much later", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 30, 0.5, 5, 1},
    {"large voltage", LI_OUTPUT, SQUARED, "\"voltages\": [0, 0]", 0.05, 1000, 5, 1},
    {"short trial", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.05, 0.5, 5, 0x1p-10},
    {"integral", LI_OUTPUT, INTEGRAL "\"uniform\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    {"sigmoid", LI_OUTPUT, INTEGRAL "\"sigmoid\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    {"instantaneous", LI_OUTPUT, "\"instantaneous-cross-entropy\"", "\"label\": 1", 0.05, 0.5, 5,
     1},
    {"maximum", LI_OUTPUT, "\"max-voltage-cross-entropy\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    /* V' at the spike is certain where I hardly decays */
    {"first spike", LIF_OUTPUT, "\"first-spike-squared-error\"", "\"times\": [1e6, 1e6]", 2, 0.25,
     1e6, 1},
};
enum { BLURS = sizeof blur / sizeof *blur, EXCESSES = 3 };

static struct case_problem *blur_case(size_t kind, int excess)
{
    static char text[2048];
    char output[256];
    /* with constants of 20 and 5 the peak of k is 4^(-1/3) - 4^(-4/3) over 3, at 20 ln 4 / 3 */
    double const top = (pow(4, -1. / 3) - pow(4, -4. / 3)) / 3, arrival = 2 + 20 * log(4) / 3;
    double const weight = (1 + ldexp(1 + excess / 8., -40)) / top, unit = blur[kind].unit;
    snprintf(output, sizeof output, blur[kind].output, 20 * unit, blur[kind].tau_syn * unit);
    int const used = snprintf(
        text, sizeof text,
        "{\"format\": \"evident-case-1\", \"name\": \"blur\", \"time\": {\"end\": %.17g},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        "{\"name\": \"hid\", \"size\": 1, \"model\": \"lif\", \"tau_mem\": %.17g, "
        "\"tau_syn\": %.17g, \"threshold\": 1, \"reset\": 0},"
        "{\"name\": \"out\", \"size\": 2, \"model\": %s}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"hid\", \"weights\": [[%.17g]]},"
        "{\"source\": \"in\", \"target\": \"out\", \"weights\": [[%.17g, 0.25]]},"
        "{\"source\": \"hid\", \"target\": \"out\", \"delay\": %.17g, \"weights\": [[8, -3]]}],"
        "\"loss\": {\"population\": \"out\", \"kind\": %s},"
        "\"samples\": [{\"target\": {%s}, \"spikes\": {\"in\": [[%.17g]]}}]}",
        (arrival + blur[kind].rest) * unit, 20 * unit, 5 * unit, output, weight, blur[kind].input,
        unit, blur[kind].loss, blur[kind].target, unit);
    struct case_error error;
    struct case_problem *c = case_read_text(text, (size_t)used, "blur", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

START_TEST(uncertain_arrivals_hold_what_happens_around_them)
{
    struct ref_result truth, got;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.adjoints = true;
    int proven = 0;
    for (int excess = 0; excess < EXCESSES; excess++) {
        struct case_problem *c = blur_case((size_t)_i, excess);
        options.digits = 100; /* more bits than any run below has */
        ck_assert_msg(ref_run(&truth, c, &options) == REF_OK, "%s: %s", blur[_i].name,
                      truth.reason);
        for (long prec = 140; prec < 240; prec += 9) {
            enum outcome const outcome = run_once(&got, c, &options, prec);
            if (outcome == PROVEN) {
                char what[128];
                snprintf(what, sizeof what, "%s %d at %ld bits", blur[_i].name, excess, prec);
                results_held(&got, &truth, what);
                proven++;
            }
            ref_clear(&got);
        }
        ref_clear(&truth);
        case_free(c);
    }
    ck_assert_int_gt(proven, 20);
}
END_TEST

#endif
