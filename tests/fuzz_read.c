/* SPDX-License-Identifier: MIT */
/* fuzz_read.c: a libFuzzer target. Whatever bytes come in, the reader refuses them in one line, or
 * reads a case that passes the checker and whose canonical text is a fixed point: reading it and
 * writing it again gives the same bytes. */
#include "cases/cases.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void stop(const char *what, const char *text)
{
    fprintf(stderr, "%s: %s\n", what, text);
    abort();
}

static void require_one_line(const struct case_error *error)
{
    size_t length = strnlen(error->text, sizeof error->text);
    if (length == 0 || length == sizeof error->text)
        stop("a refusal without text or without end", "");
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)error->text[i] < 0x20)
            stop("a refusal with a control character", error->text);
    if (!strstr(error->text, "found ") || !strstr(error->text, ", wanted "))
        stop("a refusal that does not say found and wanted", error->text);
}

static void require_numbered(const struct case_problem *c)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    char name[512];
    for (size_t i = 0; i < parameters && i < 64; i++) {
        case_parameter_name(name, sizeof name, c, block, blocks, i);
        /* a population may be called anything, so only the beginning tells */
        if (strncmp(name, "parameter ", strlen("parameter ")) == 0)
            stop("a parameter without a block", name);
    }
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct case_error error = {""};
    struct case_problem *c = case_read_text((const char *)data, size, "fuzz", "/nowhere", &error);
    if (!c) {
        require_one_line(&error);
        return 0;
    }
    if (case_check(c, &error))
        stop("read, but refused by the checker", error.text);
    require_numbered(c);
    char *once = case_text(c);
    case_free(c);
    if (!once)
        stop("no text", "");
    c = case_read_text(once, strlen(once), "again", NULL, &error);
    if (!c)
        stop("the canonical text is refused", error.text);
    char *twice = case_text(c);
    if (!twice || strcmp(once, twice) != 0)
        stop("the canonical text is no fixed point", once);
    case_free(c);
    free(once);
    free(twice);
    return 0;
}
