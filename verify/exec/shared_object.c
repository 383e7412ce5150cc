/* SPDX-License-Identifier: MIT */
/* shared_object.c: see shared_object.h. */
#include "verify/exec/shared_object.h"

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_TO_LOAD = 60 };

struct shared_object {
    struct shared_object *next;
    struct engine engine; /* as it says of itself, by the name that was asked for; self: theirs */
};

static struct shared_object *opened;

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options);

const struct engine *shared_object_named(const char *name)
{
    const struct shared_object *object = opened;
    while (object && strcmp(object->engine.name, name) != 0)
        object = object->next;
    return object ? &object->engine : NULL;
}

const char *shared_object_path(const struct engine *engine)
{
    return engine->run == run ? engine->name + strlen(SHARED_OBJECT_PREFIX) : NULL;
}

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    const struct engine *theirs = engine->self;
    if (result_make(result, c, true, true) != 0)
        return result_end(result, RESULT_SHORT, "memory is short");
    enum result_status status = theirs->run(theirs, result, c, options);
    if (status < RESULT_OK || status > RESULT_FAULT)
        return result_end(result, RESULT_FAULT, "it returned an unknown status");
    /* A spike that could not be added is missing, whatever it says. */
    if (status == RESULT_OK && (result->status == RESULT_FAULT || result->status == RESULT_SHORT))
        return result->status;
    result->reason[sizeof result->reason - 1] = '\0';
    for (char *at = result->reason; *at; at++) /* one line, whatever is in it */
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    if (status != RESULT_OK && !result->reason[0])
        result_end(result, status, "it says no reason");
    if (!result->has_spikes)
        result_drop_spikes(result);
    return status;
}

/* ISO C has no way from a pointer to an object to one to a function; POSIX has this one. */
static const struct engine *ask_for_engine(void *handle)
{
    const struct engine *(*get)(unsigned);
    *(void **)&get = dlsym(handle, "evident_engine");
    return get ? get(ENGINE_ABI) : NULL;
}

static const struct engine *refuse(struct case_error *error, const char *name, const char *found)
{
    snprintf(error->text, sizeof error->text,
             "%.200s: found %.200s, wanted a shared object with evident_engine (cases/engine.h)",
             name, found);
    return NULL;
}

/* Loads it in a process of its own first: one that ends, crashes or hangs while it is loaded must
 * not end the judge, least of all with the status of a run in which all passed. */
static bool can_be_loaded(const char *path)
{
    int ends[2], status;
    char byte;
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (handle)
            ask_for_engine(handle);
        _exit(write(ends[1], "", 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    struct pollfd wait = {.fd = ends[0], .events = POLLIN};
    bool lives =
        child > 0 && poll(&wait, 1, SECONDS_TO_LOAD * 1000) > 0 && read(ends[0], &byte, 1) == 1;
    close(ends[0]);
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    return lives;
}

const struct engine *shared_object_open(const char *name, struct case_error *error)
{
    char path[4096];
    const char *given = name + strlen(SHARED_OBJECT_PREFIX);
    /* Without a slash the loader would look elsewhere. */
    int length = snprintf(path, sizeof path, "%s%s", strchr(given, '/') ? "" : "./", given);
    if (!*given || length >= (int)sizeof path || strpbrk(given, "\n\r\t"))
        return refuse(error, "so:", "no path in one line");
    if (!can_be_loaded(path))
        return refuse(error, name, "one that ends, crashes or hangs while it is loaded");
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return refuse(error, name, dlerror());
    const struct engine *theirs = ask_for_engine(handle);
    if (!theirs)
        return refuse(error, name,
                      dlsym(handle, "evident_engine")
                          ? "an engine that does not know this interface"
                          : "none in it");
    if (theirs->abi != ENGINE_ABI || !theirs->name || !theirs->run)
        return refuse(error, name, "an engine without name or run, or of another interface");
    struct shared_object *object = calloc(1, sizeof *object);
    char *own = object ? strdup(name) : NULL;
    if (!own) {
        free(object);
        snprintf(error->text, sizeof error->text, "memory is short");
        return NULL;
    }
    *object = (struct shared_object){.next = opened, .engine = *theirs};
    object->engine.name = own;
    object->engine.run = run;
    object->engine.self = theirs;
    object->engine.scheme = false; /* it has no raster, slopes and traces to be held against */
    opened = object;
    return &object->engine;
}
