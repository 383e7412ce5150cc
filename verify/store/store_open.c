/* SPDX-License-Identifier: MIT */
/* store_open.c: opening and closing a store, and its transactions.
 *
 * Why a write-ahead log. A case must be safe from kill -9 as soon as it is finished, thousands of
 * times a run, and cheaply; a power cut must never damage what is there. A rollback journal gives
 * both only with two or three fsyncs a case (a spinning disk or a network folder: minutes a run),
 * or with synchronous = OFF, where a power cut may break the file. In a log, a commit is one write
 * into the page cache, which a killed process cannot take back; only the log's order on the disk
 * matters, and SQLite syncs it before it moves pages to their place. Once a second one commit is
 * synced (synchronous = FULL), and with it all before: so much a power cut may cost, and a resumed
 * run judges those cases again.
 *
 * Why it is gone afterwards. A log has companions (-wal, -shm), which nobody copies and which need
 * a writable folder. Closing moves everything into the one file and turns the log off.
 *
 * Network folders. Processes share a log through memory that two machines do not have in common. So
 * where the file system is not known to be local, the store is locked as a whole (locking_mode =
 * EXCLUSIVE; the log's index is then private memory): one process at a time, any other is refused
 * in one line, nothing can break. Shards on several machines each write a store of their own. */
#include "verify/store/store_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

enum { BUSY_MILLISECONDS = 5000, SYNC_SECONDS = 1 };

const char *store_default_path(void)
{
    const char *path = getenv("EVIDENT_STORE");
    return path && path[0] ? path : "evident.sqlite";
}

const char *store_error(const struct store *store)
{
    return store->error.text;
}

/* ---- where the file lies ---- */

/* "FOLDER/." of a path; false if it is too long. */
static bool folder_of(char *folder, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    if (length + 2 > size)
        return false;
    memcpy(folder, path, length);
    memcpy(folder + length, ".", 2);
    return true;
}

/* Is the folder of the file on a file system that one machine has for itself? */
static bool is_local(const char *path)
{
#ifdef __linux__
    static const long local[] = {
        0xEF53 /* ext */,         0x58465342 /* xfs */,   0x9123683E /* btrfs */,
        0x01021994 /* tmpfs */,   0xF2F52010 /* f2fs */,  0x2FC12FC1 /* zfs */,
        0x794C7630 /* overlay */, 0x858458F6 /* ramfs */, 0xCA451A4E /* bcachefs */,
    };
    struct statfs status;
    char folder[1200];
    if (!folder_of(folder, sizeof folder, path))
        return false;
    if (statfs(folder, &status) != 0)
        return false;
    for (size_t k = 0; k < sizeof local / sizeof *local; k++)
        if (((long)status.f_type & 0xFFFFFFFF) == local[k])
            return true;
#else
    (void)path;
#endif
    return false;
}

/* A name such as "file:x" or ":memory:" must mean the file of that name. */
static char *plain_path(const char *path)
{
    size_t size = strlen(path) + 3;
    char *plain = malloc(size);
    if (plain)
        snprintf(plain, size, "%s%s", path[0] == '/' ? "" : "./", path);
    return plain;
}

/* ---- opening ---- */

/* There is no such file, and it could not be made. */
static int explain_absence(struct store *store, const char *path, enum store_mode mode)
{
    char parent[1200];
    if (mode == STORE_READ)
        return store_refuse(store, "no such store; `evident verify --store FILE` makes one");
    if (!folder_of(parent, sizeof parent, path) || access(parent, F_OK) != 0)
        return store_refuse(store, "its folder does not exist");
    return store_refuse(store, "cannot make it: its folder is read-only");
}

/* A reader may have to finish the log of a killed run, so it asks for a writable file first. */
static int open_file(struct store *store, enum store_mode mode)
{
    char *path = store->temporary ? calloc(1, 1) : plain_path(store->path);
    if (!path)
        return store_refuse(store, "memory is short");
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE |
                (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
    bool local = store->temporary || is_local(path);
    int code = sqlite3_open_v2(path, &store->db, flags, NULL);
    int failed = 0;
    if (code != SQLITE_OK && !store->db)
        failed = store_refuse(store, "memory is short");
    else if (code != SQLITE_OK && sqlite3_system_errno(store->db) == ENOENT)
        failed = explain_absence(store, path, mode);
    else if (code != SQLITE_OK)
        failed = store_fail(store);
    free(path);
    if (failed)
        return -1;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    if (mode == STORE_WRITE && sqlite3_db_readonly(store->db, "main") == 1)
        return store_code_text(store->error.text, sizeof store->error.text, store->path, NULL,
                               SQLITE_READONLY);
    return local ? 0 : store_script(store, "PRAGMA locking_mode = EXCLUSIVE");
}

/* A killed run in a folder where nobody may write: its last cases are in the log, out of reach. */
static int explain_log(struct store *store)
{
    char log[1200];
    FILE *file = NULL;
    int length = snprintf(log, sizeof log, "%s-wal", store->path);
    if (length > 0 && (size_t)length < sizeof log)
        file = fopen(log, "r");
    if (!file)
        return -1;
    fclose(file);
    return store_refuse(store,
                        "its last cases are still in %s; open it once where its folder can "
                        "be written",
                        log);
}

static int check_kind(struct store *store, int64_t *version)
{
    int64_t tables = store_count(store, "SELECT count(*) FROM sqlite_master", "");
    if (tables < 0)
        return sqlite3_db_readonly(store->db, "main") == 1 ? explain_log(store) : -1;
    int64_t application = store_count(store, "PRAGMA application_id", "");
    *version = store_count(store, "PRAGMA user_version", "");
    if (application < 0 || *version < 0)
        return -1;
    if (tables > 0 && application != STORE_APPLICATION)
        return store_refuse(store, "found an SQLite file of another program, wanted one that "
                                   "evident made");
    if (*version > STORE_VERSION)
        return store_refuse(store, "found version %d, wanted at most %d; a newer evident made it",
                            (int)*version, (int)STORE_VERSION);
    if (tables > 0 && *version < STORE_VERSION)
        return store_refuse(store,
                            "found version %d, wanted %d; an older evident made it, whose digests "
                            "cannot be compared: keep it for that one, judge again into a new file",
                            (int)*version, (int)STORE_VERSION);
    if (tables == 0 && !store->writing)
        return store_refuse(store, "found an empty file, wanted a store");
    return 0;
}

static int prepare(struct store *store)
{
    int64_t version = 0;
    if (check_kind(store, &version) != 0)
        return -1;
    if (store_script(store, "PRAGMA cache_size = -65536") != 0) /* kibibytes */
        return -1;
    if (store->writing && !store->temporary &&
        store_script(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL") != 0)
        return -1;
    if ((!store->temporary && store_script(store, "PRAGMA foreign_keys = ON") != 0) ||
        (version == 0 && store_create(store) != 0) || store_add_functions(store) != 0)
        return -1;
    return store->temporary ? store_script(store, "BEGIN") : 0;
}

struct store *store_open(const char *path, enum store_mode mode, struct case_error *error)
{
    struct store *store = calloc(1, sizeof *store);
    bool temporary = !path;
    path = temporary ? "the store of this run" : path;
    size_t size = strlen(path) + 1;
    if (store)
        store->path = malloc(size);
    if (!store || !store->path) {
        free(store);
        snprintf(error->text, sizeof error->text, "%.300s: memory is short", path);
        return NULL;
    }
    memcpy(store->path, path, size);
    store->writing = mode == STORE_WRITE;
    store->temporary = temporary;
    if (open_file(store, mode) == 0 && prepare(store) == 0)
        return store;
    *error = store->error;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t k = 0; k < store->cached; k++)
        sqlite3_finalize(store->cache[k].statement);
    if (store->db && !store->temporary && sqlite3_db_readonly(store->db, "main") == 0) {
        /* Refused while somebody else has it open; then that one will do it. */
        sqlite3_busy_timeout(store->db, 0);
        sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

/* ---- transactions: of a temporary store one, which never ends ---- */

int store_lock(struct store *store)
{
    if (store->temporary)
        return 0;
    double now = ver_now();
    bool full = now - store->synced >= SYNC_SECONDS;
    if (full != store->full && store_script(store, full ? "PRAGMA synchronous = FULL"
                                                        : "PRAGMA synchronous = NORMAL") != 0)
        return -1;
    store->full = full;
    if (full)
        store->synced = now;
    return store_do(store, "BEGIN IMMEDIATE", "");
}

int store_commit(struct store *store)
{
    return store->temporary || store_do(store, "COMMIT", "") == 0 ? 0 : store_undo(store);
}

/* Full disks undo by themselves. */
int store_undo(struct store *store)
{
    struct case_error error = store->error;
    if (!store->temporary && sqlite3_get_autocommit(store->db) == 0)
        store_do(store, "ROLLBACK", "");
    store->error = error;
    return -1;
}
