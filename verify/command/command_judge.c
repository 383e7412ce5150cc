/* command_judge.c: `evident export-cases` and `evident judge`: programs that cannot be run here. */
#include "verify/exec/answers.h"
#include "verify/run/folder.h"
#include "verify/exec/program.h"
#include "verify/command/wish.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char export_usage[] =
    "usage: evident export-cases DIR [CASE|SUITE]... [--ladder]\n"
    "\n"
    "Writes cases as files, NAME.json, and DIR/index.tsv with a line a case, for programs that\n"
    "cannot be run here. Without a case or suite: the suite smoke. DIR is made if need be.\n"
    "\n"
    "  --seed S         added to every seed of a suite (default 0)\n"
    "  --ladder         also at halves of the step, NAME@1, NAME@2, ...: what a program with a\n"
    "                   fixed step is judged by\n"
    "\n"
    "Let the program answer each case with one document in format evident-result-1, with the name\n"
    "of the case in \"case\": one a line in one file, or one a file, NAME.json. Then:\n"
    "evident judge DIR --answers FILE|DIR.\n"
    "\n"
    "Exit code: 0 all written; 2 could not run.\n";

static const char judge_usage[] =
    "usage: evident judge DIR [CASE]... [options]\n"
    "\n"
    "Judges answers that a program wrote elsewhere to the cases in DIR (evident export-cases), as\n"
    "evident verify --engine 'exec:COMMAND' does. CASE is a name in DIR/index.tsv; without: all.\n"
    "\n"
    "  --answers PATH   a file with a document a line, or a folder with a document a file,\n"
    "                   NAME.json (default: DIR/answers, or DIR/answers.jsonl)\n"
    "  --conventions FILE   exact times or a grid, sign, scale, mean or sum, ms or s, precision\n"
    "  --cap BITS       precision at which the reference gives up (default 16384)\n"
    "  --jobs N         processes (default: one a core); the output does not depend on it\n"
    "  --time-limit S   a case that takes longer is an error of that case (default 1800)\n"
    "  --report DIR     write tables, pictures and DIR/index.html\n"
    "  --all-checks     a row in its checks.tsv for every comparison, that agrees, too\n"
    "  --store FILE     record every finished case there\n"
    "  --require-judged N    or P%: fail if fewer cases, or fewer in a hundred, passed or failed\n"
    "  --quiet          failures and the verdict line only\n"
    "\n"
    "A case without an answer is not-run, and counted; an answer to no case of DIR is refused.\n"
    "Exit code: 0 all pass; 1 any fail, undecided or error, or fewer judged than\n"
    "--require-judged; 2 could not run, or an answer is missing.\n";

/* ---- export-cases ---- */

static const struct command_option export_options[] = {
    {"ladder", false}, {"seed", true}, {NULL, false}};
enum { EXPORT_LADDER, EXPORT_SEED };

static int export_named(const char *const *name, size_t names, uint64_t seed, bool ladder)
{
    static const char *const plain[] = {"smoke"};
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    const char *const *from = names > 1 ? name + 1 : plain;
    size_t count = names > 1 ? names - 1 : 1, written = 0;
    int failed = ver_directory_make(name[0], &error);
    for (size_t k = 0; k < count && !failed; k++)
        failed = ver_sources_add(&sources, from[k], seed, &error);
    if (!failed)
        failed = folder_write(name[0], &sources, ladder, &written, &error);
    ver_sources_clear(&sources);
    if (failed)
        return command_refuse("export-cases", "%s", error.text);
    printf("%zu cases written to %s, listed in %s/index.tsv\n", written, name[0], name[0]);
    return command_finish("export-cases", COMMAND_PASS);
}

int command_export_cases(int argc, char **argv)
{
    struct command_line line = {"export-cases", export_usage, export_options, argc, argv, 1, false};
    const char **name = calloc((size_t)argc + 1, sizeof *name), *value;
    size_t names = 0;
    uint64_t seed = 0;
    bool ladder = false;
    int got, code = COMMAND_PASS;
    if (!name)
        return command_refuse("export-cases", "memory is short");
    while (code == COMMAND_PASS && (got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED) {
            free(name);
            return command_finish("export-cases", COMMAND_PASS);
        }
        if (got == COMMAND_OPERAND)
            name[names++] = value;
        ladder = ladder || got == EXPORT_LADDER;
        if (got == COMMAND_BAD ||
            (got == EXPORT_SEED &&
             !command_number("export-cases", "seed", value, 0, UINT64_MAX, &seed)))
            code = COMMAND_COULD_NOT_RUN;
    }
    if (code == COMMAND_PASS && names == 0)
        code = command_refuse("export-cases", "wants a folder (see evident export-cases --help)");
    else if (code == COMMAND_PASS)
        code = export_named(name, names, seed, ladder);
    free(name);
    return code;
}

/* ---- judge ---- */

static const struct command_option judge_options[] = {
    {"answers", true},        {"conventions", true}, {"cap", true},   {"jobs", true},
    {"time-limit", true},     {"report", true},      {"store", true}, {"quiet", false},
    {"require-judged", true}, {"all-checks", false}, {NULL, false}};
enum {
    JUDGE_ANSWERS,
    JUDGE_CONVENTIONS,
    JUDGE_CAP,
    JUDGE_JOBS,
    JUDGE_TIME_LIMIT,
    JUDGE_REPORT,
    JUDGE_STORE,
    JUDGE_QUIET,
    JUDGE_REQUIRE_JUDGED,
    JUDGE_ALL_CHECKS
};

enum { MOST_WORKERS = 4096, MOST_SECONDS = 1000000 };

static bool take_option(struct wish *wish, int option, const char *value)
{
    uint64_t n = 0;
    bool good = true;
    switch (option) {
    case JUDGE_ANSWERS:
        wish->answers = value;
        return true;
    case JUDGE_CONVENTIONS:
        wish->conventions = value;
        return true;
    case JUDGE_CAP:
        good = command_number("judge", "cap", value, 64, COMMAND_MOST_BITS, &n);
        wish->judge.precision_cap = (long)n;
        return good;
    case JUDGE_JOBS:
        good = command_number("judge", "jobs", value, 1, MOST_WORKERS, &n);
        wish->workers = (int)n;
        return good;
    case JUDGE_TIME_LIMIT:
        good = command_number("judge", "time-limit", value, 0, MOST_SECONDS, &n);
        wish->judge.seconds = (double)n;
        return good;
    case JUDGE_REPORT:
        wish->report = value;
        return true;
    case JUDGE_STORE:
        wish->store = value;
        return true;
    case JUDGE_REQUIRE_JUDGED:
        return command_take_judged("judge", value, &wish->judged, &wish->percent);
    case JUDGE_ALL_CHECKS:
        wish->all_checks = true;
        return true;
    default:
        wish->quiet = true;
        return true;
    }
}

static int read_wish(struct wish *wish, int argc, char **argv)
{
    struct command_line line = {"judge", judge_usage, judge_options, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (got == COMMAND_OPERAND && !wish->folder)
            wish->folder = value;
        else if (got == COMMAND_OPERAND)
            wish->name[wish->names++] = value;
        else if (!take_option(wish, got, value))
            return COMMAND_BAD;
    }
    if (wish->folder)
        return COMMAND_END;
    command_refuse("judge", "wants a folder (see evident judge --help)");
    return COMMAND_BAD;
}

/* Every answer must be to a case that is there: a name misspelt is no missing answer. */
static int check_answers(const struct answers *answers, const char *folder,
                         struct case_error *error)
{
    struct ver_sources all = {NULL, 0, 0};
    int failed = folder_read(&all, folder, NULL, 0, true, error);
    const char **name = calloc(all.count + 1, sizeof *name), *stray;
    for (size_t k = 0; name && k < all.count; k++)
        name[k] = all.at[k].name;
    if (!failed && name && (stray = answers_stray(answers, name, all.count))) {
        snprintf(error->text, sizeof error->text, "an answer to %.200s, which is no case of %.200s",
                 stray, folder);
        failed = -1;
    }
    free(name);
    ver_sources_clear(&all);
    return failed;
}

static int judge_folder(struct wish *wish, const char *path)
{
    char name[300];
    struct case_error error;
    struct ver_sources sources = {NULL, 0, 0};
    struct answers *answers = answers_load(path, &error);
    struct program *program = NULL;
    snprintf(name, sizeof name, "%s%.200s", PROGRAM_ANSWERS, path);
    int failed = !answers || check_answers(answers, wish->folder, &error) != 0 ||
                 folder_read(&sources, wish->folder, wish->name, wish->names, false, &error) != 0;
    if (!failed && !(program = program_new(name, answers))) {
        snprintf(error.text, sizeof error.text, "memory is short");
        failed = -1;
    }
    if (!failed) {
        program->conventions = wish->conventions;
        failed = program_ask_conventions(program, &error);
    }
    int code;
    if (failed) {
        code = command_refuse("judge", "%s", error.text);
    } else {
        wish->judge.engine[wish->judge.engines++] = &program->engine;
        wish->judge.no_witness = true;
        code = verify_run(wish, &sources);
    }
    ver_sources_clear(&sources);
    answers_free(answers);
    return code;
}

/* Where answers are unless someone says so. */
static int judge_default(struct wish *wish)
{
    char path[1200];
    if (wish->answers)
        return judge_folder(wish, wish->answers);
    snprintf(path, sizeof path, "%.1100s/answers", wish->folder);
    if (access(path, F_OK) != 0)
        snprintf(path, sizeof path, "%.1100s/answers.jsonl", wish->folder);
    return judge_folder(wish, path);
}

int command_judge(int argc, char **argv)
{
    struct wish wish = {.command = "judge", .judge = VER_OPTIONS_DEFAULT, .shard = 1, .shards = 1};
    wish.judge.seconds = 1800; /* the largest case takes a minute */
    wish.name = calloc((size_t)argc + 1, sizeof *wish.name);
    if (!wish.name)
        return command_refuse("judge", "memory is short");
    int got = read_wish(&wish, argc, argv), code = COMMAND_COULD_NOT_RUN;
    if (got == COMMAND_HELPED)
        code = command_finish("judge", COMMAND_PASS);
    else if (got == COMMAND_END)
        code = judge_default(&wish);
    free(wish.name);
    return code;
}
