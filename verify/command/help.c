/* SPDX-License-Identifier: MIT */
/* help.c: help, manual page and completion, all from the tables of commands and options. */
#include "verify/command/command.h"
#include "verify/run/engines.h"

#include <string.h>

enum { WIDTH = 79, COLUMN = 26 }; /* of a line; where the words about an option begin */

static const char about_evident[] =
    "A referee for gradients of spiking neural networks: proven spikes, losses and exact "
    "gradients, checked against an independent simulator.";

/* ---- for people ---- */

/* Words from a column on, the first line's cursor being at `at`; then a newline. */
static void put_wrapped(FILE *out, const char *text, int column, int at)
{
    for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
        int length = (int)strcspn(word, " ");
        if (at > column && at + 1 + length > WIDTH) {
            fputc('\n', out);
            at = 0;
        }
        at += fprintf(out, "%*s%.*s", at < column ? column - at : at > column, "", length, word);
        word += length;
    }
    fputc('\n', out);
}

/* Each paragraph of a text that has a newline between them. */
static void for_paragraphs(FILE *out, const char *text,
                           void (*put)(FILE *out, const char *paragraph))
{
    char paragraph[2000];
    while (*text) {
        size_t length = strcspn(text, "\n");
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
        put(out, paragraph);
        text += length + (text[length] == '\n');
    }
}

static void put_paragraph(FILE *out, const char *paragraph)
{
    fputc('\n', out);
    put_wrapped(out, paragraph, 0, 0);
}

static void put_example(FILE *out, const char *line)
{
    fprintf(out, "  %s\n", line);
}

/* "-j, --jobs N" */
static void option_usage(char *text, size_t size, const struct option *row)
{
    char letter[8] = "";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(text, size, "%s--%s%s%s", letter, row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
}

/* The help, and the default where it is a value. */
static void option_help(char *text, size_t size, const struct option *row)
{
    snprintf(text, size, "%s%s%s%s", row->help, row->plain ? " (default " : "",
             row->plain ? row->plain : "", row->plain ? ")" : "");
}

static void put_option(FILE *out, const struct option *row)
{
    char usage[80], help[300];
    option_usage(usage, sizeof usage, row);
    option_help(help, sizeof help, row);
    int at = fprintf(out, "  %s", usage);
    if (at >= COLUMN - 1) {
        fputc('\n', out);
        at = 0;
    }
    put_wrapped(out, help, COLUMN, at);
}

void help_command(FILE *out, const struct command *command)
{
    char sentence[200];
    snprintf(sentence, sizeof sentence, "%c%s.", command->says[0] - 'a' + 'A', command->says + 1);
    fprintf(out, "usage: evident %s%s%s [options]\n", command->name,
            command->operands[0] ? " " : "", command->operands);
    put_paragraph(out, sentence);
    for_paragraphs(out, command->about, put_paragraph);
    fputs("\nOptions:\n", out);
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, command->name))
            put_option(out, row);
    fputs("\nExamples:\n", out);
    for_paragraphs(out, command->examples, put_example);
}

void help_overview(FILE *out)
{
    fputs("usage: evident COMMAND [arguments]\n\n", out);
    put_wrapped(out, about_evident, 0, 0);
    for (size_t k = 0; command_at(k); k++) {
        if (command_heading(k))
            fprintf(out, "\n%s\n", command_heading(k));
        put_wrapped(out, command_at(k)->says, 16, fprintf(out, "  %s", command_at(k)->name));
    }
    put_wrapped(out, "versions of the program and of what it stands on", 16,
                fprintf(out, "  --version"));
    fputs("\nTry: evident run closed-quadratic:1:0\n     evident verify smoke\n", out);
}

void help_version(FILE *out)
{
    fprintf(out, "evident %s\nMPFR %s, FLINT %s, Arb %s\n", VER_VERSION, mpfr_get_version(),
            FLINT_VERSION, arb_version);
}

/* ---- the manual page ---- */

/* What roff takes for its own is written so that it does not. */
static void put_roff(FILE *out, const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at == '-')
            fputs("\\-", out);
        else if (*at == '\\')
            fputs("\\e", out);
        else if ((*at == '.' || *at == '\'') && at == text)
            fprintf(out, "\\&%c", *at);
        else
            fputc(*at, out);
    fputc('\n', out);
}

static void put_roff_paragraph(FILE *out, const char *paragraph)
{
    fputs(".PP\n", out);
    put_roff(out, paragraph);
}

static void put_roff_option(FILE *out, const struct option *row)
{
    char usage[80], help[300];
    option_usage(usage, sizeof usage, row);
    option_help(help, sizeof help, row);
    fputs(".TP\n.B ", out);
    put_roff(out, usage);
    put_roff(out, help);
}

static void put_roff_command(FILE *out, const struct command *command)
{
    char usage[200];
    snprintf(usage, sizeof usage, "evident %s%s%s [options]", command->name,
             command->operands[0] ? " " : "", command->operands);
    fputs(".SS ", out);
    put_roff(out, command->name);
    fputs(".B ", out);
    put_roff(out, usage);
    put_roff_paragraph(out, command->says);
    for_paragraphs(out, command->about, put_roff_paragraph);
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, command->name) && strcmp(row->of, "*") != 0)
            put_roff_option(out, row);
    fputs(".PP\nExamples:\n.PP\n.nf\n", out);
    for_paragraphs(out, command->examples, put_roff);
    fputs(".fi\n", out);
}

void help_manual(FILE *out)
{
    fprintf(out,
            ".TH EVIDENT 1 \"\" \"evident %s\" \"User Commands\"\n"
            ".SH NAME\nevident \\- a referee for gradients of spiking neural networks\n"
            ".SH SYNOPSIS\n.B evident\n.I COMMAND\n[arguments]\n.SH DESCRIPTION\n",
            VER_VERSION);
    put_roff(out, about_evident);
    fputs(".SH OPTIONS\nOf every command:\n", out);
    for (const struct option *row = option_table; row->name; row++)
        if (strcmp(row->of, "*") == 0)
            put_roff_option(out, row);
    fputs(".SH COMMANDS\n", out);
    for (size_t k = 0; command_at(k); k++)
        put_roff_command(out, command_at(k));
    fputs(".SH EXIT STATUS\n"
          "0: all is well; 1: something is not; 2: could not run, after one line that says why.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n.B EVIDENT_STORE\nthe store, where \\-\\-store names none\n"
          ".TP\n.B NO_COLOR\nif it is set and not empty, no colors unless they are asked for\n"
          ".TP\n.B EVIDENT_COMMIT\nwhat a run remembers as the commit under test\n",
          out);
}

/* ---- completion ---- */

/* "verify:--color) words='auto always never' ;;" of an option with words to choose from. */
static void put_choices(FILE *out, const struct command *command, const struct option *row)
{
    bool engines = row->put == option_put_engines || row->take == option_take_engine_if_present;
    if (!engines && row->kind != OPTION_CHOICE)
        return;
    fprintf(out, "        %s:--%s) words='", command->name, row->name);
    if (engines)
        for (size_t k = 0; ver_engine_at(k); k++)
            fprintf(out, "%s%s", k > 0 ? " " : "", ver_engine_at(k)->name);
    else
        for (const char *at = row->argument; *at; at++)
            fputc(*at == '|' ? ' ' : *at, out);
    fputs("' ;;\n", out);
}

/* "run) words='--digits ... ' ;;" */
static void put_option_names(FILE *out, const struct command *command)
{
    fprintf(out, "        %s) words='", command->name);
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, command->name))
            fprintf(out, "--%s ", row->name);
    fputs("' ;;\n", out);
}

/* What begins with no '-' and has no words to choose from is left to the shell: names of files. */
void help_completion(FILE *out)
{
    fputs("# Completion of evident for bash, and for zsh after bashcompinit.\n"
          "_evident()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
          "    case $COMP_CWORD:${COMP_WORDS[1]}:$word in\n"
          "        2:help:-*) ;;\n"
          "        1:* | 2:help:*) words='",
          out);
    for (size_t k = 0; command_at(k); k++)
        fprintf(out, "%s ", command_at(k)->name);
    fputs("--help --version' ;;\n    esac\n"
          "    [ -n \"$words\" ] || case ${COMP_WORDS[1]}:$before in\n",
          out);
    for (size_t k = 0; command_at(k); k++)
        for (const struct option *row = option_table; row->name; row++)
            if (option_is_of(row, command_at(k)->name))
                put_choices(out, command_at(k), row);
    fputs("    esac\n    [[ -n $words || $word != -* ]] || case ${COMP_WORDS[1]} in\n", out);
    for (size_t k = 0; command_at(k); k++)
        put_option_names(out, command_at(k));
    fputs("    esac\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "}\n"
          "complete -o default -F _evident evident\n",
          out);
}
