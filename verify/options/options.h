/* SPDX-License-Identifier: MIT */
/* options.h: the one table of options. A row says what an option is called, what it takes, what is
 * good, where that goes, which commands take it and what it is for. By it the command line and the
 * options of suites are read and checked, a command is printed so that it can be given again, a
 * store keeps how a run was judged, and help, manual page and completion are made. Private to
 * verify/. */
#ifndef EVIDENT_VERIFY_OPTIONS_H
#define EVIDENT_VERIFY_OPTIONS_H

#include "verify/base/refuse.h"
#include "verify/verify.h"

struct command;
struct options;

enum { SETTINGS_MOST = 64 };
enum { PLOT_MOST = 10 }; /* neurons that are drawn with traces: more would not be told apart */

/* ---- the table ---- */

enum option_kind {                   /* and the type of its member of struct options */
                   OPTION_SWITCH,    /* bool; takes no value */
                   OPTION_TEXT,      /* const char * */
                   OPTION_CHOICE,    /* const char *: one of its argument's words, with | between */
                   OPTION_WHOLE,     /* uint64_t */
                   OPTION_LONG,      /* long */
                   OPTION_UNSIGNED,  /* unsigned */
                   OPTION_SECONDS,   /* double; a whole number of them is given */
                   OPTION_MEBIBYTES, /* size_t; bytes */
                   OPTION_REAL,      /* double, from least on */
                   OPTION_TIME,      /* double; ms, above 0 */
                   OPTION_OTHER,     /* the row's own functions know */
                   OPTION_HELP,      /* prints help, reads no further */
                   OPTION_VERSION
};

enum option_use {
    OPTION_IN_SUITE = 1, /* may stand in a suite: how its cases are judged */
    OPTION_AGAIN = 2, /* changes what is said of a case: part of the command that shows it again */
    OPTION_RECORDED = 4, /* changes what is said of a run: a store keeps it */
    OPTION_EXPLICIT = 8  /* a store keeps it even where it is the default */
};

struct option {
    const char *name; /* "digits" of --digits; NULL ends the table */
    char letter;      /* 'j' of -j, or 0 */
    const char *argument;
    enum option_kind kind;
    size_t place;      /* offset in struct options */
    const char *plain; /* the default as it would be given; NULL: not given is a state of its own */
    uint64_t least, most;
    unsigned use;
    const char *of; /* names of commands with blanks between; "*": all */
    const char *help;
    bool (*take)(struct options *options,
                 const char *value);                       /* OPTION_OTHER; false: a line said it */
    void (*put)(FILE *out, const struct options *options); /* NULL: another row puts it */
};

extern const struct option option_table[];

bool option_is_of(const struct option *row, const char *command);

/* ---- what was asked for ---- */

enum { OPTIONS_MOST = 128 }; /* rows */

struct options {
    const struct command *command;
    const char *where; /* for refusals: the command, or whose options these are */
    char place[240];   /* room for the latter */
    const char **operand;
    size_t operands;
    char **expanded; /* [operands] or NULL: operands that were made of ranges */
    size_t expansions;
    bool given[OPTIONS_MOST]; /* by the rows of the table */

    struct ver_options judge;
    char *suite_options;  /* that suites want, cut into words */
    bool replace_engines; /* the next engine takes the place of those of a suite */
    const char *present;  /* an engine that was wanted if present, and is */
    const char *absent;   /* or is not */
    const char *why;      /* or is, and cannot be had with --memory-limit; NULL: it cannot run */
    struct {
        const char *conventions;
        double seconds;
    } early; /* given before any program: of the first one that comes */

    const char *setting[SETTINGS_MOST]; /* NAME=VALUE, in their order */
    size_t settings;
    const char *along, *answers, *at, *check, *color, *conventions, *drop, *format, *like, *loss,
        *out, *pattern, *reason, *report, *sizes, *store, *summary, *table, *trainer, *vary,
        *without, *write;
    uint64_t around, channels, count, first, jobs, judged, label, neurons, sample, seconds, shard,
        rounds, shards, spikes;
    double digits, ratio, time, within;
    unsigned threads;
    bool prove, quick;
    bool list_settings, adjoints, all, all_checks, bits, check_store, compact, completion,
        fail_fast, json, ladder, last_failed, man, no_gradients, percent, quiet, resume, schema,
        times, tsv;
};

/* ---- reading: options_read.c ---- */

enum options_status { OPTIONS_GOOD, OPTIONS_BAD /* a line said why */, OPTIONS_HELPED };
enum options_part { OPTIONS_OPERANDS, OPTIONS_VALUES };

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

/* The defaults of a command. */
void options_start(struct options *options, const struct command *command);
void options_clear(struct options *options);

/* Of words after the first: operands are collected, values taken, each in a pass of its own. */
enum options_status options_words(struct options *options, int argc, char **argv,
                                  enum options_part part);

/* Both, and whether there are as many operands as the command wants. */
enum options_status options_read(struct options *options, int argc, char **argv);

bool options_given(const struct options *options, const char *name);

/* ---- one value: option_value.c ---- */

bool option_take(const struct option *row, struct options *options, const char *value);

/* With a blank before it; nothing where it is not given, or the default unless explicitly. */
void option_put(FILE *out, const struct option *row, const struct options *options,
                bool explicitly);

bool option_take_shard(struct options *options, const char *value);
void option_put_shard(FILE *out, const struct options *options);
bool option_take_setting(struct options *options, const char *value);
void option_put_settings(FILE *out, const struct options *options);
bool option_take_judged(struct options *options, const char *value);
void option_put_judged(FILE *out, const struct options *options);

/* ---- printing: options_put.c ---- */

/* What differs from the defaults, quoted for a shell, a blank before each; use 0: of all rows of
 * the command, else of those with that use. */
void options_put(FILE *out, const struct options *options, unsigned use);
void options_put_judge(FILE *out, const struct ver_options *judge, unsigned use);

/* Of options that a store has kept, what `evident COMMAND` must be given to show a case of the run
 * again, a blank before each; those of engines left out on wish. To be freed; NULL if memory is
 * short. */
char *options_again(const char *recorded, const char *command, bool engines);

/* ---- suite_options.c ---- */

/* Cuts at blanks outside '...', in place; quotes go, a backslash keeps what follows. How many
 * words, at most so many. */
int options_cut_words(char *text, char **word, int most);

/* The options that the suites among these names want, as one text to be freed, NULL without any,
 * and the first suite that has them.
 * 0, or -1 and error: a suite cannot be read, or two suites want different ones. */
int options_of_suites(char **text, const char **suite, const char *const *names, size_t count,
                      struct case_error *error);

/* ---- engines: engine_arguments.c ---- */

/* Each false after a line that says what was wanted. Conventions and limit are of the program that
 * was named last; before any, of the first one that comes. */
bool option_take_engine(struct options *options, const char *name);
bool option_take_engine_if_present(struct options *options, const char *name);
bool option_take_conventions(struct options *options, const char *path);
bool option_take_engine_limit(struct options *options, const char *text);
bool option_take_defect(struct options *options, const char *text);
void option_put_engines(FILE *out, const struct options *options);
void option_put_defects(FILE *out, const struct options *options);

/* After the last option, before the first case: whether the options about engines go together; asks
 * programs for their conventions. false after a line. */
bool options_engines_fit(struct options *options);

/* Of those engines, the first on a device; NULL: none. */
const struct engine *options_device(const struct ver_options *options);

/* A whole number in [least, most]. false after a line that says what was wanted. */
bool command_number(const char *command, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *number);

#endif
