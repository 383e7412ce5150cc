/* command.h: what the commands of the program share. Private to verify/. */
#ifndef EVIDENT_VERIFY_COMMAND_H
#define EVIDENT_VERIFY_COMMAND_H

#include "verify/verify.h"

enum command_exit { COMMAND_PASS = 0, COMMAND_FAIL = 1, COMMAND_COULD_NOT_RUN = 2 };

/* Each takes the arguments after its own name as argv[1] and on, and returns an exit code. */
int command_run(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_families(int argc, char **argv);
int command_check(int argc, char **argv);
int command_shrink(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_plot(int argc, char **argv);
int command_export_cases(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_defects(int argc, char **argv);

/* ---- options ---- */

struct command_option {
    const char *name; /* "digits" of --digits */
    bool takes_value;
};

struct command_line {
    const char *command, *usage;
    const struct command_option *option; /* ends with a NULL name */
    int argc;
    char **argv;
    int next;
    bool only_operands; /* after "--" */
};

enum { COMMAND_OPERAND = -1, COMMAND_END = -2, COMMAND_BAD = -3, COMMAND_HELPED = -4 };

/* The next argument: the number of an option (its value, or NULL, in *value), COMMAND_OPERAND with
 * the operand in *value, or one of the others; BAD has said why, HELPED has printed the usage. */
int command_next(struct command_line *line, const char **value);

/* One clear line on stderr. Returns COMMAND_COULD_NOT_RUN. */
int command_refuse(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A whole number in [least, most]. false after a line that says what was wanted. */
bool command_number(const char *command, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *number);

/* "50" or "90%", of --require-judged. false after a line that says what was wanted. */
bool command_take_judged(const char *command, const char *text, uint64_t *judged, bool *percent);

/* Whether all of standard output was taken. Returns code, or COMMAND_COULD_NOT_RUN after a line. */
int command_finish(const char *command, int code);

/* Largest --digits: beyond it the precision cap decides anyway. */
enum { COMMAND_MOST_DIGITS = 1000000, COMMAND_MOST_BITS = 1 << 24 };

/* ---- command_engine.c: what run and verify have in common about engines ---- */

/* Each false after a line that says what was wanted. */
bool command_take_engine(const char *command, const char *name, struct ver_options *options);
bool command_take_defect(const char *command, const char *text, struct ver_clock_options *clock);
bool command_take_engine_if_present(const char *command, const char *name,
                                    struct ver_options *options, bool *present);
bool command_take_step(const char *command, const char *text, double *step);

/* Of the program that was named last; before any, of the first one that comes. */
void command_take_conventions(const char *path, const struct ver_options *options);
bool command_take_limit(const char *command, const char *text, const struct ver_options *options);

/* Of all programs, after the last option, before the first case. false after a line, too, if one of
 * those two came without any program. */
bool command_ask_conventions(const char *command, const struct ver_options *options);
/* false after a line: a limit of memory and an engine on a device exclude each other. */
bool command_limit_fits(const char *command, const struct ver_options *options);
/* Of those engines, the first; NULL: none. */
const struct engine *command_device_engine(const struct ver_options *options);

void command_print_engine_totals(const struct ver_totals *totals);

/* Whether an engine asked for could not run at all, or a median order is wrong. */
bool command_engine_absent(const struct ver_totals *totals);
bool command_ladder_wrong(const struct ver_totals *totals);

/* ---- suite_options.c ---- */

/* Cuts at blanks outside '...', in place; quotes go, a backslash keeps what follows. How many
 * words, at most so many. */
int command_cut_words(char *text, char **word, int most);

/* The options that the suites among these names want, as one text to be freed, NULL without any,
 * and the first suite that has them.
 * 0, or -1 and error: a suite cannot be read, or two suites want different ones. */
int command_suite_options(char **text, const char **suite, const char *const *names, size_t count,
                          struct case_error *error);

/* ---- progress.c ---- */

struct progress {
    const char *command;
    bool wanted, on_screen, terminal;
    double started, drawn; /* seconds of the monotonic clock */
    double end;            /* ms, of the case that runs */
};

void progress_start(struct progress *progress, const char *command, bool wanted);

/* A line, if it is time for one, with the seconds so far behind it. Cheap, to be called often. */
__attribute__((format(printf, 2, 3))) void progress_say(struct progress *progress,
                                                        const char *format, ...);
void progress_show(struct progress *progress, size_t done, size_t all, size_t failed);

/* Of one simulation: progress_run is for ref_options.progress, with the progress as its context. */
void progress_start_run(struct progress *progress, double end);
void progress_run(void *context, const struct ref_progress *here);

void progress_hide(struct progress *progress);

#endif
