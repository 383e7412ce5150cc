/* SPDX-License-Identifier: MIT */
/* command_judge.c: `evident export-cases` and `evident judge`: programs that cannot be run here. */
#include "verify/exec/answers.h"
#include "verify/command/folder.h"
#include "verify/exec/program.h"
#include "verify/command/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- export-cases ---- */

static int export_cases(struct options *options)
{
    static const char *const plain[] = {"smoke"};
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    const char *folder = options->operand[0];
    const char *const *from = options->operands > 1 ? options->operand + 1 : plain;
    size_t count = options->operands > 1 ? options->operands - 1 : 1, written = 0;
    int failed = ver_directory_make(folder, &error);
    for (size_t k = 0; k < count && !failed; k++)
        failed = ver_sources_add(&sources, from[k], options->judge.seed, &error);
    if (!failed)
        failed = folder_write(folder, &sources, options->ladder, &written, &error);
    ver_sources_clear(&sources);
    if (failed)
        return command_refuse("export-cases", "%s", error.text);
    printf("%zu cases written to %s, listed in %s/index.tsv\n", written, folder, folder);
    return COMMAND_PASS;
}

const struct command command_export_cases = {
    .name = "export-cases",
    .operands = "DIR [CASE|SUITE]...",
    .wants = "a folder",
    .says = "write cases for a program that runs elsewhere",
    .about =
        "Writes cases as files, NAME.json, and DIR/index.tsv with a line a case, for programs that "
        "cannot be run here. Without a case or suite: the suite smoke. DIR is made if need be.\n"
        "Let the program answer each case with one document in format evident-result-1, with the "
        "name of the case in \"case\": one a line in one file, or one a file, NAME.json. Then: "
        "evident judge DIR --answers FILE|DIR.\n"
        "Exit status: 0 all written; 2 could not run.",
    .examples = "evident export-cases cases smoke --ladder\n",
    .run = export_cases,
};

/* ---- judge ---- */

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

static int judge_folder(struct options *options, const char *path)
{
    char name[300];
    struct case_error error;
    struct ver_sources sources = {NULL, 0, 0};
    struct answers *answers = answers_load(path, &error);
    struct program *program = NULL;
    snprintf(name, sizeof name, "%s%.200s", PROGRAM_ANSWERS, path);
    int failed = !answers || check_answers(answers, options->operand[0], &error) != 0 ||
                 folder_read(&sources, options->operand[0], options->operand + 1,
                             options->operands - 1, false, &error) != 0;
    if (!failed && !(program = program_new(name, answers))) {
        snprintf(error.text, sizeof error.text, "memory is short");
        failed = -1;
    }
    if (!failed) {
        program->conventions = options->conventions;
        failed = program_ask_conventions(program, &error);
    }
    int code;
    if (failed) {
        code = command_refuse("judge", "%s", error.text);
    } else {
        options->judge.engine[options->judge.engines++] = &program->engine;
        options->judge.no_witness = true;
        code = verify_run(options, &sources);
    }
    ver_sources_clear(&sources);
    answers_free(answers);
    return code;
}

static int judge(struct options *options)
{
    char path[1200];
    const char *folder = options->operand[0];
    snprintf(path, sizeof path, "%.1100s/answers", folder);
    if (access(path, F_OK) != 0)
        snprintf(path, sizeof path, "%.1100s/answers.jsonl", folder);
    return judge_folder(options, options->answers ? options->answers : path);
}

const struct command command_judge = {
    .name = "judge",
    .operands = "DIR [CASE]...",
    .wants = "a folder",
    .says = "judge the answers that it wrote",
    .about = "Judges answers that a program wrote elsewhere to the cases in DIR (evident "
             "export-cases), as evident verify --engine exec:COMMAND does. CASE is a name in "
             "DIR/index.tsv; without: all.\n"
             "A case without an answer is not-run, and counted; an answer to no case of DIR is "
             "refused.\n"
             "Exit status: 0 all pass; 1 any fail, undecided or error, or fewer judged than "
             "--require-judged; 2 could not run, or an answer is missing.",
    .examples = "evident judge cases --answers answers.jsonl --report page\n",
    .run = judge,
};
