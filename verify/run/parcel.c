/* parcel.c: see parcel.h. Plain structures travel as they are; pointers do not, so every string
 * follows as text and every array as its elements. Names that a judgement does not own (families,
 * quantities, engines) become one copy each for the life of the program: there are a few dozen. */
#include "verify/run/parcel.h"

#include <stdlib.h>
#include <string.h>

/* A program with other structures must not be understood. */
static const size_t stamp[] = {0x65766964656e7431u, sizeof(struct ver_judgement),
                               sizeof(struct ver_comparison), sizeof(struct ver_clock),
                               sizeof(struct ver_ladder)};

/* ---- writing ---- */

static void put_text(FILE *out, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    fwrite(&size, sizeof size, 1, out);
    if (size > 0)
        fwrite(text, 1, size, out);
}

void parcel_put(FILE *out, const struct ver_judgement *judgement)
{
    fwrite(stamp, sizeof stamp, 1, out);
    fwrite(judgement, sizeof *judgement, 1, out);
    put_text(out, judgement->name);
    put_text(out, judgement->family);
    if (judgement->comparisons > 0)
        fwrite(judgement->comparison, sizeof *judgement->comparison, judgement->comparisons, out);
    for (size_t k = 0; k < judgement->comparisons; k++) {
        put_text(out, judgement->comparison[k].engine);
        put_text(out, judgement->comparison[k].quantity);
    }
    if (judgement->clocks > 0)
        fwrite(judgement->clock, sizeof *judgement->clock, judgement->clocks, out);
    for (size_t k = 0; k < judgement->clocks; k++)
        put_text(out, judgement->clock[k].engine);
    if (judgement->ladder)
        fwrite(judgement->ladder, sizeof *judgement->ladder, 1, out);
}

/* ---- reading ---- */

struct bytes {
    const char *at;
    size_t left;
    bool bad;
};

static void take(void *to, size_t size, struct bytes *from)
{
    from->bad |= size > from->left;
    if (from->bad || size == 0)
        return;
    memcpy(to, from->at, size);
    from->at += size;
    from->left -= size;
}

/* The text itself, inside the bytes; NULL where there was none. */
static const char *take_text(struct bytes *from)
{
    size_t size = 0;
    take(&size, sizeof size, from);
    if (from->bad || size == 0)
        return NULL;
    const char *text = from->at;
    from->bad |= size > from->left || memchr(text, '\0', size) != text + size - 1;
    if (from->bad)
        return NULL;
    from->at += size;
    from->left -= size;
    return text;
}

/* count elements, to be freed. */
static void *take_array(size_t count, size_t size, struct bytes *from)
{
    from->bad |= count > from->left / size;
    void *array = from->bad || count == 0 ? NULL : malloc(count * size);
    from->bad |= count > 0 && !array;
    if (array)
        take(array, count * size, from);
    return array;
}

struct name {
    struct name *next;
    char text[];
};

/* The one copy of a name. Only the collecting process calls this, from one thread. */
static const char *keep_name(const char *text, struct bytes *from)
{
    static struct name *names;
    if (!text)
        return NULL;
    for (struct name *n = names; n; n = n->next)
        if (strcmp(n->text, text) == 0)
            return n->text;
    struct name *fresh = malloc(sizeof *fresh + strlen(text) + 1);
    from->bad |= !fresh;
    if (!fresh)
        return NULL;
    strcpy(fresh->text, text);
    fresh->next = names;
    names = fresh;
    return fresh->text;
}

static void take_parts(struct ver_judgement *j, size_t comparisons, size_t clocks, bool ladder,
                       struct bytes *from)
{
    const char *name = take_text(from);
    j->family = keep_name(take_text(from), from);
    j->name = name ? malloc(strlen(name) + 1) : NULL;
    from->bad |= name && !j->name;
    if (j->name)
        strcpy(j->name, name);
    j->comparison = take_array(comparisons, sizeof *j->comparison, from);
    j->comparisons = j->room = j->comparison ? comparisons : 0;
    for (size_t k = 0; k < j->comparisons; k++) {
        j->comparison[k].engine = keep_name(take_text(from), from);
        j->comparison[k].quantity = keep_name(take_text(from), from);
    }
    j->clock = take_array(clocks, sizeof *j->clock, from);
    j->clocks = j->clock ? clocks : 0;
    for (size_t k = 0; k < j->clocks; k++)
        j->clock[k].engine = keep_name(take_text(from), from);
    j->ladder = ladder ? take_array(1, sizeof *j->ladder, from) : NULL;
}

int parcel_get(struct ver_judgement *judgement, const char *data, size_t size)
{
    struct bytes from = {data, size, false};
    size_t found[sizeof stamp / sizeof *stamp] = {0};
    struct ver_judgement head = {.verdict = VER_ERROR};
    take(found, sizeof found, &from);
    take(&head, sizeof head, &from);
    from.bad |= memcmp(found, stamp, sizeof stamp) != 0;
    size_t comparisons = head.comparisons, clocks = head.clocks;
    bool ladder = head.ladder != NULL;
    head.name = NULL;
    head.family = NULL;
    head.comparison = NULL;
    head.clock = NULL;
    head.ladder = NULL;
    head.comparisons = head.room = head.clocks = 0;
    *judgement = head;
    if (!from.bad)
        take_parts(judgement, comparisons, clocks, ladder, &from);
    return from.bad || from.left > 0 ? -1 : 0;
}
