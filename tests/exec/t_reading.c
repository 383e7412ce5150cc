/* SPDX-License-Identifier: MIT */
/* t_reading.c: what is wrong with a program is named: the textbook of verify/exec/examples with one
 * mistake after the other, on a case that has all that can go wrong (constants that differ, resets,
 * biases, delays, recurrence, outputs that spike again). Right, it has no reading. */
#include "tests/shell.h"
#include "tests/run_suite.h"

#define SOURCE "verify/exec/examples/eventprop.c"
#define CASE "tests/programs/recurrent-first-spikes.json"

static void with_headers(void)
{
    make_folder();
    ck_assert_msg(shell("mkdir -p $D/i/cases && cp cases/engine.h cases/result.h cases/problem.h "
                        "$D/i/cases") == 0,
                  "%s", text);
}

/* Builds the textbook after a change by sed, and has it judged. */
static int judged(const char *change, const char *options)
{
    char command[2000];
    snprintf(command, sizeof command,
             "sed '%s' " SOURCE " >$D/e.c && { [ -z '%s' ] || ! cmp -s " SOURCE " $D/e.c; } && "
             "${CC:-cc} -shared -fPIC -O1 -I $D/i -o $D/e.so -x c - -lm <$D/e.c && "
             "$E verify " CASE " --engine so:$D/e.so --no-witness --jobs 1 %s",
             change, change, options);
    return shell(command);
}

#define CONSTANT(name, other) "s/." name " = case_value(&q->tau_" other ", n)/." name " = "
#define EULER(tau) "-c->step \\/ log(1 - c->step \\/ case_value(\\&q->tau_" tau ", n))/;"
#define DELAY "s/t + case_delay(c, p, row, n)/"
#define WEIGHT "s/{at, p->weight\\[row \\* columns + n\\]/{at, "

static const struct {
    const char *change, *says;
} mistakes[] = {
    /* the backward pass */
    {"s/(spike->current - n->reset + n->bias)/(spike->current - n->threshold + n->bias)/",
     "the reset term of the jump of lambda_V is left out"},
    {"s/spike->g - after \\* n->p/spike->g/",
     "the jump of lambda_V has the sum over arrivals and the loss alone"},
    {"s/(spike->g - after \\* n->p) \\/ before/(n->tau_m * spike->g - (n->threshold - n->reset) "
     "* n->p) + n->p/",
     "the jump of lambda_V is not divided by tau_mem V'"},
    {"s/n->threshold + n->bias) \\/ n->tau_m/n->threshold) \\/ n->tau_m/",
     "the bias is missing in the slope of a spike"},
    {"s/spike->current - n->threshold + n->bias/spike->current + n->bias/",
     "the slope of a spike is I, where it is I - V"},
    {"s/        spike->g += slope;/        if (spike->neuron < r->first[1] || event->target >= "
     "r->first[2]) spike->g += slope;/",
     "arrivals within a population are left out of the jump of lambda_V"},
    {"s/ && r->spike\\[k\\].t == t\\[output\\]//",
     "all spikes of an output get what the loss gives to the first"},
    {"s/(n->q \\/ n->tau_s - n->p \\/ n->tau_m)/(n->q \\/ n->tau_s)/",
     "lambda_V is left out of what an arrival gives, w (lambda_V - lambda_I)"},
    {"s/+= n->q \\/ (double)r/+= n->q \\/ n->tau_s \\/ (double)r/",
     "weights times the target's 1/tau_syn"},
    {"s/n->q \\/ (double)r->c->samples/n->q/", "weights 2 times the reference: N samples?"},
    /* what the case means */
    {CONSTANT("tau_m", "mem") "case_value(\\&q->tau_syn, n)/;" CONSTANT(
         "tau_s", "syn") "case_value(\\&q->tau_mem, n)/",
     "tau_mem and tau_syn swapped"},
    {CONSTANT("tau_m", "mem") EULER("mem") CONSTANT("tau_s", "syn") EULER("syn"),
     "Euler decay: 1 - dt/tau, where it is exp(-dt/tau)"},
    {DELAY "t + case_delay(c, p, row, n) + c->step/", "delays 1 step long"},
    {DELAY "t + p->delay.at[0]/", "the first delay of a projection stands for all of it"},
    {DELAY "t/", "delays are left out"},
    {WEIGHT "p->weight[n * columns + row]/", "transposed weights"},
    {WEIGHT "p->weight[row * columns + n] \\/ case_value(\\&c->population[p->target].tau_syn, n)/",
     "weights times 1/tau_syn"},
    {"s/.bias = case_value(&q->bias, n)/.bias = 0/", "the bias is left out"},
    {"s/lif ? case_value(&q->reset, n) : 0/0/", "spikes reset to 0, not to the reset"},
    {"s/emit(r, r->first\\[p\\] + n, p, c->sample/emit(r, r->first[p] + (n + 1) % "
     "c->population[p].size, p, c->sample/",
     "inputs shifted by a channel up, around"},
    {"s/result->loss += result->sample\\[s\\].loss \\/ (double)c->samples/result->loss += "
     "result->sample[s].loss/",
     "a sum over samples, where the mean is wanted"},
    {"s/double crosses = crossing(&r->neuron\\[r->first\\[p\\] + n\\], t);/double crosses = "
     "ceil(crossing(\\&r->neuron[r->first[p] + n], t) \\/ c->step) * c->step;/",
     "spike times are all multiples of 0.25 ms: on a grid? declare time: grid"},
    {"s/n->t + high;/(n->t + high) * 1.000002;/",
     "numerical integration? declare accuracy: agrees to "},
    {"s/k == sample->label/k == (sample->label + 1) % outputs/", "labels one too large"},
};

TEST_EACH(mistake_is_named, 0, sizeof mistakes / sizeof *mistakes)
{
    char wanted[160];
    ck_assert_msg(judged(mistakes[_i].change, "") == 1, "%s", text);
    snprintf(wanted, sizeof wanted, "| %s", mistakes[_i].says);
    says(wanted);
}

TEST(what_is_right_has_no_reading)
{
    ck_assert_msg(judged("", "--store $D/s.sqlite") == 0, "%s", text);
    gives("$E export latest --store $D/s.sqlite --format json", 0, "\"reading\":\"\"");
}

/* One key in stores, one sentence everywhere. */
TEST(reading_is_kept_and_explained)
{
    ck_assert_msg(judged(mistakes[0].change, "--store $D/s.sqlite") == 1, "%s", text);
    gives("$E export latest --store $D/s.sqlite --format json", 0, "\"reading\":\"no-reset-term\"");
    says(mistakes[0].says);
    gives("$E explain " CASE " --engine so:$D/e.so", 0,
          "looks like: the reset term of the jump of lambda_V is left out");
}

/* A program with a fixed step, the clock engine asked about another case: its limit is read. */
static void grid(const char *edit, const char *wanted)
{
    char command[1000];
    put_file("grid.sh", "[ \"$1\" = --conventions ] && { echo '{\"format\": "
                        "\"evident-conventions-1\", \"time\": \"grid\"}'; exit; }\n"
                        "while IFS= read -r line; do printf '%s\\n' \"$line\" | sed -E \"$EDIT\" | "
                        "$E run - --engine clock-host --round-delays | tr '\\n' ' '; echo; done\n");
    setenv("EDIT", edit, 1);
    snprintf(command, sizeof command,
             "$E verify random-feedforward:1:2 --no-witness --jobs 1 --round-delays "
             "--engine \"exec:sh $D/grid.sh\"");
    ck_assert_msg(shell(command) == 1, "%s", text);
    unsetenv("EDIT");
    says(wanted);
}

TEST(limits_of_programs_with_a_step_are_read)
{
    grid("s/tau_mem/TAU/g; s/tau_syn/tau_mem/g; s/TAU/tau_syn/g", "tau_mem and tau_syn swapped");
    grid("s/\"step\": ?[0-9.]+/\"step\":0.125/", "| all steps alike: it ignores time.step");
}

/* Two mistakes: the one that explains more is the nearest. */
TEST(nearest_says_how_much_it_explains)
{
    ck_assert_msg(judged("s/spike->g - after \\* n->p/spike->g/; s/    times = put_input_times/    "
                         "result->gradient[0] *= 1.5; times = put_input_times/",
                         "") == 1,
                  "%s", text);
    says("; nearest: the jump of lambda_V has the sum over arrivals and the loss alone (explains ");
}

SUITE("reading", .setup = with_headers, .teardown = drop_folder, .seconds = 60)
