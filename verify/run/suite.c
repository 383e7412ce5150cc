/* SPDX-License-Identifier: MIT */
/* suite.c: what is to be judged. Case files, addresses FAMILY:SEED:K and suites, turned into a list
 * of sources; whatever is wrong with one of them is said before anything runs.
 *
 * A suite is a text file: a line "FAMILY SEED COUNT" stands for cases 0 .. COUNT-1 of a family,
 * "file PATH" for a case file, "folder PATH" for all of a folder, NAME.json, in the order of their
 * names, "--OPTION ..." for how it is to be judged (suite_options.c). PATH starts where the suite
 * is, or, if there is no such thing, where the program's own cases are: cases/regression. '#'
 * starts a comment. */
#include "verify/verify.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

static int refuse(struct case_error *error, const char *name, const char *what)
{
    snprintf(error->text, sizeof error->text, "%.200s: %.290s", name, what);
    return -1;
}

static bool has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

/* ---- the list ---- */

/* Takes over name and made. */
static int append(struct ver_sources *sources, struct ver_source source, struct case_error *error)
{
    if (sources->count == sources->room) {
        size_t room = sources->room > 0 ? 2 * sources->room : 64;
        struct ver_source *grown = realloc(sources->at, room * sizeof *grown);
        if (grown) {
            sources->at = grown;
            sources->room = room;
        }
    }
    if (!source.name || sources->count == sources->room) {
        if (source.made)
            case_made_clear(source.made);
        free(source.made);
        free(source.name);
        return refuse(error, "sources", "memory is short");
    }
    source.position = sources->count;
    sources->at[sources->count++] = source;
    return 0;
}

void ver_source_clear(struct ver_source *source)
{
    if (source->made)
        case_made_clear(source->made);
    free(source->made);
    free(source->name);
}

void ver_sources_shard(struct ver_sources *sources, uint64_t shard, uint64_t shards)
{
    size_t kept = 0;
    for (size_t k = 0; k < sources->count; k++)
        if (k % shards == shard - 1)
            sources->at[kept++] = sources->at[k];
        else
            ver_source_clear(&sources->at[k]);
    sources->count = kept;
}

void ver_sources_keep(struct ver_sources *sources, ver_source_test *keep, const void *context)
{
    size_t kept = 0;
    for (size_t k = 0; k < sources->count; k++)
        if (keep(&sources->at[k], context)) {
            sources->at[kept] = sources->at[k];
            sources->at[kept].position = kept;
            kept++;
        } else {
            ver_source_clear(&sources->at[k]);
        }
    sources->count = kept;
}

void ver_sources_clear(struct ver_sources *sources)
{
    for (size_t k = 0; k < sources->count; k++)
        ver_source_clear(&sources->at[k]);
    free(sources->at);
    *sources = (struct ver_sources){NULL, 0, 0};
}

/* A file or an address: loaded now and kept, so that a bad one is refused before anything runs. */
static int add_case(struct ver_sources *sources, const char *name, struct case_error *error)
{
    struct case_made *made = malloc(sizeof *made);
    if (!made)
        return refuse(error, name, "memory is short");
    if (ver_load(made, name, error) != 0) {
        free(made);
        return -1;
    }
    struct ver_source source = {.name = copy_text(name), .made = made};
    if (ver_is_address(name) && !case_is_like(name)) {
        char family[64] = "";
        size_t length = strcspn(name, ":");
        if (length < sizeof family)
            memcpy(family, name, length);
        source.family = case_family_find(family);
    }
    return append(sources, source, error);
}

/* ---- suites ---- */

static bool whole_number(const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9')
        return false;
    uintmax_t number = strtoumax(text, &end, 10);
    *value = number;
    return *end == '\0' && errno == 0;
}

static int add_family(struct ver_sources *sources, const struct case_family *family, uint64_t seed,
                      uint64_t count, struct case_error *error)
{
    for (uint64_t k = 0; k < count; k++) {
        char address[128];
        snprintf(address, sizeof address, "%s:%" PRIu64 ":%" PRIu64, family->name, seed, k);
        struct ver_source source = {
            .name = copy_text(address), .family = family, .seed = seed, .number = k};
        if (append(sources, source, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- several of a family, or like a case ---- */

const char *ver_source_family(const struct ver_source *source)
{
    return source->family ? source->family->name : case_is_like(source->name) ? "like" : "file";
}

int ver_source_make(struct case_made *made, const struct ver_source *source,
                    struct case_error *error)
{
    return source->family
               ? case_family_make(made, source->family, source->seed, source->number, error)
               : case_make(made, source->name, error);
}

/* The first is made now, so that a bad text is refused before anything runs, and what a run is
 * known by holds what is in a file. */
static int add_range(struct ver_sources *sources, const char *text, const struct case_range *range,
                     struct case_error *error)
{
    size_t size = range->head + 24;
    char *name = malloc(size);
    uint64_t k = range->first;
    if (!name)
        return refuse(error, text, "memory is short");
    snprintf(name, size, "%.*s%" PRIu64, (int)range->head, text, k);
    int failed = add_case(sources, name, error);
    const struct case_family *family = failed ? NULL : sources->at[sources->count - 1].family;
    if (family && family->limit > 0 && range->last >= family->limit)
        failed = refuse(error, text, "the last number is beyond the cases of the family");
    for (; !failed && k < range->last; k++) {
        snprintf(name, size, "%.*s%" PRIu64, (int)range->head, text, k + 1);
        struct ver_source source = {.name = copy_text(name), .family = family, .number = k + 1};
        if (family)
            source.seed = strtoull(text + strcspn(text, ":") + 1, NULL, 10);
        failed = append(sources, source, error);
    }
    free(name);
    return failed;
}

/* ---- files of a suite ---- */

/* Where PATH of a suite leads; NULL if nowhere. To be freed. */
static char *find_path(const char *suite, const char *path)
{
    const char *slash = strrchr(suite, '/');
    size_t folder = slash && path[0] != '/' ? (size_t)(slash - suite) + 1 : 0;
    size_t size = folder + strlen(path) + 1;
    char *found = malloc(size);
    if (found)
        snprintf(found, size, "%.*s%s", (int)folder, suite, path);
    if (found && access(found, R_OK) == 0)
        return found;
    free(found);
    static const char cases[] = "cases/";
    return strncmp(path, cases, strlen(cases)) == 0
               ? case_shared_path(path, path + strlen(cases), NULL)
               : NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of all case files of a folder, sorted; NULL if there is none. */
static char **list_folder(const char *path, size_t *count)
{
    DIR *folder = opendir(path);
    char **name = NULL;
    size_t room = 0;
    *count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.' || !has_suffix(entry->d_name, ".json"))
            continue;
        if (*count == room) {
            char **grown = realloc(name, (room = 2 * room + 16) * sizeof *name);
            if (!grown)
                break;
            name = grown;
        }
        size_t size = strlen(path) + strlen(entry->d_name) + 2;
        if (!(name[*count] = malloc(size)))
            break;
        snprintf(name[(*count)++], size, "%s/%s", path, entry->d_name);
    }
    if (folder)
        closedir(folder);
    if (name)
        qsort(name, *count, sizeof *name, compare_names);
    return name;
}

/* A line "file PATH" or "folder PATH". Returns what is wrong with it, or NULL. */
static const char *add_path(struct ver_sources *sources, const char *suite, bool folder,
                            const char *path, int *failed, struct case_error *error)
{
    char *found = find_path(suite, path);
    size_t count = 1;
    char **name = found && folder ? list_folder(found, &count) : NULL;
    const char *wrong = !found             ? "there is no such file or folder"
                        : folder && !count ? "the folder has no case (NAME.json)"
                                           : NULL;
    for (size_t k = 0; k < count && !wrong && !*failed; k++)
        *failed = add_case(sources, folder ? name[k] : found, error);
    for (size_t k = 0; name && k < count; k++)
        free(name[k]);
    free(name);
    free(found);
    return wrong;
}

/* Returns what is wrong with a line, or NULL; -1 in *failed and error if it is not the line. */
static const char *read_line(struct ver_sources *sources, const char *suite, char *line,
                             uint64_t shift, int *failed, struct case_error *error)
{
    static const char blanks[] = " \t\r\n";
    char *rest = NULL;
    line[strcspn(line, "#")] = '\0';
    const char *name = strtok_r(line, blanks, &rest);
    if (name && (strcmp(name, "file") == 0 || strcmp(name, "folder") == 0)) {
        const char *path = strtok_r(NULL, blanks, &rest);
        if (!path || strtok_r(NULL, blanks, &rest))
            return "wanted file PATH or folder PATH, without blanks in it";
        return add_path(sources, suite, strcmp(name, "folder") == 0, path, failed, error);
    }
    const char *seed_text = name ? strtok_r(NULL, blanks, &rest) : NULL;
    const char *count_text = seed_text ? strtok_r(NULL, blanks, &rest) : NULL;
    uint64_t seed, count;
    if (!name || strncmp(name, "--", 2) == 0) /* options: suite_options.c */
        return NULL;
    const struct case_family *family = case_family_find(name);
    if (!family)
        return "unknown family; `evident families` lists them";
    if (!count_text || strtok_r(NULL, blanks, &rest) || !whole_number(seed_text, &seed) ||
        !whole_number(count_text, &count))
        return "wanted FAMILY SEED COUNT";
    if (family->limit > 0 && count > family->limit)
        return "COUNT is larger than the number of cases of the family";
    *failed = add_family(sources, family, seed + shift, count, error);
    return NULL;
}

static int add_suite(struct ver_sources *sources, const char *path, uint64_t shift,
                     struct case_error *error)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return refuse(error, path, strerror(errno));
    char *line = NULL, place[300];
    const char *wrong = NULL;
    size_t room = 0, before = sources->count, number = 0;
    int failed = 0;
    errno = 0;
    while (!failed && !wrong && getline(&line, &room, file) >= 0) {
        number++;
        wrong = read_line(sources, path, line, shift, &failed, error);
    }
    bool broken = ferror(file) != 0;
    for (size_t k = before; k < sources->count; k++)
        sources->at[k].of_suite = true;
    free(line);
    fclose(file);
    snprintf(place, sizeof place, "%.250s:%zu", path, number);
    if (failed) {
        struct case_error inside = *error; /* of a case: which line named it */
        return refuse(error, place, inside.text);
    }
    if (broken)
        return refuse(error, path, strerror(errno ? errno : EIO));
    if (wrong)
        return refuse(error, place, wrong);
    if (sources->count == before)
        return refuse(error, path, "the suite names no case");
    return 0;
}

char *ver_suite_path(const char *name)
{
    if (has_suffix(name, ".suite"))
        return copy_text(name);
    if (strcmp(name, "-") == 0 || strpbrk(name, ":/") || access(name, F_OK) == 0)
        return NULL;
    char in_tree[300], in_share[300];
    snprintf(in_tree, sizeof in_tree, "verify/suites/%.250s.suite", name);
    snprintf(in_share, sizeof in_share, "suites/%.250s.suite", name);
    return case_shared_path(in_tree, in_share, NULL);
}

int ver_sources_add(struct ver_sources *sources, const char *name, uint64_t seed,
                    struct case_error *error)
{
    struct case_range range;
    if (ver_is_address(name) && case_range_read(&range, name))
        return add_range(sources, name, &range, error);
    char *path = ver_suite_path(name);
    if (!path && (strcmp(name, "-") == 0 || strpbrk(name, ":/") || access(name, F_OK) == 0))
        return add_case(sources, name, error);
    if (!path)
        return refuse(error, name, "no such case file, and no suite of that name");
    int failed = add_suite(sources, path, seed, error);
    free(path);
    return failed;
}
