/* SPDX-License-Identifier: MIT */
/* t_install.c: make install puts a program that runs, a library, its headers and what they need;
 * make uninstall takes all of it away again, and nothing else. EVIDENT names the program. */
#include "tests/run_suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { ROOM = 1 << 16 };

static char directory[64];
static char text[ROOM];

/* Runs a command in a shell, $D being a fresh directory, $B that of the program; the exit code. */
static int call(const char *command)
{
    const char *program = getenv("EVIDENT");
    char line[1024];
    snprintf(line, sizeof line, "D=%s; B=$(dirname %s); { %s; } 2>&1", directory,
             program ? program : "EVIDENT-is-not-set", command);
    FILE *pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* -o all: what is built is installed as it is, whatever flags it was built with. */
#define MAKE                                                                                       \
    "env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -o all BUILD=$B DESTDIR=$D PREFIX=/opt/e "

static void does(const char *command)
{
    int code = call(command);
    ck_assert_msg(code == 0, "%s: exit %d, printed %s", command, code, text);
}

START_TEST(uninstall_leaves_what_was_there_before)
{
    snprintf(directory, sizeof directory, "/tmp/t_install-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    does("mkdir -p $D/opt/e/bin $D/opt/e/share/other && touch $D/opt/e/bin/b "
         "$D/opt/e/share/other/s");
    does(MAKE "install");
    does("$D/opt/e/bin/evident --version && cd $D/opt/e && ls lib/libevident.a "
         "lib/pkgconfig/evident.pc include/evident/ref/ref.h share/evident/suites/ci.suite "
         "share/evident/reports/page.html share/evident/case.schema.json "
         "share/man/man1/evident.1 share/bash-completion/completions/evident");
    /* Carried elsewhere, a program finds its files in the folder share beside it. */
    does("ln -s ../share/evident $D/opt/e/bin/share && cd / && $D/opt/e/bin/evident generate "
         "real-digits-small --seed 1 --count 1 --out $D/made && rm -r $D/made $D/opt/e/bin/share");
    does(MAKE "uninstall");
    does("cd $D && find . ! -type d | sort && find . -name '*evident*'");
    ck_assert_str_eq(text, "./opt/e/bin/b\n./opt/e/share/other/s\n");
    does("rm -r $D");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("install");
    TCase *tests = tcase_create("files");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, uninstall_leaves_what_was_there_before);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
