/* SPDX-License-Identifier: MIT */
/* t_options.c: the table of options: that it is sound, that what is printed of a command line reads
 * back to the same options, and that help, manual page and completion know every row. */
#include "verify/command/command.h"
#include "tests/run_suite.h"
#include "tests/shell.h"

/* ---- the table ---- */

TEST(every_row_is_of_commands_that_there_are_and_of_no_other_meaning)
{
    size_t rows = 0;
    for (const struct option *row = option_table; row->name; row++, rows++) {
        char of[200], *rest = of;
        snprintf(of, sizeof of, "%s", row->of);
        for (char *name; strcmp(of, "*") != 0 && (name = strtok_r(rest, " ", &rest));) {
            ck_assert_msg(command_find(name) != NULL, "--%s is of %s", row->name, name);
            for (const struct option *other = option_table; other < row; other++)
                ck_assert_msg(!option_is_of(other, name) ||
                                  (strcmp(other->name, row->name) != 0 &&
                                   (!row->letter || other->letter != row->letter)),
                              "%s: --%s and --%s", name, row->name, other->name);
        }
        ck_assert_msg(strlen(row->help) > 0 && (row->kind == OPTION_OTHER) == (row->take != NULL),
                      "--%s", row->name);
    }
    ck_assert_uint_le(rows, OPTIONS_MOST);
}

TEST(defaults_are_those_of_the_judge)
{
    static const struct ver_options plain = VER_OPTIONS_DEFAULT;
    struct options options;
    options_start(&options, command_find("verify"));
    ck_assert_int_eq(options.judge.digits, plain.digits);
    ck_assert_int_eq(options.judge.precision_cap, plain.precision_cap);
    ck_assert_uint_eq(options.judge.directions, plain.directions);
    ck_assert_uint_eq(options.judge.seed, plain.seed);
    ck_assert(options.judge.seconds == 1800 && options.judge.bytes == 0);
    options_start(&options, command_find("run"));
    ck_assert(options.judge.digits == 40 && options.judge.seconds == 600);
    ck_assert_uint_eq(options.spikes, 1000000);
    for (size_t k = 0; command_at(k); k++) { /* nothing was asked for: nothing is printed */
        options_start(&options, command_at(k));
        FILE *out = fmemopen(text, sizeof text, "w");
        options_put(out, &options, 0);
        fclose(out);
        ck_assert_str_eq(text, "");
    }
}

TEST(operands_are_counted_by_their_names)
{
    static const struct {
        const char *operands;
        size_t least, most;
    } rows[] = {{"", 0, 0},
                {"CASE", 1, 1},
                {"[RUN]", 0, 1},
                {"RUN [CASE]", 1, 2},
                {"CASE...", 1, SIZE_MAX},
                {"[A|B]...", 0, SIZE_MAX},
                {"[BEFORE]... CASE --engine NAME", 1, SIZE_MAX},
                {"--one | --two FILE", 0, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct command command = {.operands = rows[k].operands};
        size_t least, most;
        command_operands(&command, &least, &most);
        ck_assert_msg(least == rows[k].least && most == rows[k].most, "%s", rows[k].operands);
    }
}

/* ---- printed and read back ---- */

/* Reads words as options of a command and prints them again, into a text to be freed. */
static char *again(const char *command, const char *words, unsigned use)
{
    static char copy[16][2000]; /* options point into what was read */
    static size_t next;
    char *cut = copy[next++ % 16], *word[64] = {(char *)"evident"}, *printed = NULL;
    size_t size;
    struct options options;
    snprintf(cut, sizeof *copy, "%s", words);
    options_start(&options, command_find(command));
    int count = 1 + options_cut_words(cut, word + 1, 63);
    ck_assert_int_eq(options_words(&options, count, word, OPTIONS_VALUES), OPTIONS_GOOD);
    FILE *out = open_memstream(&printed, &size);
    options_put(out, &options, use);
    fclose(out);
    return printed;
}

static void reads_back(const char *command, const char *words, const char *wanted)
{
    char *first = again(command, words, 0), *second = again(command, first, 0);
    ck_assert_msg(strcmp(first, wanted) == 0, "evident %s%s: printed%s", command, words, first);
    ck_assert_msg(strcmp(second, first) == 0, "evident %s%s: then%s", command, first, second);
    free(first);
    free(second);
}

/* A good value of a row that is not the default, quoted for a shell. */
static const char *some_value(char *value, size_t size, const struct option *row)
{
    static const char *const others[][2] = {{"engine", "clock-emulated"},
                                            {"engine-if-present", "clock-host"},
                                            {"defect", "4"},
                                            {"shard", "2/8"},
                                            {"require-judged", "90%"}};
    for (size_t k = 0; k < sizeof others / sizeof *others && row->kind == OPTION_OTHER; k++)
        if (strcmp(row->name, others[k][0]) == 0)
            return others[k][1];
    if (row->kind == OPTION_TEXT)
        return "'a b$'";
    if (row->kind == OPTION_CHOICE)
        return strrchr(row->argument, '|') + 1;
    if (row->kind == OPTION_REAL || row->kind == OPTION_TIME)
        return "2.5";
    snprintf(value, size, "%llu", (unsigned long long)row->least + 1);
    if (row->plain && strcmp(value, row->plain) == 0)
        snprintf(value, size, "%llu", (unsigned long long)row->least + 2);
    return value;
}

TEST(every_option_of_every_command_reads_back_as_it_is_printed)
{
    size_t tried = 0;
    for (size_t k = 0; command_at(k); k++)
        for (const struct option *row = option_table; row->name; row++) {
            char value[40], words[100], wanted[100];
            bool of_program = row->kind == OPTION_OTHER && !row->put &&
                              strcmp(row->name, "engine-if-present") != 0; /* tried below */
            if (!option_is_of(row, command_at(k)->name) || row->kind == OPTION_HELP ||
                row->kind == OPTION_VERSION || of_program)
                continue;
            snprintf(words, sizeof words, " --%s%s%s", row->name, row->argument ? " " : "",
                     row->argument ? some_value(value, sizeof value, row) : "");
            snprintf(wanted, sizeof wanted, "%s",
                     strcmp(row->name, "engine-if-present") == 0 ? " --engine clock-host" : words);
            reads_back(command_at(k)->name, words, wanted);
            tried++;
        }
    ck_assert_uint_gt(tried, 100);
    static const char *const programs =
        " --engine 'exec:./a '\\''b c'\\''' --conventions 'd e.json'"
        " --engine-time-limit 7 --engine exec:f";
    reads_back("verify", programs, programs);
    reads_back("explain", " --conventions c --engine-time-limit 7 --engine exec:f",
               " --engine exec:f --conventions c --engine-time-limit 7");
}

TEST(printed_options_have_the_order_of_the_table_and_no_defaults)
{
    static const char given[] =
        "--no-witness --step=0.25 --compat --defect 5 --defect 1 --engine clock-host --every 3 "
        "--round-delays --cap 16384 --digits 60 --seed 7 --directions 4 -q -j3 --store 'a b'";
    char *all = again("verify", given, 0), *shown = again("verify", given, OPTION_AGAIN),
         *kept = again("verify", given, OPTION_RECORDED);
    ck_assert_str_eq(shown, " --seed 7 --digits 60 --engine clock-host --defect 1 --defect 5 "
                            "--compat --round-delays --step 0.25 --no-witness");
    ck_assert_str_eq(kept, " --seed 7 --directions 4 --digits 60 --cap 16384 --every 3 --engine "
                           "clock-host --defect 1 --defect 5 --compat --round-delays --step 0.25 "
                           "--no-witness");
    ck_assert_msg(strstr(all, " --jobs 3 --store 'a b' --quiet") != NULL, "%s", all);
    free(all);
    free(shown);
    char *again_text = options_again(kept + 1, "verify", true);
    ck_assert_str_eq(again_text, " --seed 7 --digits 60 --engine clock-host --defect 1 --defect 5 "
                                 "--compat --round-delays --step 0.25 --no-witness");
    free(again_text);
    again_text = options_again(kept + 1, "explain", false);
    ck_assert_str_eq(again_text, " --defect 1 --defect 5 --compat --round-delays --step 0.25");
    free(again_text);
    again_text = options_again("--engine 'exec:a '\\''--seed 9'\\''' --seed 8", "shrink", false);
    ck_assert_str_eq(again_text, " --seed 8");
    free(again_text);
    free(kept);
}

TEST(an_option_may_be_written_in_four_ways)
{
    static const char *const ways[] = {"-j4", "-j 4", "--jobs=4", "--jobs 4"};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        char *printed = again("verify", ways[k], 0);
        ck_assert_str_eq(printed, " --jobs 4");
        free(printed);
    }
    char *printed = again("run", "-o a.json --digits=7", 0);
    ck_assert_str_eq(printed, " --digits 7 --out a.json");
    free(printed);
}

/* ---- what the program says of itself ---- */

/* From the first line that is heading to the next that begins like it. */
static void section(char *part, size_t size, const char *all, const char *heading)
{
    char line[100];
    snprintf(line, sizeof line, "\n%s\n", heading);
    const char *from = strstr(all, line);
    ck_assert_msg(from != NULL, "no %s", heading);
    from += strlen(line);
    const char *to = strstr(from, "\n.SS ");
    snprintf(part, size, "%.*s", (int)(to ? (size_t)(to - from) : strlen(from)), from);
}

/* What bash would complete the last word by. */
static const char complete[] = ". <($E help --completion)\n"
                               "COMP_WORDS=(evident \"$@\") COMP_CWORD=$#\n"
                               "_evident; printf '<%s>' \"${COMPREPLY[@]}\"; echo\n";

TEST(help_manual_and_completion_know_every_option_of_every_command)
{
    static char manual[sizeof text], part[sizeof text];
    put_file("complete", complete);
    gives("$E help --man", 0, "");
    memcpy(manual, text, sizeof manual);
    for (size_t k = 0; command_at(k); k++) {
        const char *name = command_at(k)->name;
        char line[600], heading[60], said[100];
        const char *dash = strchr(name, '-'); /* of which roff would make a hyphen */
        snprintf(heading, sizeof heading, ".SS %.*s%s%s", (int)strcspn(name, "-"), name,
                 dash ? "\\" : "", dash ? dash : "");
        section(part, sizeof part, manual, heading);
        snprintf(line, sizeof line, "$E %s --help; bash $D/complete %s --", name, name);
        snprintf(said, sizeof said, "usage: evident %s ", name);
        gives(line, 0, said);
        bool silent = !strstr(text, "\nExit status: "); /* of what prints what it knows */
        ck_assert_msg(!silent || !command_at(k)->operands[0] || strcmp(name, "help") == 0, "%s",
                      text);
        says("\nExamples:\n  ");
        for (const struct option *row = option_table; row->name; row++) {
            if (!option_is_of(row, name))
                continue;
            snprintf(said, sizeof said, "--%s%s%s", row->name, row->argument ? " " : "",
                     row->argument ? row->argument : "");
            ck_assert_msg(strstr(text, said) != NULL, "%s: help has no %s", name, said);
            snprintf(said, sizeof said, "<--%s>", row->name);
            ck_assert_msg(strstr(text, said) != NULL, "%s: completion has no %s", name, said);
            size_t used = (size_t)snprintf(said, sizeof said, "\\-\\-");
            for (const char *at = row->name; *at; at++)
                used += (size_t)snprintf(said + used, sizeof said - used, "%s%c",
                                         *at == '-' ? "\\" : "", *at);
            const char *where = strcmp(row->of, "*") == 0 ? manual : part;
            ck_assert_msg(strstr(where, said) != NULL, "%s: manual has no %s", name, said);
        }
    }
}

TEST(one_of_each_as_it_is_written_by_hand)
{
    gives("$E merge -h", 0, "");
    ck_assert_str_eq(
        text, "usage: evident merge STORE... [options]\n"
              "\n"
              "Bring stores together: the shards of a job array.\n"
              "\n"
              "Brings the runs of all STOREs into the store, which is made if it is missing,\n"
              "all or nothing; the outcome does not depend on their order. Runs of the same\n"
              "program, suite and options are one run: so the shards of a job array, each with\n"
              "a --store of its own, become the whole. A case that two stores tell differently\n"
              "is refused.\n"
              "\n"
              "Exit status: 0; 2 could not, and nothing was changed.\n"
              "\n"
              "Options:\n"
              "  --store FILE            the store (default: $EVIDENT_STORE, else\n"
              "                          evident.sqlite)\n"
              "  -h, --help              print this\n"
              "  --version               print the versions of the program and of what it\n"
              "                          stands on\n"
              "\n"
              "Examples:\n"
              "  evident merge shard-1.sqlite shard-2.sqlite --store runs.sqlite\n");
    gives("$E help --man | sed -n '/^.SS list/,/^.SS show/p' | grep -A2 tsv", 0, "");
    ck_assert_str_eq(text, ".B \\-\\-tsv\na table with tabs, for programs\n.TP\n");
    put_file("complete", complete);
    gives("C=\"bash $D/complete\"; $C ex; $C verify --co; $C verify --color al; $C help plo; $C "
          "run x",
          0,
          "<export-cases><explain><export-case><export>\n"
          "<--conventions><--compat><--count><--color>\n<"
          "always>\n<plot>\n<"
          ">\n");
    gives("$E merge --version | head -1; $E --version | head -1", 0, "");
    ck_assert_str_eq(text, "evident " VER_VERSION "\nevident " VER_VERSION "\n");
}

TEST(ten_wrong_words_are_one_clear_line_each)
{
    static const char *const wrong[][2] = {
        {"verfiy", ": verfiy: unknown command, did you mean verify? (see evident --help)"},
        {"verify --jbos 3", " verify: --jbos: unknown option, did you mean --jobs? (see evident "
                            "verify --help)"},
        {"verify -j0", " verify: --jobs: found '0', wanted a whole number from 1 to 4096"},
        {"verify -j", " verify: -j: wants a value (see evident verify --help)"},
        {"verify -z", " verify: -z: unknown option (see evident verify --help)"},
        {"verify --color=blue", " verify: --color: found 'blue', wanted auto, always or never"},
        {"verify --shard 3/2", " verify: --shard: found '3/2', wanted I/N with 1 <= I <= N"},
        {"run a --step 0 --engine clock-host",
         " run: --step: found '0', wanted a time in ms, above 0"},
        {"diff 1 2 --ratio inf", " diff: --ratio: found 'inf', wanted a number from 1 on"},
        {"export 1 --format=tvs",
         " export: --format: found 'tvs', wanted tsv, json, junit or markdown"},
    };
    char command[200], line[300];
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        snprintf(command, sizeof command, "$E %s", wrong[k][0]);
        snprintf(line, sizeof line, "evident%s\n", wrong[k][1]);
        int code = shell(command);
        ck_assert_msg(code == 2 && strcmp(text, line) == 0, "evident %s: exit %d, printed %s",
                      wrong[k][0], code, text);
    }
}

SUITE("options", .setup = make_folder, .teardown = drop_folder)
