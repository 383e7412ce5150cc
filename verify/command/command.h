/* command.h: the commands of the program, a row each, and what they share. Private to verify/. */
#ifndef EVIDENT_VERIFY_COMMAND_H
#define EVIDENT_VERIFY_COMMAND_H

#include "verify/command/options.h"

enum command_exit { COMMAND_PASS = 0, COMMAND_FAIL = 1, COMMAND_COULD_NOT_RUN = 2 };

/* Each stands in the file of the command. Texts are wrapped where they are printed. */
struct command {
    const char *name;
    const char *operands; /* "RUN [CASE]", "CASE..."; what begins with "--" is no operand */
    const char *wants;    /* the operand that must be there: "a case" */
    const char *says;     /* one sentence */
    const char *about;    /* paragraphs, a newline between */
    const char *examples; /* command lines, a newline after each */
    enum options_status (*read)(struct options *options, int argc, char **argv); /* NULL: usual */
    int (*run)(struct options *options);                                         /* an exit code */
};

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

/* One clear line on stderr. Returns COMMAND_COULD_NOT_RUN. */
int command_refuse(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a name that is no command's, with the one that may have been meant. */
int command_refuse_unknown(const char *command, const char *name);

/* Whether all of standard output was taken. Returns code, or COMMAND_COULD_NOT_RUN after a line. */
int command_finish(const char *command, int code);

/* A whole number in [least, most]. false after a line that says what was wanted. */
bool command_number(const char *command, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *number);

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
