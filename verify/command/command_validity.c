/* SPDX-License-Identifier: MIT */
/* command_validity.c: `evident validity`, how far the gradient of a case is valid. */
#include "verify/base/number.h"
#include "verify/command/command.h"
#include "verify/study/study_line.h"

#include <stdlib.h>
#include <string.h>

enum { PLACE_DIGITS = 30, SIDE_DIGITS = 17, TABLE_DIGITS = 12, MOST_BALLS = 20000, PREC = 256 };

/* One direction, one side, with what has been found there. */
struct row {
    const struct case_problem *c;
    const char *name;
    int side;
    struct study_change change;
    arb_t place, proven; /* place: the hull of near and far */
    bool prove;
    size_t balls;
};

static void put_pair(const char *key, arb_t pair[2])
{
    printf(", \"%s\": [", key);
    ver_number_write(stdout, pair[0], SIDE_DIGITS);
    fputs(", ", stdout);
    ver_number_write(stdout, pair[1], SIDE_DIGITS);
    fputs("]", stdout);
}

static bool has_neuron(const struct row *row)
{
    enum study_kind const kind = row->change.kind;
    return kind != STUDY_NONE && kind != STUDY_DOMAIN && kind != STUDY_UNKNOWN &&
           row->change.population < row->c->populations;
}

static void put_json(const struct row *row)
{
    const struct study_change *change = &row->change;
    fputs("{\"along\": ", stdout);
    case_put_quoted(stdout, row->name);
    printf(", \"side\": %d, \"kind\": \"%s\", \"%s\": ", row->side, study_kind_name(change->kind),
           change->kind == STUDY_NONE ? "none_up_to" : "at");
    ver_number_write(stdout, row->place, PLACE_DIGITS);
    if (row->prove) {
        fputs(", \"proven\": ", stdout);
        ver_number_write(stdout, row->proven, PLACE_DIGITS);
        printf(", \"balls\": %zu", row->balls);
    }
    if (has_neuron(row)) {
        fputs(", \"population\": ", stdout);
        case_put_quoted(stdout, row->c->population[change->population].name);
        printf(", \"neuron\": %zu, \"spike\": %zu, \"sample\": %zu", change->neuron,
               change->ordinal, change->sample);
    }
    if (change->kind != STUDY_NONE && change->kind != STUDY_DOMAIN) {
        printf(", \"born\": %d", change->born);
        put_pair("loss", (arb_t *)change->loss);
        put_pair("derivative", (arb_t *)change->by);
        printf(", \"confirmed\": %s", change->confirmed ? "true" : "false");
    }
    printf(", \"runs\": %zu}\n", change->runs);
}

static void put_cell(const arb_t x, long digits, int width)
{
    char *text = arb_is_finite(x) ? arb_get_str(x, digits, ARB_STR_NO_RADIUS) : NULL;
    printf(" %*s", width, text ? text : "-");
    flint_free(text);
}

static void put_heading(const struct row *row)
{
    printf("%-24s %19s%s  %-9s %-16s %5s %14s %14s\n", "along", "next change at",
           row->prove ? "       proven up to" : "", "kind", "neuron, spike", "born", "jump of loss",
           "of derivative");
}

static void put_table(const struct row *row)
{
    const struct study_change *change = &row->change;
    char who[80] = "-";
    arb_t jump;
    arb_init(jump);
    if (has_neuron(row))
        snprintf(who, sizeof who, "%.40s[%zu] %zu", row->c->population[change->population].name,
                 change->neuron, change->ordinal);
    printf("%-24s", row->name);
    put_cell(row->place, TABLE_DIGITS, 19);
    if (row->prove)
        put_cell(row->proven, TABLE_DIGITS, 18);
    printf("  %-9s %-16s %5d", study_kind_name(change->kind), who, change->born);
    arb_sub(jump, change->loss[1], change->loss[0], PREC);
    put_cell(jump, 5, 14);
    arb_sub(jump, change->by[1], change->by[0], PREC);
    put_cell(jump, 5, 14);
    putchar('\n');
    arb_clear(jump);
}

static int look(const struct options *options, struct row *row, const struct study_line *line,
                bool first)
{
    struct case_error error;
    arb_t start; /* zero: from the case itself */
    study_change_init(&row->change);
    arb_init(row->place);
    arb_init(row->proven);
    arb_init(start);
    int failed =
        study_locate(&row->change, line, start, row->side, options->within, PLACE_DIGITS, &error);
    arb_union(row->place, row->change.near, row->change.far, PREC);
    if (!failed && row->prove && !arb_is_zero(row->change.near))
        row->balls = study_prove(row->proven, line, row->change.near, MOST_BALLS);
    if (failed)
        command_refuse("validity", "%s, %s: %s", options->operand[0], row->name, error.text);
    else if (options->json)
        put_json(row);
    else if (first)
        put_heading(row);
    if (!failed && !options->json)
        put_table(row);
    fflush(stdout);
    study_change_clear(&row->change);
    arb_clear(row->place);
    arb_clear(row->proven);
    arb_clear(start);
    return failed;
}

/* Both sides of a direction: how many could not be told. */
static int look_along(const struct options *options, const struct case_problem *c, const char *name,
                      bool first)
{
    struct study_line line;
    struct case_error error;
    int failed = 0;
    if (study_line_find(&line, c, name, &error) != 0) {
        study_line_clear(&line);
        command_refuse("validity", "--along: %s", error.text);
        return -1;
    }
    for (int side = 1; side >= -1; side -= 2) {
        struct row row = {.c = c, .name = name, .side = side, .prove = options->prove};
        failed += look(options, &row, &line, first && side > 0) != 0;
    }
    study_line_clear(&line);
    return failed;
}

static int look_at_all(const struct options *options, const struct case_problem *c)
{
    struct case_block *block;
    struct progress progress;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    int failed = 0;
    progress_start(&progress, "validity", true);
    for (size_t k = 0; block && k < parameters; k++) {
        char name[128];
        case_parameter_name(name, sizeof name, c, block, blocks, k);
        progress_show(&progress, k, parameters, (size_t)failed);
        failed += look_along(options, c, name, k == 0);
    }
    progress_hide(&progress);
    free(block);
    return failed;
}

static int run(struct options *options)
{
    struct case_made made;
    struct case_error error;
    if (ver_load(&made, options->operand[0], &error) != 0)
        return command_refuse("validity", "%s", error.text);
    int const failed = options->along ? look_along(options, made.problem, options->along, true)
                                      : look_at_all(options, made.problem);
    case_made_clear(&made);
    return failed < 0 ? COMMAND_COULD_NOT_RUN : failed ? COMMAND_FAIL : COMMAND_PASS;
}

const struct command command_validity = {
    .name = "validity",
    .operands = "CASE",
    .wants = "a case",
    .says = "how far the gradient of a case is valid, and what comes then",
    .about =
        "A gradient says how the loss changes as long as no spike is born or lost and none changes "
        "places with an arrival that it matters to. For every parameter, or along one direction "
        "(--along), this looks for the first such change on both sides: how far it is, of which "
        "kind, at which neuron and spike, how many spikes are born (below zero: lost), and loss "
        "and derivative just before and just behind it.\n"
        "Kinds: grazing (a peak touches the threshold; on the side of the spike the derivative "
        "has no bound), overtaken (an arrival of a weight below zero comes before a spike that it "
        "prevents: no derivative warns of it), order (spike and arrival change places, both "
        "stay), end (something comes before T, or no longer), maximum (the largest voltage of an "
        "output is elsewhere), domain (the parameter ends there), none (up to --within).\n"
        "Distances are signed, in units of the parameter, or of the length of the direction, to "
        "30 digits. They are found by following all margins; two changes that undo each other "
        "could be missed. With --prove the way is marched along in intervals, each proven to hold "
        "no change: what is proven is a theorem.\n"
        "Exit status: 0; 1 if the reference cannot decide the case as it is; 2 could not run.",
    .examples = "evident validity cases/examples/worked.json --along 'weights[0][0][0]' --prove\n"
                "evident validity random-recurrent:1:2 --along random:1 --json\n",
    .run = run,
};
