/* main.c: the program `evident`, a table of commands. */
#include "verify/command/command.h"
#include "verify/command/command_store.h"
#include "verify/base/guess.h"

#include <signal.h>
#include <string.h>

static const char usage[] =
    "usage: evident COMMAND [arguments]\n"
    "\n"
    "A referee for gradients of spiking neural networks: proven spikes, losses and exact "
    "gradients,\n"
    "checked against an independent simulator.\n"
    "\n"
    "  run        proven spikes, loss and gradients of one case, as JSON\n"
    "  verify     hold the reference against the witness over many cases\n"
    "  generate   write cases of a family as files\n"
    "  export-cases   write cases for a program that runs elsewhere\n"
    "  judge      judge the answers that it wrote\n"
    "  families   list the families of cases\n"
    "  check      say whether case files are well formed\n"
    "  shrink     make a failing case small, so that it fails in the same way\n"
    "  explain    where an engine goes wrong first, and what that looks like\n"
    "  plot       a case as a picture: spikes, voltages, adjoints\n"
    "  defects    the known defects of the published system, and which --defect N plants\n"
    "\n"
    "What runs leave in a store (evident verify --store FILE):\n"
    "  list       the runs\n"
    "  show       one run, or one case of it\n"
    "  diff       what moved between two runs; exit 1 if something got worse\n"
    "  report     its page: one file, verdict first, every failure with its picture\n"
    "  export     a run as a table, JSON, or JUnit XML for CI\n"
    "  merge      bring stores together: the shards of a job array\n"
    "  baseline   what was accepted once and can only tighten\n"
    "  store      the file itself: schema, check, delete a run\n"
    "\n"
    "  evident help COMMAND     what a command takes; so does evident COMMAND --help\n"
    "  evident --version        versions of the program and of what it stands on\n"
    "\n"
    "Try: evident run closed-quadratic:1:0\n"
    "     evident verify smoke\n";

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"run", command_run},           {"verify", command_verify},
    {"generate", command_generate}, {"families", command_families},
    {"check", command_check},       {"shrink", command_shrink},
    {"explain", command_explain},   {"plot", command_plot},
    {"list", command_list},         {"show", command_show},
    {"diff", command_diff},         {"report", command_report},
    {"export", command_export},     {"export-cases", command_export_cases},
    {"judge", command_judge},       {"merge", command_merge},
    {"baseline", command_baseline}, {"store", command_store},
    {"defects", command_defects},
};

static int print_version(void)
{
    printf("evident %s\nMPFR %s, FLINT %s, Arb %s\n", VER_VERSION, mpfr_get_version(),
           FLINT_VERSION, arb_version);
    return command_finish("", COMMAND_PASS);
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* argv[0] is the name of the command. */
static int run_command(int argc, char **argv)
{
    const char *word = argv[0] + strspn(argv[0], "-"); /* --verify: the command was meant */
    struct guess guess = {.word = word, .length = strlen(word)};
    guess_try(&guess, "help");
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++) {
        if (strcmp(argv[0], commands[k].name) == 0)
            return commands[k].run(argc, argv);
        guess_try(&guess, commands[k].name);
    }
    return command_refuse("", "%s: unknown command%s%s%s (see evident --help)", argv[0],
                          guess.name ? ", did you mean " : "", guess.name ? guess.name : "",
                          guess.name ? "?" : "");
}

static int dispatch(int argc, char **argv)
{
    char help[] = "--help";
    if (argc < 2) {
        fputs(usage, stderr);
        return COMMAND_COULD_NOT_RUN;
    }
    if (argc > 3 && is_help(argv[1]))
        return command_refuse("help", "%s: only one command at a time", argv[3]);
    if (argc == 3 && is_help(argv[1]) && !is_help(argv[2]))
        return run_command(2, (char *[]){argv[2], help, NULL});
    if (is_help(argv[1])) {
        fputs(usage, stdout);
        return command_finish("", COMMAND_PASS);
    }
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    return run_command(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails, and is told */
    int code = dispatch(argc, argv);
    flint_cleanup();
    mpfr_free_cache();
    return code;
}
