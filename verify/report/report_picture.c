/* SPDX-License-Identifier: MIT */
/* report_picture.c: has gnuplot draw a picture and makes it fit for a page, light or dark.
 *
 * gnuplot runs without a shell, so no name of a directory can be taken for a command. Its file is
 * finished here: names inside it are made its own (a page holds several pictures), and
 * DIRECTORY/NAME.svg gets the style that the page has anyway. */
#include "verify/report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Waits for a process, at most so many seconds (0: for ever); then it is killed. */
static int wait_for(pid_t child, int *status, double seconds)
{
    static const struct timespec moment = {0, 10 * 1000 * 1000};
    double start = ver_now();
    for (;;) {
        pid_t ended = waitpid(child, status, seconds > 0 ? WNOHANG : 0);
        if (ended == child)
            return 0;
        if (ended < 0 && errno != EINTR)
            return -1;
        if (ended == 0 && ver_now() - start > seconds) {
            kill(child, SIGKILL);
            seconds = 0;
        } else if (ended == 0) {
            nanosleep(&moment, NULL);
        }
    }
}

int report_spawn(char *const argument[], const char *log, double seconds)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;
    errno = posix_spawn_file_actions_init(&actions);
    if (errno)
        return -1;
    errno = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!errno)
        errno =
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!errno)
        errno = posix_spawn_file_actions_adddup2(&actions, 1, 2);
    if (!errno)
        errno = posix_spawnp(&child, argument[0], &actions, NULL, argument, environ);
    int number = errno;
    posix_spawn_file_actions_destroy(&actions);
    errno = number;
    if (number)
        return -1;
    if (wait_for(child, &status, seconds) != 0)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The line of gnuplot's output that says what is wrong: not an echo, a caret or a warning. */
static void complain(const char *script, int status, const char *log, struct case_error *error)
{
    struct case_error ignored;
    char *text = report_read(log, &ignored);
    const char *found = "";
    for (char *at = text, *end; at && *at; at = end) {
        end = at + strcspn(at, "\n");
        if (*end)
            *end++ = '\0';
        if (strstr(at, " line ") && !strstr(at, "warning:"))
            found = at;
        else if (!*found && at[strspn(at, " ^\t")])
            found = at;
    }
    snprintf(error->text, sizeof error->text, "gnuplot %.200s: exit status %d: %.200s", script,
             status, found);
    free(text);
}

/* Copies SVG text with every name and reference to one preceded by NAME-. */
static void put_own_names(FILE *out, const char *text, const char *end, const char *name)
{
    static const char *const before[] = {" id=\"", " id='", "href=\"#", "href='#", "url(#"};
    while (text < end) {
        size_t length = 0;
        for (size_t k = 0; k < sizeof before / sizeof *before && !length; k++)
            if (strncmp(text, before[k], strlen(before[k])) == 0)
                length = strlen(before[k]);
        fwrite(text, 1, length ? length : 1, out);
        if (length)
            fprintf(out, "%s-", name);
        text += length ? length : 1;
    }
}

/* gnuplot's SVG without its prolog and title, with a style or, within a page, without. */
static int put_picture(FILE *out, const struct report_picture *picture, const char *drawn,
                       const char *style)
{
    const char *root = strstr(drawn, "<svg"), *end = strstr(drawn, "</svg>");
    const char *inside = root ? strchr(root, '>') : NULL, *body = strstr(drawn, "</desc>");
    if (!inside || !body || !end || body > end)
        return -1;
    fprintf(out, "<svg role=\"img\" aria-label=\"%s\"", picture->says);
    fwrite(root + 4, 1, (size_t)(inside + 1 - root - 4), out);
    if (style)
        fprintf(out, "\n<style>\n%s</style>", style);
    put_own_names(out, body + strlen("</desc>"), end, picture->name);
    fputs("</svg>\n", out);
    return 0;
}

static int finish(struct report_picture *picture, const char *path, const char *drawn,
                  const char *style, struct case_error *error)
{
    struct case_file file;
    size_t size;
    FILE *inlined = open_memstream(&picture->inlined, &size);
    int failed = !inlined || put_picture(inlined, picture, drawn, NULL) != 0;
    if (inlined && fclose(inlined) != 0)
        failed = 1;
    if (failed) {
        snprintf(error->text, sizeof error->text,
                 "%.300s: found no SVG picture from gnuplot, or memory is short", path);
        return -1;
    }
    if (case_file_open(&file, path, error) != 0)
        return -1;
    fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", file.stream);
    put_picture(file.stream, picture, drawn, style);
    return case_file_commit(&file, error);
}

/* The text without its style: the page has one. */
static void put_without_style(FILE *out, const char *text, const char *end, const char *name)
{
    const char *open = strstr(text, "<style>"), *close = strstr(text, "</style>");
    if (!open || !close || close > end)
        open = close = text;
    else
        close += strlen("</style>");
    put_own_names(out, text, open, name);
    put_own_names(out, close, end, name);
}

int report_inline(FILE *out, const char *directory, const char *name)
{
    char path[1240];
    struct case_error ignored;
    snprintf(path, sizeof path, "%s/%s.svg", directory, name);
    char *drawn = access(path, R_OK) == 0 ? report_read(path, &ignored) : NULL;
    const char *root = drawn ? strstr(drawn, "<svg") : NULL;
    const char *end = root ? strstr(root, "</svg>") : NULL;
    if (end) {
        put_without_style(out, root, end, name);
        fputs("</svg>\n", out);
    }
    free(drawn);
    return end ? 0 : -1;
}

int report_draw(struct report_picture *picture, const char *directory, const char *style,
                struct case_error *error)
{
    char in_tree[64], path[1200], raw[1240], log[1240];
    picture->inlined = NULL;
    snprintf(in_tree, sizeof in_tree, "./reports/%s.gp", picture->name);
    int length = snprintf(path, sizeof path, "%s/%s.svg", directory, picture->name);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error->text, sizeof error->text, "%.300s: path too long", directory);
        return -1;
    }
    snprintf(raw, sizeof raw, "%s.part", path);
    snprintf(log, sizeof log, "%s.log", path);
    char *script = case_shared_path(in_tree, in_tree + 2, error);
    if (!script)
        return -1;
    unlink(path);
    char *argument[] = {"gnuplot", "-c", script, (char *)directory, raw, NULL};
    int status = report_spawn(argument, log, 0), failed = -1;
    char *drawn = NULL;
    /* 127: how posix_spawn may say so, too. */
    if (status == 127 || (status == -1 && errno == ENOENT))
        snprintf(error->text, sizeof error->text,
                 "gnuplot: not found; apt-get install gnuplot-nox draws the report");
    else if (status == -1)
        snprintf(error->text, sizeof error->text, "gnuplot: %s", strerror(errno));
    else if (status != 0)
        complain(script, status, log, error);
    else if (access(raw, F_OK) != 0)
        failed = 0; /* the script found nothing to draw */
    else if ((drawn = report_read(raw, error)) != NULL)
        failed = finish(picture, path, drawn, style, error);
    free(drawn);
    free(script);
    unlink(raw);
    unlink(log);
    return failed;
}
