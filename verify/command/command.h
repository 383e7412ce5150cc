/* SPDX-License-Identifier: MIT */
/* command.h: the commands of the program, a row each, and what they share. Private to verify/. */
#ifndef EVIDENT_VERIFY_COMMAND_H
#define EVIDENT_VERIFY_COMMAND_H

#include "verify/base/progress.h"
#include "verify/options/options.h"

/* command_table.c: in the order of the help. NULL after the last, or of no such name. */
const struct command *command_at(size_t k);
const struct command *command_find(const char *name);
/* The heading above a command in the help; NULL: none. */
const char *command_heading(size_t k);

/* ---- help.c ---- */

void help_overview(FILE *out);
void help_command(FILE *out, const struct command *command);
void help_version(FILE *out);
void help_manual(FILE *out);     /* roff */
void help_completion(FILE *out); /* for bash */

/* ---- command.c ---- */

/* How many operands it takes, as they are named. */
void command_operands(const struct command *command, size_t *least, size_t *most);

/* The same of a name that is no command's, with the one that may have been meant. */
int command_refuse_unknown(const char *command, const char *name);

/* Whether all of standard output was taken. Returns code, or COMMAND_COULD_NOT_RUN after a line. */
int command_finish(const char *command, int code);

/* ---- command_run.c ---- */

/* How the reference is asked by these options, from now on. */
struct ref_options run_reference_options(const struct options *options);

/* ---- result_engine.c ---- */

/* Runs an engine on a case and writes what it says as an evident-result-1 document: numbers that
 * read back to the same bits, nothing that it does not provide. 0, or -1 and error. */
int ver_engine_write(FILE *out, const struct case_problem *c, const struct engine *engine,
                     const struct ver_engine_options *options, bool gradients,
                     struct case_error *error);

/* ---- case_arguments.c: of the commands that look at one case ---- */

/* Reads as usual; what stands before the last operand are cases that other programs are asked about
 * first. options->judge.befores of them; then the case. */
enum options_status case_arguments_read(struct options *options, int argc, char **argv);
const char *case_argument(const struct options *options);

/* ---- verify_arguments.c ---- */

/* With the options of suites between the defaults and those of the command line. */
enum options_status verify_arguments_read(struct options *options, int argc, char **argv);

/* Adds the cases that are wanted; everything that can be wrong with them is said before the first
 * is judged. 0, or the exit code after a line. */
int verify_sources_find(const struct options *options, struct ver_sources *sources);

/* ---- command_verify.c ---- */

/* Judges all sources, records, reports and tells as the options say. Returns an exit code. */
int verify_run(const struct options *options, struct ver_sources *sources);

#endif
