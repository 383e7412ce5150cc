/* SPDX-License-Identifier: MIT */
/* t_store_trouble.c: what goes wrong around a store is said in one line, and nothing is lost. */
#include "tests/store_case.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

/* ---- files that are no stores ---- */

static void write_bytes(const char *name, const char *bytes, size_t size)
{
    FILE *file = fopen(at(name), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static off_t size_of(const char *name)
{
    struct stat status;
    ck_assert_int_eq(stat(at(name), &status), 0);
    return status.st_size;
}

static void keep_run(const char *name)
{
    struct store *store = must_open(name, STORE_WRITE);
    record_run(store, 40, 10);
    store_close(store);
}

TEST(missing_store_is_refused_to_a_reader_and_not_made)
{
    must_refuse("none", STORE_READ, "no such store");
    must_refuse("no/folder", STORE_WRITE, "its folder does not exist");
    ck_assert_int_eq(access(at("none"), F_OK), -1);
}

TEST(file_of_something_else_is_refused_and_left_alone)
{
    static const char text[] = "This is a letter, and no store, though it is longer than a header "
                               "of SQLite, which has a hundred bytes, and then some.";
    write_bytes("letter", text, sizeof text);
    must_refuse("letter", STORE_READ, "found a file that is no store");
    must_refuse("letter", STORE_WRITE, "found a file that is no store");
    ck_assert_int_eq(size_of("letter"), sizeof text);
    must_refuse(".", STORE_WRITE, "cannot open");
}

TEST(database_of_another_program_is_refused)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(at("other"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    must_refuse("other", STORE_WRITE, "of another program");
    write_bytes("empty", "", 0);
    must_refuse("empty", STORE_READ, "found an empty file");
    store_close(must_open("empty", STORE_WRITE)); /* a file that mktemp made becomes a store */
}

TEST(store_of_a_newer_program_is_refused)
{
    struct store *store = must_open("s", STORE_WRITE);
    must(store, store_script(store, "PRAGMA user_version = 99"));
    store_close(store);
    must_refuse("s", STORE_READ, "found version 99, wanted at most");
}

TEST(store_of_an_older_program_is_refused_with_what_to_do)
{
    struct store *store = must_open("s", STORE_WRITE);
    must(store, store_script(store, "PRAGMA user_version = 4"));
    store_close(store);
    must_refuse("s", STORE_READ, "found version 4, wanted 7");
    must_refuse("s", STORE_WRITE, "judge again into a new file");
}

TEST(truncated_store_is_refused_at_any_length)
{
    keep_run("s");
    off_t whole = size_of("s");
    for (off_t size = whole - 4096; size > 0; size -= whole / 16) {
        ck_assert_int_eq(truncate(at("s"), size), 0);
        struct case_error error = {""};
        struct store *store = store_open(at("s"), STORE_READ, &error);
        ck_assert_msg(!store, "%ld of %ld bytes were opened", (long)size, (long)whole);
        ck_assert_msg(strstr(error.text, "damaged") || strstr(error.text, "no store"), "%s",
                      error.text);
    }
}

/* One byte of what was said, changed behind SQLite's back: the digest of its case sees it. */
TEST(changed_byte_is_found_by_the_check)
{
    static char bytes[1 << 20];
    keep_run("s");
    FILE *file = fopen(at("s"), "r+");
    size_t size = fread(bytes, 1, sizeof bytes, file), k = 0;
    while (k < size && memcmp(bytes + k, "weights[0][17][4]", 17) != 0)
        k++;
    ck_assert_uint_lt(k, size);
    fseek(file, (long)k, SEEK_SET);
    fputc('W', file);
    fclose(file);
    struct store *store = must_open("s", STORE_READ);
    ck_assert_int_eq(store_check(store), -1);
    ck_assert_msg(strstr(store_error(store), "case 17 of run 1 is not what was recorded"), "%s",
                  store_error(store));
    store_close(store);
}

TEST(broken_page_is_one_line_and_no_crash)
{
    keep_run("s");
    off_t whole = size_of("s");
    int file = open(at("s"), O_WRONLY);
    for (off_t page = 4096; page < whole; page += 3 * 4096)
        ck_assert_int_eq(pwrite(file, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, page), 8);
    close(file);
    struct case_error error = {""};
    struct store *store = store_open(at("s"), STORE_READ, &error);
    if (store) {
        ck_assert_int_eq(store_check(store), -1);
        error.text[0] = '\0';
        snprintf(error.text, sizeof error.text, "%s", store_error(store));
    }
    ck_assert_msg(strstr(error.text, "damaged"), "%s", error.text);
    store_close(store);
}

/* ---- where nobody may write ---- */

/* In a process of its own that is not root, who may write everywhere; what it returns. */
static int as_nobody(int (*what)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(99);
        _exit(what());
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int read_only_reads(void)
{
    struct case_error error;
    struct store *store = store_open(at("s"), STORE_READ, &error);
    int good = store && store_count(store, "SELECT count(*) FROM cases", "") == 40;
    store_close(store);
    return !good;
}

static int read_only_refuses(void)
{
    struct case_error error = {""};
    struct store *store = store_open(at("s"), STORE_WRITE, &error);
    return store || !strstr(error.text, "read-only") || strchr(error.text, '\n');
}

static int read_only_makes_none(void)
{
    struct case_error error = {""};
    struct store *store = store_open(at("new"), STORE_WRITE, &error);
    return store || !strstr(error.text, "its folder is read-only");
}

TEST(read_only_store_can_be_read_and_is_not_written)
{
    keep_run("s");
    ck_assert_int_eq(chmod(at("s"), 0444), 0);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert_int_eq(as_nobody(read_only_reads), 0);
    ck_assert_int_eq(as_nobody(read_only_refuses), 0);
    ck_assert_int_eq(as_nobody(read_only_makes_none), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
}

/* A killed run leaves its last cases in the log; a copy of both files to where nobody may write. */
static int log_is_named(void)
{
    struct case_error error = {""};
    struct store *store = store_open(at("s"), STORE_READ, &error);
    if (store) /* a system may allow it; then all must be there */
        return store_count(store, "SELECT count(*) FROM cases", "") != 3;
    return !strstr(error.text, "s-wal") || !strstr(error.text, "can be written");
}

TEST(log_of_a_killed_run_is_never_passed_over)
{
    pid_t child = fork();
    if (child == 0) {
        struct store *store = child_open("s");
        struct store_facts facts = make_facts(9);
        int64_t run = store_begin(store, &facts, false);
        for (size_t k = 0; k < 3; k++)
            record(store, run, k, 5);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_gt(size_of("s-wal"), 0);
    unlink(at("s-shm"));
    chmod(at("s"), 0444);
    chmod(at("s-wal"), 0444);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert_int_eq(as_nobody(log_is_named), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
}

/* ---- others ---- */

TEST(closed_store_is_one_file)
{
    keep_run("s");
    ck_assert_int_eq(access(at("s-wal"), F_OK), -1);
    ck_assert_int_eq(access(at("s-shm"), F_OK), -1);
    ck_assert_int_eq(access(at("s-journal"), F_OK), -1);
}

TEST(second_writer_waits_then_says_so)
{
    struct store *a = must_open("s", STORE_WRITE), *b = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(2);
    int64_t run = store_begin(a, &facts, false);
    must(a, store_lock(a)); /* as long as this transaction lasts */
    sqlite3_busy_timeout(b->db, 200);
    ck_assert_int_eq(record(b, run, 0, 1), -1);
    ck_assert_ptr_nonnull(strstr(store_error(b), "in use by another run"));
    must(a, store_commit(a));
    must(b, record(b, run, 0, 1)); /* nothing was lost, it goes on */
    must(a, record(a, run, 1, 1));
    must(a, store_finish(a, run));
    store_close(a);
    must(b, store_check(b));
    store_close(b);
}

/* On a folder that machines share, a store is one process's at a time. */
TEST(store_that_is_locked_as_a_whole_refuses_readers_and_writers)
{
    struct store *a = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1);
    must(a, store_script(a, "PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE;"
                            "PRAGMA journal_mode = WAL"));
    ck_assert_int_gt(store_begin(a, &facts, false), 0);
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(at("s"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "SELECT count(*) FROM runs", NULL, NULL, NULL), SQLITE_BUSY);
    sqlite3_close(db);
    ck_assert_int_eq(access(at("s-shm"), F_OK), -1); /* no memory that machines do not share */
    store_close(a);
    store_close(must_open("s", STORE_READ));
}

/* Two processes record halves of one run, each case when it likes. */
TEST(two_writers_at_once_lose_nothing)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(60);
    int64_t run = store_begin(store, &facts, false);
    store_close(store);
    pid_t child = fork();
    if (child == 0) {
        store = child_open("s");
        int failed = 0;
        for (size_t k = 0; k < 60; k += 2)
            failed |= record(store, run, k, 8);
        store_close(store);
        _exit(failed != 0);
    }
    store = must_open("s", STORE_WRITE);
    for (size_t k = 1; k < 60; k += 2)
        must(store, record(store, run, k, 8));
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    must(store, store_finish(store, run));
    must(store, store_check(store));
    store_close(store);
}

/* ---- disks that are full ---- */

TEST(full_disk_loses_nothing_that_was_recorded)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1000);
    int64_t run = store_begin(store, &facts, false);
    size_t k = 0;
    ck_assert_int_gt(store_count(store, "PRAGMA max_page_count = 60", ""), 0);
    while (k < 1000 && record(store, run, k, 10) == 0)
        k++;
    ck_assert_uint_lt(k, 1000);
    ck_assert_ptr_nonnull(strstr(store_error(store), "the disk is full"));
    store_close(store);
    store = must_open("s", STORE_WRITE); /* with room again */
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM cases", ""), (int64_t)k);
    must(store, store_check(store));
    must(store, record(store, run, k, 10));
    store_close(store);
}

/* The same by the system: no file may grow beyond a limit. */
TEST(file_that_may_not_grow_loses_nothing_that_was_recorded)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1000);
    int64_t run = store_begin(store, &facts, false);
    struct rlimit before, limit;
    size_t k = 0;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 300000;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    while (k < 1000 && record(store, run, k, 10) == 0)
        k++;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_uint_lt(k, 1000);
    ck_assert_msg(strstr(store_error(store), "cannot read or write"), "%s", store_error(store));
    store_close(store);
    store = must_open("s", STORE_WRITE);
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM cases", ""), (int64_t)k);
    must(store, store_check(store));
    store_close(store);
}

/* ---- names that SQLite would read otherwise ---- */

TEST(name_of_a_store_is_the_name_of_a_file)
{
    char here[256];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_int_eq(chdir(folder), 0);
    struct case_error error = {""};
    store_close(store_open(":memory:", STORE_WRITE, &error));
    store_close(store_open("file:x?mode=memory", STORE_WRITE, &error));
    ck_assert_int_eq(chdir(here), 0);
    ck_assert_int_eq(access(at(":memory:"), F_OK), 0);
    ck_assert_int_eq(access(at("file:x?mode=memory"), F_OK), 0);
}

SUITE("store_trouble", .setup = make_store_folder, .teardown = drop_folder)
