/* SPDX-License-Identifier: MIT */
/* checkpoint.c: a training in a file, in HDF5, so that other programs can read its weights.
 *
 *     /settings            the configuration, as text, all of it
 *     /state               doubles: epoch, best, best_epoch, then struct train_schedule
 *     /log                 [epochs][]: struct train_row
 *     /value, /mean, /square, /kept
 *                          groups of float32: SOURCE-TARGET-K [source size][target size], the
 *                          weights of projection K; tau_mem.POPULATION, tau_syn.POPULATION,
 *                          delay.SOURCE-TARGET-K, where they are trained, ms
 *
 *     /data                the content of what is learned from and validated, as two numbers
 *
 * Nothing else is state: what is random is a function of seed, epoch and place. HDF5 makes the file
 * in memory, so that what goes wrong with a disk is one plain error; it is written beside its place
 * and renamed. */
#include "gpu/train/train.h"

#include "cases/file.h"

#include <errno.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATE = 3 + sizeof(struct train_schedule) / sizeof(double) };
enum { ROW = sizeof(struct train_row) / sizeof(double) };

static const char *const group_name[] = {"value", "mean", "square", "kept"};

/* ---- datasets ---- */

static int put(hid_t file, const char *name, hid_t type, int dimensions, const hsize_t *shape,
               const void *from)
{
    hid_t space = H5Screate_simple(dimensions, shape, NULL);
    hid_t set =
        space < 0 ? -1 : H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    int failed = set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) < 0;
    if (set >= 0)
        H5Dclose(set);
    if (space >= 0)
        H5Sclose(space);
    return failed ? -1 : 0;
}

static size_t count_of(hid_t file, const char *name)
{
    hid_t set = H5Lexists(file, name, H5P_DEFAULT) > 0 ? H5Dopen2(file, name, H5P_DEFAULT) : -1;
    hid_t space = set < 0 ? -1 : H5Dget_space(set);
    hssize_t points = space < 0 ? 0 : H5Sget_simple_extent_npoints(space);
    if (space >= 0)
        H5Sclose(space);
    if (set >= 0)
        H5Dclose(set);
    return points > 0 ? (size_t)points : 0;
}

static int get(hid_t file, const char *name, hid_t type, size_t count, void *to)
{
    if (count_of(file, name) != count)
        return -1;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    int failed = set < 0 || H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0;
    if (set >= 0)
        H5Dclose(set);
    return failed ? -1 : 0;
}

/* ---- parameters: a dataset a block ---- */

struct block {
    char name[80];
    hsize_t shape[2];
    int dimensions;
};

/* Block k of the flat order of resident.h; false behind the last. */
static bool find_block(struct block *block, const struct train *t, size_t k)
{
    static const char *const before[] = {"", "tau_mem.", "tau_syn.", "delay."};
    const struct case_problem *c = t->problem;
    struct resident_block of;
    if (!resident_block(&of, t->engine, k))
        return false;
    bool matrix = of.quantity == RESIDENT_WEIGHT || of.quantity == RESIDENT_DELAY;
    if (matrix)
        snprintf(block->name, sizeof block->name, "%s%.20s-%.20s-%zu", before[of.quantity],
                 c->population[c->projection[of.of].source].name,
                 c->population[c->projection[of.of].target].name, of.of);
    else
        snprintf(block->name, sizeof block->name, "%s%.20s", before[of.quantity],
                 c->population[of.of].name);
    block->shape[0] = of.rows;
    block->shape[1] = of.columns;
    block->dimensions = matrix ? 2 : 1;
    return true;
}

static int put_parameters(hid_t file, const char *name, const struct train *t, const float *from)
{
    struct block block;
    hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    int failed = group < 0;
    for (size_t k = 0; !failed && find_block(&block, t, k); k++) {
        failed = put(group, block.name, H5T_NATIVE_FLOAT, block.dimensions, block.shape, from);
        from += block.shape[0] * block.shape[1];
    }
    if (group >= 0)
        H5Gclose(group);
    return failed;
}

static int get_parameters(hid_t file, const char *name, const struct train *t, float *to)
{
    struct block block;
    for (size_t k = 0; find_block(&block, t, k); k++) {
        char path[120];
        size_t count = block.shape[0] * block.shape[1];
        snprintf(path, sizeof path, "%s/%s", name, block.name);
        if (H5Lexists(file, name, H5P_DEFAULT) <= 0 ||
            get(file, path, H5T_NATIVE_FLOAT, count, to) != 0)
            return -1;
        to += count;
    }
    return 0;
}

/* ---- saving ---- */

static int put_state(hid_t file, const struct train *t)
{
    const struct train_state *s = &t->state;
    hsize_t two = 2;
    if (put(file, "data", H5T_NATIVE_DOUBLE, 1, &two, t->digest) != 0)
        return -1;
    double state[STATE] = {(double)s->epoch, s->best, (double)s->best_epoch};
    hsize_t count = STATE, log[2] = {s->rows, ROW};
    memcpy(state + 3, &s->schedule, sizeof s->schedule);
    return put(file, "state", H5T_NATIVE_DOUBLE, 1, &count, state) != 0 ||
                   (s->rows > 0 && put(file, "log", H5T_NATIVE_DOUBLE, 2, log, s->row) != 0)
               ? -1
               : 0;
}

static int write_all(hid_t file, struct train *t, float *scratch)
{
    size_t size;
    char *text = train_settings_text(&t->settings, true, &size);
    hsize_t length = size;
    int failed = !text || put(file, "settings", H5T_NATIVE_CHAR, 1, &length, text) != 0 ||
                 put_state(file, t) != 0;
    free(text);
    for (int part = RESIDENT_VALUE; !failed && part <= RESIDENT_SQUARE; part++) {
        failed = resident_get(t->engine, (enum resident_part)part, scratch) != 0 ||
                 put_parameters(file, group_name[part], t, scratch) != 0;
    }
    if (!failed && t->state.best >= 0)
        failed = put_parameters(file, group_name[3], t, t->state.kept) != 0;
    return failed ? -1 : 0;
}

/* The bytes of the file, to be freed; NULL if memory is short. */
static void *make_image(struct train *t, float *scratch, size_t *size)
{
    hid_t memory = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    void *image = NULL;
    ssize_t bytes = -1;
    if (memory >= 0 && H5Pset_fapl_core(memory, 1 << 20, false) >= 0)
        file = H5Fcreate("checkpoint", H5F_ACC_TRUNC, H5P_DEFAULT, memory);
    if (file >= 0 && write_all(file, t, scratch) == 0 && H5Fflush(file, H5F_SCOPE_LOCAL) >= 0)
        bytes = H5Fget_file_image(file, NULL, 0);
    if (bytes > 0 && (image = malloc((size_t)bytes)))
        *size = (size_t)H5Fget_file_image(file, image, (size_t)bytes);
    if (file >= 0)
        H5Fclose(file);
    if (memory >= 0)
        H5Pclose(memory);
    return image;
}

int train_save(struct train *train, const char *path, struct case_error *error)
{
    size_t size = 0;
    float *scratch = malloc((train->parameters + 1) * sizeof *scratch);
    struct case_file file;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    void *image = scratch ? make_image(train, scratch, &size) : NULL;
    int failed = -1;
    if (!image)
        snprintf(error->text, sizeof error->text,
                 "%.160s: a checkpoint cannot be written: memory is short", path);
    else if (case_file_open(&file, path, error) == 0) {
        /* The stream remembers that it failed, not why. */
        errno = 0;
        if (fwrite(image, 1, size, file.stream) == size) {
            failed = case_file_commit(&file, error);
        } else {
            snprintf(error->text, sizeof error->text, "%.160s: cannot write: %s", path,
                     strerror(errno ? errno : EIO));
            case_file_abandon(&file);
        }
    }
    free(scratch);
    free(image);
    return failed;
}

/* ---- reading ---- */

static hid_t open_file(const char *path, struct case_error *error)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0 || count_of(file, "settings") == 0) {
        snprintf(error->text, sizeof error->text,
                 "%.160s: found %s, wanted a checkpoint of evident train", path,
                 access(path, R_OK) != 0 ? "no file that can be read" : "something else");
        if (file >= 0)
            H5Fclose(file);
        return -1;
    }
    return file;
}

static int get_settings(struct train_settings *settings, hid_t file, const char *path,
                        struct case_error *error)
{
    size_t size = count_of(file, "settings");
    char *text = malloc(size + 1);
    int failed = -1;
    if (text && get(file, "settings", H5T_NATIVE_CHAR, size, text) == 0)
        failed = train_settings_parse(settings, text, size, path, NULL, error);
    else
        snprintf(error->text, sizeof error->text, "%.160s: settings cannot be read", path);
    free(text);
    return failed;
}

int train_read_settings(struct train_settings *settings, const char *path, struct case_error *error)
{
    hid_t file = open_file(path, error);
    int failed = file < 0 ? -1 : get_settings(settings, file, path, error);
    if (file >= 0)
        H5Fclose(file);
    return failed;
}

static int get_state(struct train_state *s, hid_t file)
{
    double state[STATE];
    size_t numbers = count_of(file, "log");
    struct train_row *row = malloc(numbers * sizeof(double) + sizeof *row);
    if (!row || get(file, "state", H5T_NATIVE_DOUBLE, STATE, state) != 0 ||
        (numbers > 0 && get(file, "log", H5T_NATIVE_DOUBLE, numbers, row) != 0) ||
        numbers % ROW != 0) {
        free(row);
        return -1;
    }
    /* A row an epoch; what is no number is none. */
    if (state[0] != (double)(numbers / ROW) || !(state[2] >= 0 && state[2] <= state[0])) {
        free(row);
        return -1;
    }
    free(s->row);
    s->row = row;
    s->rows = numbers / ROW;
    s->epoch = (size_t)state[0];
    s->best = state[1];
    s->best_epoch = (size_t)state[2];
    memcpy(&s->schedule, state + 3, sizeof s->schedule);
    return 0;
}

static int get_all(hid_t file, struct train *t, float *scratch)
{
    for (int part = RESIDENT_VALUE; part <= RESIDENT_SQUARE; part++) {
        if (get_parameters(file, group_name[part], t, scratch) != 0)
            return -1;
        if (resident_put(t->engine, (enum resident_part)part, scratch) != 0)
            return -1;
    }
    if (get_state(&t->state, file) != 0)
        return -1;
    return t->state.best >= 0 ? get_parameters(file, group_name[3], t, t->state.kept) : 0;
}

static int check_data(const struct train *t, hid_t file, const char *path, struct case_error *error)
{
    double kept[2] = {-1, -1};
    if (get(file, "data", H5T_NATIVE_DOUBLE, 2, kept) == 0 && kept[0] == t->digest[0] &&
        kept[1] == t->digest[1])
        return 0;
    snprintf(error->text, sizeof error->text,
             "%.160s: found other data to learn from or validate by, wanted those of this "
             "training, to go on",
             path);
    return -1;
}

int train_restore(struct train *train, const char *path, struct case_error *error)
{
    struct train_settings kept;
    hid_t file = open_file(path, error);
    if (file < 0)
        return -1;
    float *scratch = malloc((train->parameters + 1) * sizeof *scratch);
    int failed = train_settings_start(&kept, error) != 0 ||
                 get_settings(&kept, file, path, error) != 0 ||
                 train_settings_same(&train->settings, &kept, path, error) != 0;
    if (!failed)
        failed = check_data(train, file, path, error);
    if (!failed && (!scratch || get_all(file, train, scratch) != 0)) {
        snprintf(error->text, sizeof error->text, "%.160s: found a checkpoint that is not whole",
                 path);
        failed = 1;
    }
    train_settings_clear(&kept);
    free(scratch);
    H5Fclose(file);
    return failed ? -1 : 0;
}
