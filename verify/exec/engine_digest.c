/* SPDX-License-Identifier: MIT */
/* engine_digest.c: what an engine from elsewhere is, as far as its judge can see: another digest,
 * another program, and nothing that was judged before is taken for it. */
#include "verify/base/hash.h"
#include "verify/exec/program.h"
#include "verify/exec/shared_object.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_PATH = 4096 };

/* Nothing where there is no such file: a word of a command is mostly no file. */
static void digest_file(struct hash *hash, const char *path)
{
    unsigned char block[4096];
    struct stat status;
    size_t got;
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "r") : NULL;
    if (!file)
        return;
    hash_add_text(hash, path);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        hash_add(hash, block, got);
    fclose(file);
}

/* The first file of that name on PATH. */
static void digest_command(struct hash *hash, const char *word)
{
    const char *path = getenv("PATH");
    for (size_t length; path && *path; path += length + (path[length] == ':')) {
        char whole[MOST_PATH];
        struct stat status;
        length = strcspn(path, ":");
        int size = snprintf(whole, sizeof whole, "%.*s/%s", (int)length, path, word);
        if (size < MOST_PATH && stat(whole, &status) == 0 && S_ISREG(status.st_mode)) {
            digest_file(hash, whole);
            return;
        }
    }
}

bool engine_digest(struct hash *hash, const struct engine *engine)
{
    static const char between[] = " \t\n'\"`$;&|<>()=";
    const struct program *program = program_of(engine);
    if (shared_object_path(engine))
        digest_file(hash, shared_object_path(engine));
    if (!program)
        return shared_object_path(engine) != NULL;
    const struct convention *c = &program->convention;
    const unsigned char say[] = {c->known,   c->grid,   c->surrogate, c->sum,
                                 c->seconds, c->single, c->sign > 0,  c->unread};
    hash_add(hash, say, sizeof say);
    for (int kind = 0; kind < CASE_LOSS_KINDS; kind++)
        hash_add_text(hash, c->scale[kind]);
    for (const char *at = program->command; at && *at;) {
        char word[PROGRAM_MOST_COMMAND + 1];
        size_t length = strcspn(at += strspn(at, between), between);
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        at += length;
        digest_file(hash, word);
        if (*word && !strchr(word, '/'))
            digest_command(hash, word);
    }
    return true;
}
