/* SPDX-License-Identifier: MIT */
/* t_install.c: make install puts a program that runs, a library, its headers and what they need;
 * make uninstall takes all of it away again, and nothing else. */
#include "tests/run_suite.h"
#include "tests/shell.h"

/* -o all: what is built is installed as it is, whatever flags it was built with. */
#define MAKE                                                                                       \
    "env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -o all BUILD=${E%/*} DESTDIR=$D "             \
    "PREFIX=/opt/e "

TEST(uninstall_leaves_what_was_there_before)
{
    gives("mkdir -p $D/opt/e/bin $D/opt/e/share/other && touch $D/opt/e/bin/b "
          "$D/opt/e/share/other/s",
          0, "");
    gives(MAKE "install", 0, "");
    gives("$D/opt/e/bin/evident --version && cd $D/opt/e && ls lib/libevident.a "
          "lib/pkgconfig/evident.pc include/evident/ref/ref.h share/evident/suites/ci.suite "
          "share/evident/reports/page.html share/evident/case.schema.json "
          "share/man/man1/evident.1 share/bash-completion/completions/evident",
          0, "");
    /* Carried elsewhere, a program finds its files in the folder share beside it. */
    gives("ln -s ../share/evident $D/opt/e/bin/share && cd / && $D/opt/e/bin/evident generate "
          "real-digits-small --seed 1 --count 1 --out $D/made && rm -r $D/made $D/opt/e/bin/share",
          0, "");
    gives(MAKE "uninstall", 0, "");
    gives("cd $D && find . ! -type d | sort && find . -name '*evident*'", 0, "");
    ck_assert_str_eq(text, "./opt/e/bin/b\n./opt/e/share/other/s\n");
}

SUITE("install", .setup = make_folder, .teardown = drop_folder)
