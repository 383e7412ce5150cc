/* SPDX-License-Identifier: MIT */
/* t_gpu.c: what is carried to a machine with a GPU and what runs there (make carry, tests/gpu.sh):
 * the programs start where there are no libraries but those of C, and the script keeps its
 * deadline, counts what is refused and leaves a table after every part. EVIDENT_CARRY: the folder.
 */
#include "tests/program_case.h"
#include "tests/run_suite.h"

#include <stdbool.h>

/* ---- tests/gpu.sh, with a device that only nvidia-smi knows ---- */

/* Programs that do what their name in the environment says: BENCH, EVIDENT_SAYS. */
static void make_machine(void)
{
    put_file("nvidia-smi",
             "#!/bin/sh\ncase $1 in *=name) echo 'NVIDIA H0 (none)';; *cap) echo 9.0;; "
             "*) echo 1.2.3;; esac\n");
    put_file("compute-sanitizer",
             "#!/bin/sh\n[ $2 = memcheck ] && echo '========= ERROR SUMMARY: 0 errors' && exit 0\n"
             "[ $2 = initcheck ] && echo '========= ERROR SUMMARY: 3 errors' && exit 9\n"
             "echo '========= Error: not permitted here'; exit 1\n");
    put_file("edges", "#!/bin/sh\necho 'clock-cuda: 74 runs with the bits'\n");
    put_file("evident", "#!/bin/sh\necho \"$@\"; exit ${EVIDENT_EXIT:-0}\n");
    put_file("bench", "#!/bin/sh\ncat $D/out/*.txt | sed 's/^/then: /'; sleep ${BENCH:-0}\n");
    put_file("sweep_device", "#!/bin/sh\necho 'exp: 0 of 4096 blocks differ'\n");
    put_file("python3", "#!/bin/sh\nexit 1\n");
    put_file("built", "code for sm_90 of a tree\n");
    ck_assert_int_eq(shell("cd $D && chmod +x nvidia-smi compute-sanitizer edges evident bench "
                           "sweep_device python3"),
                     0);
}

#define GPU                                                                                        \
    "PATH=$D:/usr/bin:/bin BUILT=$D REPORTS=$D/reports OUT=$D/out COMMIT=given NVCC=nowhere "      \
    "tests/gpu.sh"
#define TABLE "cat $D/out/gpu-NVIDIA-H0-none.txt"

TEST(all_parts_are_run_and_what_is_refused_is_counted)
{
    make_machine();
    ck_assert_int_eq(shell(GPU), 1);
    says("5 passed, 1 failed, 3 not run: ");
    says("failed: initcheck");
    says("not run: racecheck synccheck torch");
    ck_assert_int_eq(shell(TABLE " && cmp $D/out/*.txt $D/reports/*.txt"), 0);
    says("NVIDIA H0 (none), compute capability 9.0");
    says("built    code for sm_90 of a tree");
    says("commit   given");
    says("not run: compute-sanitizer was refused: ========= Error: not permitted here");
    says("failed, exit 9");
    says("verify smoke --engine clock-host --engine clock-cuda"); /* what identity was asked */
    says("not run: no PyTorch");
    /* The table was there when the third part ran. */
    says("then: 2 passed, 0 failed, 0 not run");
}

TEST(a_part_that_fails_does_not_stop_the_others)
{
    make_machine();
    ck_assert_int_eq(shell("export EVIDENT_EXIT=1; " GPU), 1);
    says("4 passed, 2 failed, 3 not run: ");
    says("failed: identity initcheck");
}

/* One deadline for all: a part that does not end is cut, and what comes after is not begun. */
TEST(the_deadline_is_kept)
{
    make_machine();
    ck_assert_int_eq(shell("export BENCH=60; s=$(date +%s); DEADLINE=8 " GPU
                           "; r=$?; echo \"in $(($(date +%s) - s)) s\"; exit $r"),
                     1);
    says("failed: bench");
    says("not run: racecheck memcheck sweep synccheck initcheck torch");
    const char *took = strstr(text, "\nin ");
    ck_assert_ptr_nonnull(took);
    ck_assert_msg(atoi(took + 4) <= 8 + 4, "%s", took);
    shell(TABLE);
    says("took longer than");
    says("not run: no time is left");
}

TEST(without_a_device_it_is_not_run)
{
    make_machine();
    put_file("nvidia-smi", "#!/bin/sh\nexit 9\n");
    ck_assert_int_eq(shell(GPU), 2);
    says("not run: gpu: nvidia-smi knows no device");
    ck_assert_int_eq(shell("rm $D/nvidia-smi; " GPU), 2);
    says("not run: gpu: no nvidia-smi");
    ck_assert_int_eq(shell("unset BUILT; PATH=$D:/usr/bin:/bin NVCC=nowhere tests/gpu.sh"), 2);
    says("no nowhere, and no BUILT");
}

/* ---- make carry ---- */

/* A root with nothing but the folder and the C library of this machine. Without /proc the loader
 * must be told where a program lies. */
static const char make_root[] =
    "R=$D/root; mkdir -p $R/tmp && cp -r $EVIDENT_CARRY $R/carry && "
    "for l in $(ldd $R/carry/evident | "
    "grep -oE '/[^ ]*/(lib(c|m|dl|rt|pthread|resolv)|ld-linux[^ ]*)\\.so[^ ]*'); do "
    "mkdir -p $R$(dirname $l); cp -L $l $R$l || exit 1; done";

static int inside(const char *command)
{
    char whole[1000];
    snprintf(
        whole, sizeof whole,
        "PATH=$PATH:/usr/sbin; IN=\"env -i LD_ORIGIN_PATH=/carry $(command -v chroot) $D/root\"; "
        "[ $(id -u) = 0 ] || IN=\"unshare -r $IN\"; $IN %s",
        command);
    return shell(whole);
}

static bool can_carry(void)
{
    if (!getenv("EVIDENT_CARRY") || system("test -x \"$EVIDENT_CARRY/evident\"") != 0) {
        puts("not run: carry: nothing was made to be carried (make carry, which needs nvcc)");
        return false;
    }
    if (system("nvidia-smi >/dev/null 2>&1") == 0) {
        puts("not run: carry: this machine has a GPU; a root without a driver would need its "
             "absence");
        return false;
    }
    if (system("PATH=$PATH:/usr/sbin; [ $(id -u) = 0 ] || unshare -r true 2>/dev/null") != 0 ||
        system("PATH=$PATH:/usr/sbin; [ $(id -u) != 0 ] || chroot / true 2>/dev/null") != 0) {
        puts("not run: carry: this user may not change the root");
        return false;
    }
    return true;
}

TEST(programs_start_where_there_are_no_libraries)
{
    if (!can_carry())
        return;
    ck_assert_int_eq(shell(make_root), 0);
    ck_assert_msg(inside("/carry/evident verify closed-output:1:1 --engine clock-host --jobs 1 "
                         "--round-delays") == 0,
                  "%s", text);
    says("1 pass");
    ck_assert_int_eq(inside("/carry/edges cuda"), 2);
    says("edges: no NVIDIA device");
    ck_assert_int_eq(inside("/carry/bench cuda"), 2);
    says("not run: no NVIDIA device");
    ck_assert_int_eq(inside("/carry/sweep_device"), 2);
    says("cudaMalloc");
    ck_assert_msg(shell("p=$(realpath $EVIDENT_CARRY)/evident; cd / && $p generate "
                        "real-digits-small --seed 1 --count 1 --out $D/made") == 0,
                  "%s", text);
    /* It is the folder that makes them start. */
    ck_assert_int_eq(shell("rm $D/root/carry/lib/libmpfr*"), 0);
    ck_assert_int_ne(inside("/carry/evident --help"), 0);
    says("libmpfr");
}

SUITE("gpu", .setup = setup, .teardown = drop_folder, .seconds = 120)
