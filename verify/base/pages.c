/* SPDX-License-Identifier: MIT */
/* pages.c: see pages.h. Linux has it in /proc (proc(5)); elsewhere nothing is known. */
#include "verify/base/pages.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_of(pid_t process, const char *name, const char *mode)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)process, name);
    return fopen(path, mode);
}

/* A line "KEY: NUMBER kB" of its status, in bytes. */
static size_t read_status(pid_t process, const char *key)
{
    FILE *file = open_of(process, "status", "r");
    char line[128];
    size_t bytes = 0, length = strlen(key);
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, length) == 0)
            bytes = (size_t)strtoull(line + length, NULL, 10) << 10;
    if (file)
        fclose(file);
    return bytes;
}

size_t resident_now(pid_t process)
{
    return read_status(process, "VmRSS:");
}

size_t resident_most(pid_t process)
{
    return read_status(process, "VmHWM:");
}

void resident_forget(pid_t process)
{
    FILE *file = open_of(process, "clear_refs", "w");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

/* Its name, in brackets, may hold anything. */
static long group_of(pid_t process)
{
    FILE *file = open_of(process, "stat", "r");
    char line[512] = "";
    long group = 0;
    if (!file)
        return 0;
    line[fread(line, 1, sizeof line - 1, file)] = '\0';
    fclose(file);
    const char *end = strrchr(line, ')');
    return end && sscanf(end + 1, " %*c %*d %ld", &group) == 1 ? group : 0;
}

/* The sum over a group of what is asked of each process. */
static size_t of_group(pid_t group, size_t (*ask)(pid_t process))
{
    DIR *folder = opendir("/proc");
    size_t bytes = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        pid_t process = (pid_t)strtol(entry->d_name, NULL, 10);
        if (isdigit((unsigned char)entry->d_name[0]) && group_of(process) == (long)group)
            bytes += ask(process);
    }
    if (folder)
        closedir(folder);
    return bytes;
}

static size_t forget(pid_t process)
{
    resident_forget(process);
    return 0;
}

size_t resident_most_of_group(pid_t group)
{
    return of_group(group, resident_most);
}

void resident_forget_group(pid_t group)
{
    of_group(group, forget);
}
