/* SPDX-License-Identifier: MIT */
/* format.h: the format of a case as one table: for every key what it holds, where it is kept, who
 * needs it and what it may be. Reading, judging, writing, copying and freeing all walk this table,
 * and tests/cases/t_format.c holds case.schema.json against it.
 *
 * A key more is a row more (CONTRIBUTING.md). */
#ifndef EVIDENT_FORMAT_H
#define EVIDENT_FORMAT_H

#include "cases/cases.h"

/* What a key holds, and the C type of its member. */
enum case_type {
    CASE_FORMAT,     /* the name of the format; no member */
    CASE_TEXT,       /* char *; NULL if absent */
    CASE_WHOLE,      /* size_t */
    CASE_WORD,       /* an enum, as wide as unsigned, indexing the row's words */
    CASE_POPULATION, /* size_t, written as its name */
    CASE_DOUBLE,     /* double */
    CASE_VALUES,     /* struct case_values: one number for all, or one each */
    CASE_NUMBERS,    /* double *: one each */
    CASE_STEPS,      /* struct case_steps *: [size of the loss population] */
    CASE_TRAINS,     /* struct case_train **: [populations][neurons] */
    CASE_OBJECT,     /* of the row's form; its members start at place */
    CASE_LIST        /* a pointer to objects of the row's form, and their number at count */
};

/* What a value may be, beyond its type. */
enum case_rule {
    CASE_ANY,
    CASE_FINITE,
    CASE_POSITIVE,        /* and finite */
    CASE_NOT_NEGATIVE,    /* and finite */
    CASE_BELOW_THRESHOLD, /* finite, and of every neuron below its threshold */
    CASE_NAME,            /* of a text: 1 to 255 bytes, visible */
    CASE_SIZE,            /* of a whole number: 1 .. CASE_MAX_NEURONS */
    CASE_LABEL,           /* likewise: below the size of the loss population */
    CASE_SENDS,           /* of a population: spike-source or lif */
    CASE_RECEIVES,        /* likewise: lif or li */
    CASE_READ_OUT,        /* likewise: what the loss reads, lif or li */
    CASE_SOME,            /* of a list: not empty */
    CASE_SOME_NAMED       /* likewise, and no two elements have one name */
};

struct case_words {
    const char *noun, *wanted; /* how messages call them */
    const char *word[8];       /* ends with NULL; indexed by the enum */
};
extern const struct case_words case_models, case_loss_kinds, case_weightings, case_penalties;

/* Objects come in variants (bits): the models of a population, the kinds of a loss. */
enum { CASE_ALWAYS = -1 };

/* When a key is read: tags, which tell the variant, first; those that depend on rows behind them
 * last. */
enum case_order { CASE_PLAIN, CASE_TAG, CASE_LATE };

struct case_row {
    const char *key; /* NULL ends a form */
    enum case_type type;
    enum case_rule rule;
    size_t place;                   /* offsetof the member in the object */
    int required, optional;         /* the variants that need the key, and those that may have it */
    double absent;                  /* optional numbers: what the member is without the key */
    size_t count;                   /* CASE_LIST: offsetof the number of elements */
    const struct case_words *words; /* CASE_WORD */
    const struct case_form *form;   /* CASE_OBJECT, CASE_LIST */
    enum case_order order;
};

struct case_form {
    const char *whose; /* whose the keys are, in messages, where the variant is not known */
    size_t size;       /* of an element of a list */
    /* The variant of an object of c (NULL: there is one) and how messages call it. */
    int (*variant)(const struct case_problem *c, const void *object);
    const char *(*call)(char text[64], const struct case_problem *c, const void *object);
    enum { CASE_PER_OUTPUT, CASE_PER_NEURON, CASE_PER_SYNAPSE } shape; /* of its numbers */
    struct case_row row[12];
};

extern const struct case_form case_root;

static inline int case_variant(const struct case_form *form, const struct case_problem *c,
                               const void *object)
{
    return form->variant ? form->variant(c, object) : 1;
}

static inline int case_used(const struct case_row *row, int variant)
{
    return ((row->required | row->optional) & variant) != 0;
}

/* What values or numbers stand for: each neuron of a population (rows 0, a plain list), of the loss
 * population (likewise), or each synapse of a projection, [rows][columns]. */
struct case_shape {
    size_t rows, columns, full; /* full: how many there are */
};
struct case_shape case_shape_of(const struct case_form *form, const struct case_problem *c,
                                const void *object);

#endif
