/* SPDX-License-Identifier: MIT */
/* pages.h: how much memory processes hold, as the system counts it: pages that are there, of
 * libraries, too. Private to verify/. */
#ifndef EVIDENT_VERIFY_PAGES_H
#define EVIDENT_VERIFY_PAGES_H

#include <stddef.h>
#include <sys/types.h>

/* The system counts in batches, and a program that is started again lies in other pages. */
#define RESIDENT_UNCERTAIN ((double)(1 << 20))

/* Bytes that a process holds now. 0: the system does not say. */
size_t resident_now(pid_t process);

/* The most that it held since resident_forget, or ever; of a group all its processes. */
size_t resident_most(pid_t process);
size_t resident_most_of_group(pid_t group);

void resident_forget(pid_t process);
void resident_forget_group(pid_t group);

#endif
