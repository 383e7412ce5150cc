/* SPDX-License-Identifier: MIT */
/* same_training.c: whether two checkpoints of `evident train` hold the same bits: every dataset but
 * the text of the settings, and of the log all but how long epochs took (make train-kills).
 * Usage: same_training A B; exit 0 if so, 1 after a line a difference, 2 if one cannot be read. */
#include "gpu/train/train.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROW = sizeof(struct train_row) / sizeof(double),
    SECONDS = offsetof(struct train_row, seconds) / sizeof(double),
    NAMES = 200
};

struct names {
    char name[NAMES][128];
    size_t count;
};

static herr_t keep(hid_t file, const char *name, const H5O_info_t *info, void *context)
{
    struct names *names = context;
    (void)file;
    if (info->type == H5O_TYPE_DATASET && strcmp(name, "settings") != 0 && names->count < NAMES)
        snprintf(names->name[names->count++], sizeof *names->name, "%s", name);
    return 0;
}

/* All bytes of a dataset, to be freed; NULL if there is none. */
static void *read_set(hid_t file, const char *name, size_t *size)
{
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t type = set < 0 ? -1 : H5Dget_type(set), space = set < 0 ? -1 : H5Dget_space(set);
    void *bytes = NULL;
    if (set >= 0) {
        *size = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(type);
        bytes = malloc(*size + 1);
        if (bytes && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
            free(bytes);
            bytes = NULL;
        }
        H5Tclose(type);
        H5Sclose(space);
        H5Dclose(set);
    }
    return bytes;
}

static int differs(hid_t a, hid_t b, const char *name)
{
    size_t size = 0, other = 1;
    double *x = read_set(a, name, &size), *y = read_set(b, name, &other);
    int differ = !x || !y || size != other;
    for (size_t k = SECONDS; !differ && strcmp(name, "log") == 0 && k < size / sizeof *x; k += ROW)
        x[k] = y[k] = 0;
    differ = differ || memcmp(x, y, size) != 0;
    if (differ)
        printf("%s differs\n", name);
    free(x);
    free(y);
    return differ;
}

int main(int count, char **argument)
{
    static struct names names, others;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t a = count == 3 ? H5Fopen(argument[1], H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
    hid_t b = count == 3 ? H5Fopen(argument[2], H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
    if (a < 0 || b < 0 || H5Ovisit(a, H5_INDEX_NAME, H5_ITER_INC, keep, &names) < 0 ||
        H5Ovisit(b, H5_INDEX_NAME, H5_ITER_INC, keep, &others) < 0) {
        fprintf(stderr, "same_training: wants two checkpoints\n");
        return 2;
    }
    int differ = names.count != others.count || names.count == 0;
    for (size_t k = 0; k < names.count; k++)
        differ |= differs(a, b, names.name[k]);
    H5Fclose(a);
    H5Fclose(b);
    return differ;
}
