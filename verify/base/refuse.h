/* SPDX-License-Identifier: MIT */
/* refuse.h: one clear line on standard error, and the exit codes of the program. Private to
 * verify/. */
#ifndef EVIDENT_VERIFY_REFUSE_H
#define EVIDENT_VERIFY_REFUSE_H

enum command_exit { COMMAND_PASS = 0, COMMAND_FAIL = 1, COMMAND_COULD_NOT_RUN = 2 };

/* "evident COMMAND: ...". Returns COMMAND_COULD_NOT_RUN. */
int command_refuse(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
