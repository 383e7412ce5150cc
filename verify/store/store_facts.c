/* SPDX-License-Identifier: MIT */
/* store_facts.c: what a run is: of which program, suite and options; and its fingerprint. */
#include "verify/options/options.h"
#include "verify/exec/program.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Set by who builds, if at all: -DEVIDENT_FLAGS='"-O2 -g"'. */
#ifndef EVIDENT_FLAGS
#define EVIDENT_FLAGS ""
#endif

/* Adds to a text, as far as there is room. */
static void add(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

/* ---- the program ---- */

/* The program by its bytes: two builds are never taken for one. Empty where the system does not
 * show the file. */
static void digest_program(char text[HASH_TEXT])
{
    static unsigned char block[1 << 16];
    size_t got, all = 0;
    FILE *file = fopen("/proc/self/exe", "r");
    if (!file)
        return;
    struct hash *hash = hash_new();
    while ((got = fread(block, 1, sizeof block, file)) > 0) {
        hash_add(hash, block, got);
        all += got;
    }
    hash_end(hash, text);
    if (ferror(file) || all == 0)
        text[0] = '\0';
    fclose(file);
}

static void describe_program(struct store_facts *facts)
{
    digest_program(facts->program);
    snprintf(facts->version, sizeof facts->version, "%s", VER_VERSION);
    snprintf(facts->flags, sizeof facts->flags, "%s", EVIDENT_FLAGS);
    snprintf(facts->compiler, sizeof facts->compiler, "%s", __VERSION__);
    snprintf(facts->libraries, sizeof facts->libraries, "MPFR %s, FLINT %s, Arb %s, Jansson %s",
             mpfr_get_version(), FLINT_VERSION, arb_version, JANSSON_VERSION);
}

/* CI systems say what they build; so can a user. */
static void describe_commit(struct store_facts *facts)
{
    static const char *const names[] = {"EVIDENT_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA"};
    for (size_t k = 0; k < sizeof names / sizeof *names && !facts->commit[0]; k++) {
        const char *commit = getenv(names[k]);
        snprintf(facts->commit, sizeof facts->commit, "%s", commit ? commit : "");
    }
    size_t length = strlen(facts->commit);
    facts->dirty = length > 0 && facts->commit[length - 1] == '+';
    if (facts->dirty)
        facts->commit[length - 1] = '\0';
}

/* Where Linux names it. */
static void describe_processor(struct store_facts *facts)
{
    static const char key[] = "model name";
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && !facts->processor[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, key, strlen(key)) == 0)
            snprintf(facts->processor, sizeof facts->processor, "%.*s",
                     (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file)
        fclose(file);
}

static void describe_host(struct store_facts *facts)
{
    time_t now = time(NULL);
    struct tm utc;
    if (gethostname(facts->host, sizeof facts->host) != 0)
        facts->host[0] = '\0';
    facts->host[sizeof facts->host - 1] = '\0';
    facts->host_cores = sysconf(_SC_NPROCESSORS_ONLN);
    describe_processor(facts);
    if (gmtime_r(&now, &utc))
        strftime(facts->started, sizeof facts->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* ---- suite and options ---- */

/* A case of a family is known by its address, since the program is; a file by what is in it. */
static void describe_suite(struct store_facts *facts, const char *const *names, size_t count,
                           const struct ver_sources *sources)
{
    struct hash *hash = hash_new();
    for (size_t k = 0; k < count; k++) {
        add(facts->suite, sizeof facts->suite, k > 0 ? " " : "");
        add(facts->suite, sizeof facts->suite, names[k]);
    }
    for (size_t k = 0; k < sources->count; k++) {
        const struct ver_source *source = &sources->at[k];
        hash_add_text(hash, source->name);
        if (!source->family && source->made) {
            char digest[HASH_TEXT];
            hash_case(digest, source->made->problem);
            hash_add_text(hash, digest);
        }
    }
    hash_end(hash, facts->suite_digest);
    facts->cases = facts->planned = sources->count;
}

/* Limits of time and memory are left out: they decide whether a case is judged, not how. */
static int describe_options(struct store_facts *facts, const struct ver_options *options)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return -1;
    options_put_judge(out, options, OPTION_RECORDED);
    int failed = fclose(out);
    if (!failed)
        snprintf(facts->options, sizeof facts->options, "%s", text + strspn(text, " "));
    free(text);
    struct hash *hash = hash_new();
    bool programs = false;
    for (size_t e = 0; e < options->engines; e++) {
        add(facts->engines, sizeof facts->engines, e > 0 ? " " : "");
        add(facts->engines, sizeof facts->engines, options->engine[e]->name);
        char who[400];
        program_who(who, sizeof who, options->engine[e]);
        add(facts->who, sizeof facts->who, e > 0 ? "\n" : "");
        add(facts->who, sizeof facts->who, who);
        programs |= engine_digest(hash, options->engine[e]);
    }
    hash_end(hash, facts->programs);
    if (!programs)
        facts->programs[0] = '\0';
    return failed ? -1 : 0;
}

int store_facts(struct store_facts *facts, const char *const *names, size_t count,
                const struct ver_sources *sources, const struct ver_options *options)
{
    *facts = (struct store_facts){.shard = 0};
    describe_program(facts);
    describe_commit(facts);
    describe_host(facts);
    describe_suite(facts, names, count, sources);
    return describe_options(facts, options);
}

void store_fingerprint(char text[HASH_TEXT], const struct store_facts *facts)
{
    const char *const parts[] = {
        facts->version, facts->program,  facts->commit,       facts->dirty ? "+" : "",
        facts->flags,   facts->compiler, facts->device,       facts->libraries,
        facts->options, facts->engines,  facts->suite_digest, facts->programs,
    };
    char cases[32];
    struct hash *hash = hash_new();
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        hash_add_text(hash, parts[k]);
    snprintf(cases, sizeof cases, "%zu", facts->cases);
    hash_add_text(hash, cases);
    hash_end(hash, text);
}
