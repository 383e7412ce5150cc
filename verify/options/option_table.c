/* SPDX-License-Identifier: MIT */
/* option_table.c: every option of every command. An option whose meaning, range or default differs
 * from command to command has a row for each. What is printed of a command line has the order of
 * the rows, that of the rows which stores keep for good: by their text runs are told apart. */
#include "verify/options/options.h"

#include <stddef.h>

enum {
    /* Below this many, V and I after six terms of rounding give too few digits to compare. */
    LEAST_DIGITS = 30,
    MOST_DIGITS = 1000000, /* beyond it the precision cap decides anyway */
    MOST_BITS = 1 << 24,
    MOST_DIRECTIONS = 1000,
    MOST_WORKERS = 4096,
    MOST_CANDIDATES = 64,
    MOST_SECONDS = 1000000,
    MOST_MEBIBYTES = 1 << 30,
    MOST_AROUND = 1000000
};

#define NOTHING NULL, 0, 0
#define OWN NULL, NULL
#define AT(member) offsetof(struct options, member)

#define SWITCH(name, letter, member, use, of, help)                                                \
    {                                                                                              \
        name, letter, NULL, OPTION_SWITCH, AT(member), NOTHING, use, of, help, OWN                 \
    }
#define TEXT(name, letter, argument, member, use, of, help)                                        \
    {                                                                                              \
        name, letter, argument, OPTION_TEXT, AT(member), NOTHING, use, of, help, OWN               \
    }
#define CHOICE(name, argument, member, plain, of, help)                                            \
    {                                                                                              \
        name, 0, argument, OPTION_CHOICE, AT(member), plain, 0, 0, 0, of, help, OWN                \
    }
#define NUMBER(name, letter, argument, kind, member, plain, least, most, use, of, help)            \
    {                                                                                              \
        name, letter, argument, kind, AT(member), plain, least, most, use, of, help, OWN           \
    }
#define OTHER(name, argument, take, put, use, of, help)                                            \
    {                                                                                              \
        name, 0, argument, OPTION_OTHER, 0, NOTHING, use, of, help, take, put                      \
    }

enum { SUITE = OPTION_IN_SUITE, AGAIN = OPTION_AGAIN | OPTION_RECORDED };
enum { KEPT = AGAIN | OPTION_EXPLICIT, ASKED = SUITE | AGAIN };

#define ONE_CASE "shrink explain plot"
#define ENGINES "run verify " ONE_CASE
#define TRAININGS "train evaluate export-case"
#define STORES "list show diff report export baseline store"

const struct option option_table[] = {
    /* how cases are judged */
    NUMBER("seed", 0, "S", OPTION_WHOLE, judge.seed, "0", 0, UINT64_MAX, KEPT, "verify shrink",
           "of the random directions and probes; added to every seed of a suite"),
    NUMBER("directions", 0, "N", OPTION_UNSIGNED, judge.directions, "4", 1, MOST_DIRECTIONS,
           SUITE | KEPT, "verify", "random directions a case"),
    NUMBER("digits", 0, "N", OPTION_LONG, judge.digits, "50", LEAST_DIGITS, MOST_DIGITS,
           SUITE | KEPT, "verify shrink", "decimal digits of the reference"),
    NUMBER("cap", 0, "BITS", OPTION_LONG, judge.precision_cap, "16384", 64, MOST_BITS, SUITE | KEPT,
           "verify run judge serve", "precision at which the reference gives up"),
    NUMBER("every", 0, "N", OPTION_WHOLE, judge.every, "1", 1, UINT64_MAX, SUITE | OPTION_RECORDED,
           "verify", "the costly checks (ladders of steps, invariances) on every N-th case only"),
    OTHER("engine", "NAME", option_take_engine, option_put_engines, AGAIN, "run",
          "what an engine says instead: clock-host, ..., rounded-reference or so:PATH"),
    OTHER(
        "engine", "NAME", option_take_engine, option_put_engines, ASKED, "verify " ONE_CASE,
        "judge clock-host, clock-cuda, clock-emulated, rounded-reference, exec:COMMAND or so:PATH"),
    OTHER("engine-if-present", "NAME", option_take_engine_if_present, NULL, ASKED, "verify",
          "likewise where it can run, else one line that it was left out"),
    OTHER("against", "NAME", option_take_engine, NULL, 0, "bench",
          "another engine, timed in turn with it; repeatable"),
    OTHER("conventions", "FILE", option_take_conventions, NULL, ASKED, "verify bench " ONE_CASE,
          "how the program before it counts, instead of asking COMMAND --conventions"),
    OTHER("engine-time-limit", "S", option_take_engine_limit, NULL, ASKED, "verify bench " ONE_CASE,
          "seconds for one answer of the program before it (default 60)"),
    OTHER("defect", "N", option_take_defect, option_put_defects, AGAIN, ENGINES,
          "plant published defect N in the engines (evident defects); repeatable"),
    SWITCH("compat", 0, judge.how.compat, ASKED, ENGINES,
           "the published scheme instead of the clean one, judged as such"),
    SWITCH("round-delays", 0, judge.how.round_delays, ASKED, ENGINES " bench",
           "round delays to whole steps instead of refusing the case"),
    NUMBER("step", 0, "MS", OPTION_TIME, judge.how.step, NULL, 0, 0, ASKED, ENGINES " bench",
           "step of the engines instead of the case's own"),
    SWITCH("no-witness", 0, judge.no_witness, ASKED, "verify shrink", "engines only, for speed"),
    TEXT("answers", 0, "PATH", answers, AGAIN, "judge",
         "a document a line, or a folder of them (default: DIR/answers, or DIR/answers.jsonl)"),
    TEXT("conventions", 0, "FILE", conventions, AGAIN, "judge",
         "exact times or a grid, sign, scale, mean or sum, ms or s, precision"),

    /* limits, which say whether a case is judged, not how */
    NUMBER("time-limit", 0, "S", OPTION_SECONDS, judge.seconds, "1800", 0, MOST_SECONDS, SUITE,
           "verify judge", "a case that takes longer is an error of that case; 0: none"),
    NUMBER("time-limit", 0, "S", OPTION_SECONDS, judge.seconds, "600", 0, MOST_SECONDS, 0, "run",
           "seconds after which to stop; 0: never"),
    NUMBER("time-limit", 0, "S", OPTION_SECONDS, judge.seconds, "600", 0, MOST_SECONDS, 0, "serve",
           "a line that takes longer is an error of that line; 0: none"),
    NUMBER("time-limit", 0, "S", OPTION_SECONDS, judge.seconds, "60", 1, MOST_SECONDS, 0, "shrink",
           "a candidate that takes longer does not end"),
    NUMBER("time-limit", 0, "S", OPTION_SECONDS, judge.seconds, "600", 0, MOST_SECONDS, 0, "bench",
           "a measurement that takes longer ends it; 0: none"),
    NUMBER("memory-limit", 0, "MIB", OPTION_MEBIBYTES, judge.bytes, "0", 0, MOST_MEBIBYTES, SUITE,
           "verify shrink serve", "of a case's process; 0: none; not with clock-cuda"),
    NUMBER("spike-limit", 0, "N", OPTION_WHOLE, spikes, "1000000", 0, UINT64_MAX, 0, "run serve",
           "spikes of one sample, inputs left out, at which to stop; 0: none"),
    NUMBER("seconds", 0, "S", OPTION_WHOLE, seconds, NULL, 1, MOST_SECONDS, 0, "shrink",
           "end the search after so long with what there is"),

    /* which cases */
    NUMBER("repeats", 0, "N", OPTION_WHOLE, rounds, "15", 6, 1000, 0, "bench",
           "rounds, in each of which every case is measured once; more where there are many cases"),
    NUMBER("threads", 0, "N", OPTION_UNSIGNED, threads, "1", 0, MOST_WORKERS, 0, "bench",
           "of engines that take so many; 0: as they see fit"),
    TEXT("like", 0, "CASE", like, 0, "verify",
         "cases with the network, loss and features of CASE, and other numbers"),
    NUMBER("count", 0, "N", OPTION_WHOLE, count, "100", 1, 1000000, 0, "verify",
           "how many cases like CASE"),
    CHOICE("vary", "all|weights", vary, "all", "verify",
           "of --like, what is drawn; weights: weights, input spikes and targets alone"),
    TEXT("loss", 0, "KIND,...", loss, 0, "verify generate",
         "of suites, or of the family: only cases with such a loss"),
    TEXT("sizes", 0, "LEAST-MOST", sizes, 0, "verify generate",
         "likewise, with so many neurons in every population"),
    TEXT("without", 0, "FEATURE,...", without, 0, "verify generate",
         "likewise, without delays, recurrent, skip, parallel, bias, reset, per_neuron, "
         "equal_taus"),
    TEXT("match", 'k', "PATTERN", pattern, 0, "verify bench",
         "only cases whose names hold PATTERN; *, ? and [...] as in a shell"),
    SWITCH("last-failed", 0, last_failed, 0, "verify",
           "only cases that did not pass in the newest run of the store"),
    SWITCH("fail-fast", 0, fail_fast, 0, "verify judge", "begin no case after the first failure"),
    OTHER("shard", "I/N", option_take_shard, option_put_shard, 0, "verify",
          "every N-th case only, from the I-th on: one job of an array of N"),
    NUMBER("jobs", 'j', "N", OPTION_WHOLE, jobs, NULL, 1, MOST_WORKERS, 0, "verify judge",
           "processes (default: one a core); the output does not depend on it"),
    NUMBER("jobs", 'j', "N", OPTION_WHOLE, jobs, NULL, 1, MOST_CANDIDATES, 0, "shrink",
           "candidates judged at once (default: one a core); changes nothing but time"),

    /* what is said, and where that goes */
    TEXT("store", 0, "FILE", store, 0, "verify judge", "record every finished case there"),
    TEXT("store", 0, "FILE", store, 0, "bench", "record every measurement there"),
    SWITCH("resume", 0, resume, 0, "verify",
           "go on with the newest run of the same program, engines, suite and options there"),
    TEXT("report", 'o', "DIR", report, 0, "verify judge",
         "write tables, pictures and the page DIR/index.html"),
    SWITCH("all-checks", 0, all_checks, 0, "verify judge report",
           "a row in its checks.tsv for every comparison that agrees, too"),
    OTHER("require-judged", "N", option_take_judged, option_put_judged, 0, "verify judge",
          "or P%: fail if fewer cases, or fewer in a hundred, passed or failed"),
    TEXT("summary", 0, "FILE", summary, 0, "verify",
         "append what a CI job should show, in Markdown; wants --store"),
    SWITCH("quiet", 'q', quiet, 0, "verify judge", "failures and the verdict line only"),
    SWITCH("quiet", 'q', quiet, 0, "shrink", "no line of progress"),
    SWITCH("quiet", 'q', quiet, 0, "bench", "no progress, no slowest cases"),
    SWITCH("quiet", 'q', quiet, 0, "diff", "the summary only"),
    CHOICE("color", "auto|always|never", color, "auto", "verify judge",
           "of verdicts; auto: on a terminal, unless NO_COLOR is set"),

    NUMBER("digits", 0, "N", OPTION_LONG, judge.digits, "40", 1, MOST_DIGITS, 0, "run serve",
           "decimal digits of every number"),
    SWITCH("adjoints", 0, adjoints, 0, "run serve",
           "also lambda_V and lambda_I just before and after every event"),
    SWITCH("no-gradients", 0, no_gradients, 0, "run serve", "spikes and loss only"),
    TEXT("along", 0, "DIRECTION", along, 0, "run validity",
         "a parameter (weights[0][0][0]), random:SEED or gradient (both of the weights)"),
    TEXT("at", 0, "H", at, 0, "run",
         "of a line (--along): a decimal number of any length, or a ball, '[1e-3 +/- 1e-9]'"),
    SWITCH("prove", 0, prove, 0, "validity", "march along the way in proven intervals"),
    NUMBER("within", 0, "H", OPTION_REAL, within, "10", 0, 0, 0, "validity", "look no further"),
    SWITCH("json", 0, json, 0, "validity", "a JSON document a line instead of a table"),
    NUMBER("seed", 0, "S", OPTION_WHOLE, judge.seed, "1", 0, UINT64_MAX, 0, "study",
           "of cases and directions"),
    SWITCH("quick", 0, quick, 0, "study", "a few cases, in seconds: the same claims"),
    TEXT("out", 'o', "DIR", out, 0, "study", "made if need be (default: studies)"),
    TEXT("out", 'o', "FILE", out, 0, "run export",
         "write to a file, whole or not at all, instead of standard output"),
    TEXT("out", 'o', "FILE", out, 0, "shrink",
         "write there (default: cases/regression/NAME.json in the source tree, else "
         "NAME-shrunk.json)"),
    TEXT("out", 'o', "FILE", out, 0, "plot", "write there (default: NAME.svg)"),
    TEXT("out", 'o', "DIR", out, 0, "report", "made if need be (default: report-RUN)"),
    TEXT("out", 'o', "DIR", out, 0, "generate", "made if need be"),
    TEXT("out", 'o', "FILE", out, 0, "encode", "an HDF5 file, whole or not at all"),

    NUMBER("around", 0, "N", OPTION_WHOLE, around, "3", 0, MOST_AROUND, 0, "explain",
           "steps, or spikes, to print before and after an event"),
    SWITCH("json", 0, json, 0, "explain", "one JSON document instead (evident-explanation-1)"),
    NUMBER("neurons", 0, "N", OPTION_WHOLE, neurons, "5", 1, PLOT_MOST, 0, "plot",
           "so many neurons with traces, and so many inputs"),
    NUMBER("sample", 0, "S", OPTION_WHOLE, sample, NULL, 0, UINT32_MAX, 0, "plot",
           "draw this sample (default: the one that fails first, else 0)"),

    NUMBER("seed", 0, "S", OPTION_WHOLE, judge.seed, NULL, 0, UINT64_MAX, 0, "generate",
           "of the cases"),
    NUMBER("seed", 0, "S", OPTION_WHOLE, judge.seed, "0", 0, UINT64_MAX, 0, "export-cases bench",
           "added to every seed of a suite"),
    NUMBER("count", 0, "N", OPTION_WHOLE, count, NULL, 1, UINT32_MAX, 0, "generate",
           "how many cases"),
    NUMBER("first", 0, "K", OPTION_WHOLE, first, "0", 0, UINT64_MAX, 0, "generate",
           "number of the first"),
    NUMBER("seed", 0, "S", OPTION_WHOLE, judge.seed, "0", 0, UINT64_MAX, 0, "encode",
           "of the random numbers, with the name of the recording"),
    NUMBER("label", 0, "N", OPTION_WHOLE, label, NULL, 0, UINT16_MAX, 0, "encode",
           "of all recordings (default: what their names say)"),
    NUMBER("channels", 0, "N", OPTION_WHOLE, channels, "700", 1, UINT16_MAX, 0, "encode",
           "along the membrane, 0 where it hears high frequencies"),
    SWITCH("ladder", 0, ladder, 0, "export-cases",
           "also at halves of the step, NAME@1, NAME@2, ...: for a program with a fixed step"),

    /* training */
    CHOICE(
        "engine", "clock-host|clock-cuda|clock-emulated", trainer, "clock-host", TRAININGS,
        "the engine that trains: on the host, on an NVIDIA device, or (slow) its kernels' text on "
        "the host; changes nothing but time"),
    OTHER("set", "NAME=VALUE", option_take_setting, option_put_settings, 0, TRAININGS,
          "a setting of the training, over the configuration; repeatable"),
    SWITCH("settings", 0, list_settings, 0, "train", "list all settings with their defaults"),
    SWITCH("resume", 0, resume, 0, "train", "go on from the checkpoint in DIR, if there is one"),
    NUMBER("jobs", 'j', "N", OPTION_WHOLE, jobs, NULL, 1, MOST_WORKERS, 0, TRAININGS,
           "threads (default: one a core); changes nothing but time"),
    TEXT("out", 'o', "FILE", out, 0, "export-case", "write there"),
    NUMBER("first", 0, "K", OPTION_WHOLE, first, "0", 0, UINT64_MAX, 0, "export-case",
           "number of the first sample"),
    NUMBER("count", 0, "N", OPTION_WHOLE, count, "1", 1, UINT32_MAX, 0, "export-case",
           "how many samples, a batch at most"),
    TEXT("out", 'o', "DIR", out, 0, "train", "made if need be (default: training-NAME)"),
    TEXT("store", 0, "FILE", store, 0, "train",
         "record every epoch and the result there, beside other trainings (evident list)"),
    SWITCH("quiet", 'q', quiet, 0, "train", "the last lines only"),

    /* what runs leave in a store */
    SWITCH("tsv", 0, tsv, 0, "list", "a table with tabs, for programs"),
    SWITCH("all", 0, all, 0, "show baseline", "every line, not only the first 40"),
    SWITCH("all", 0, all, 0, "diff", "every line, not only the first 20 about a thing"),
    NUMBER("ratio", 0, "F", OPTION_REAL, ratio, "2", 1, 0, 0, "diff",
           "a ratio is worse if it grew by more than F times, to above 1/F"),
    NUMBER("digits", 0, "D", OPTION_REAL, digits, "1", 0, 0, 0, "diff",
           "digits are worse if there are fewer by D or more"),
    NUMBER("time", 0, "F", OPTION_REAL, time, NULL, 1, 0, 0, "diff",
           "a time is worse if it grew by more than F times (default: it never is; of a bench: by "
           "more than its noise)"),
    NUMBER("time", 0, "F", OPTION_REAL, time, NULL, 1, 0, 0, "baseline",
           "of a bench: slower by at most F times is no worse"),
    SWITCH("bits", 0, bits, 0, "diff", "every moved bit is worse"),
    SWITCH("bits", 0, bits, 0, "bench", "fail if the numbers of an engine of --against are others"),
    CHOICE("format", "tsv|json|junit|markdown", format, "tsv", "export",
           "junit: the XML that CI systems read; markdown: the summary of a job"),
    CHOICE("table", "cases|comparisons|engines|ladders|times", table, NULL, "export",
           "of tsv (default comparisons); of a bench cases or times, which is every measurement"),
    SWITCH("times", 0, times, 0, "export", "json, junit: with times and host"),
    TEXT("check", 0, "FILE", check, 0, "baseline",
         "fail on what is worse than FILE says, on a case that is gone, and on a new one that does "
         "not pass"),
    TEXT("write", 0, "FILE", write, 0, "baseline",
         "write what the run gives; over a file that is there only if nothing gets looser or is "
         "gone"),
    TEXT("allow-looser", 0, "REASON", reason, 0, "baseline",
         "write nevertheless, and keep the reason in the file"),
    SWITCH("schema", 0, schema, 0, "store", "print the tables of a store, with comments, as SQL"),
    SWITCH("check", 0, check_store, 0, "store",
           "look for damage: pages, references, totals, and the digest of every case"),
    TEXT("drop", 0, "RUN", drop, 0, "store", "delete a run"),
    SWITCH("compact", 0, compact, 0, "store", "give back the room of deleted runs"),
    TEXT("store", 0, "FILE", store, 0, STORES " merge",
         "the store (default: $EVIDENT_STORE, else evident.sqlite)"),

    SWITCH("man", 0, man, 0, "help", "print the manual page, in roff"),
    SWITCH("completion", 0, completion, 0, "help", "print completion for bash"),
    {"help", 'h', NULL, OPTION_HELP, 0, NOTHING, 0, "*", "print this", OWN},
    {"version", 0, NULL, OPTION_VERSION, 0, NOTHING, 0, "*",
     "print the versions of the program and of what it stands on", OWN},
    {NULL, 0, NULL, OPTION_SWITCH, 0, NOTHING, 0, NULL, NULL, OWN},
};
