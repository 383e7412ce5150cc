/* SPDX-License-Identifier: MIT */
/* own.c: gives back the memory of a case, and copies one, so that it may be changed in place.
 *
 * Every list of a case is a block of its own. A case that is only half built may be freed, too, as
 * long as the lists that are missing are NULL. */
#include "cases/format.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is done with every block: freed, what lies inside it first; or replaced by a copy, then what
 * lies inside that. Once a copy has failed, blocks become NULL, and so nothing of the first case is
 * left in the second. */
struct visit {
    const struct case_problem *c; /* for the shapes */
    bool copies, failed;
};

static void before(struct visit *v, void *block, size_t count, size_t size)
{
    void *from, *copy = NULL;
    memcpy(&from, block, sizeof from);
    if (!v->copies || !from)
        return;
    if (!v->failed)
        copy = calloc(count + 1, size);
    if (copy)
        memcpy(copy, from, count * size);
    v->failed |= !copy;
    memcpy(block, &copy, sizeof copy);
}

static void after(struct visit *v, void *block)
{
    void *at;
    memcpy(&at, block, sizeof at);
    if (!v->copies)
        free(at);
}

static void visit_numbers(struct visit *v, double **at, size_t count)
{
    before(v, at, count, sizeof **at);
    after(v, at);
}

static void visit_trains(struct visit *v, struct case_train ***spikes)
{
    before(v, spikes, v->c->populations, sizeof **spikes);
    for (size_t p = 0; *spikes && p < v->c->populations; p++) {
        struct case_train **train = &(*spikes)[p];
        size_t size = v->c->population[p].size;
        before(v, train, size, sizeof **train);
        for (size_t n = 0; *train && n < size; n++)
            visit_numbers(v, &(*train)[n].at, (*train)[n].count);
        after(v, train);
    }
    after(v, spikes);
}

static void visit_steps(struct visit *v, struct case_steps **steps, size_t outputs)
{
    before(v, steps, outputs, sizeof **steps);
    for (size_t n = 0; *steps && n < outputs; n++) {
        visit_numbers(v, &(*steps)[n].time, (*steps)[n].count);
        visit_numbers(v, &(*steps)[n].value, (*steps)[n].count);
    }
    after(v, steps);
}

static void visit_object(struct visit *v, const struct case_form *form, char *object);

static void visit_list(struct visit *v, const struct case_row *row, char *object)
{
    size_t count;
    char *list;
    memcpy(&count, object + row->count, sizeof count);
    before(v, object + row->place, count, row->form->size);
    memcpy(&list, object + row->place, sizeof list);
    for (size_t i = 0; list && i < count; i++)
        visit_object(v, row->form, list + i * row->form->size);
    after(v, object + row->place);
}

static void visit_row(struct visit *v, const struct case_form *form, const struct case_row *row,
                      char *object)
{
    void *member = object + row->place;
    struct case_values *values = member;
    char **text = member;
    switch (row->type) {
    case CASE_TEXT:
        before(v, text, *text ? strlen(*text) + 1 : 0, 1);
        after(v, text);
        break;
    case CASE_VALUES:
        visit_numbers(v, &values->at, values->count);
        break;
    case CASE_NUMBERS:
        visit_numbers(v, member, v->copies ? case_shape_of(form, v->c, object).full : 0);
        break;
    case CASE_STEPS:
        visit_steps(v, member, case_shape_of(form, v->c, object).full);
        break;
    case CASE_TRAINS:
        visit_trains(v, member);
        break;
    case CASE_OBJECT:
        visit_object(v, row->form, member);
        break;
    case CASE_LIST:
        visit_list(v, row, object);
        break;
    case CASE_FORMAT:
    case CASE_WHOLE:
    case CASE_WORD:
    case CASE_POPULATION:
    case CASE_DOUBLE:
        break;
    }
}

/* From the last row to the first where memory is given back: samples go before the populations that
 * tell how large they are. */
static void visit_object(struct visit *v, const struct case_form *form, char *object)
{
    size_t rows = 0;
    while (form->row[rows].key)
        rows++;
    for (size_t i = 0; i < rows; i++)
        visit_row(v, form, &form->row[v->copies ? i : rows - 1 - i], object);
}

void case_free(struct case_problem *c)
{
    struct visit v = {c, false, false};
    if (c)
        visit_object(&v, &case_root, (char *)c);
    free(c);
}

struct case_problem *case_copy(const struct case_problem *c)
{
    struct visit v = {c, true, false};
    struct case_problem *copy = malloc(sizeof *copy);
    if (!copy)
        return NULL;
    *copy = *c;
    visit_object(&v, &case_root, (char *)copy);
    if (!v.failed)
        return copy;
    case_free(copy);
    return NULL;
}
