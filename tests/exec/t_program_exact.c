/* SPDX-License-Identifier: MIT */
/* t_program_exact.c: how a program with exact event times is judged: the bound of each number is
 * its own and owes nothing to the name of the case; what rounding can decide, and what the
 * program's numbers cannot say, decides nothing; right ones pass, in single precision, too. */
#include "tests/program_case.h"
#include "tests/whole.h"
#include "tests/run_suite.h"

#define CARD "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":\"exact\"}' "
#define SINGLE "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"precision\":\"float32\"}' "

/* Answers to the case with $MOVE applied to it, which is what a program's rounding amounts to; the
 * answer's lines go through $LINES, and all of it in one line through $FILTER. */
static const char moved[] =
    "[ \"$1\" = --conventions ] && { echo \"$CONVENTIONS\"; exit; }\n"
    "while IFS= read -r line; do\n"
    "    printf '%s\\n' \"$line\" | sed -E \"${MOVE:-}\" | $E run - --digits 17 |\n"
    "        eval \"${LINES:-cat}\" | tr '\\n' ' ' | eval \"${FILTER:-cat}\"; echo\n"
    "done\n";

static void begin(void)
{
    setup();
    put_file("moved.sh", moved);
}

/* Judges the program on these files, by these settings of the environment; the exit code. */
static int judge(const char *settings, const char *files)
{
    char command[3000];
    snprintf(command, sizeof command,
             "export MOVE FILTER LINES; export %s; $E verify %s --no-witness --jobs 1 "
             "--engine \"exec:sh $D/moved.sh\"",
             settings, files);
    return shell(command);
}

static void passes(const char *settings, const char *files, const char *what)
{
    ck_assert_msg(judge(settings, files) == 0, "%s: %s", settings, text);
    says(what);
}

static void fails(const char *settings, const char *files, const char *what)
{
    int code = judge(settings, files);
    ck_assert_msg(code == 1, "%s: exit %d, printed %s", settings, code, text);
    says(what);
}

/* ---- the bound ---- */

TEST(an_ulp_of_any_input_passes_under_every_name)
{
    static const char *const moves[] = {
        "s/\\\"threshold\\\": ?1,/\\\"threshold\\\":1.0000000000000002,/",
        "s/\\\"threshold\\\": ?1,/\\\"threshold\\\":0.9999999999999999,/",
        "s/1\\.000001/1.0000010000000002/", "s/\\\"tau_mem\\\": ?20/&.000000000000004/"};
    setenv("NAMES", whole() ? "32" : "6", 1);
    ck_assert_int_eq(shell("for n in $(seq $NAMES); do sed \"s/near-rheobase/near-$n/\" "
                           "tests/programs/near-rheobase.json >$D/near-$n.json; done"),
                     0);
    for (size_t k = 0; k < sizeof moves / sizeof *moves; k++) {
        char settings[256];
        snprintf(settings, sizeof settings, CARD "MOVE='%s'", moves[k]);
        passes(settings, "$D/near-*.json", whole() ? ", 32 pass\n" : ", 6 pass\n");
        ck_assert_ptr_null(strstr(text, "nan"));
    }
    fails(CARD "MOVE='s/1\\.000001/1.000001000001/'", "$D/near-1.json", "spikes furthest off: n");
}

TEST(what_rounding_can_decide_is_set_apart)
{
    for (int k = 0; k < 2; k++) {
        int code = judge(k ? CARD "MOVE='s/1\\.0000000000000002/1/'" : CARD "MOVE=",
                         "tests/programs/drive-at-rheobase.json");
        ck_assert_msg(code == (k ? 2 : 0), "%s", text);
        if (k > 0)
            says("no evidence: beyond its precision: spikes are born or lost");
    }
    /* Bias or threshold alone leave the spike where it is, both together do not. */
    ck_assert_int_eq(shell("sed 's/\"end\": 2000/\"end\": 1000/; "
                           "s/1.0000000000000002/1.0000000000000053/' "
                           "tests/programs/drive-at-rheobase.json >$D/close.json"),
                     0);
    ck_assert_int_eq(judge(CARD "MOVE='s/1\\.0000000000000053/1/'", "$D/close.json"), 2);
    says("no evidence: beyond its precision: grazing");
    fails(CARD "FILTER=\"sed -E 's/(\\\"n\\\": \\[ *)\\[\\\"[^]]*\\]/\\1[]/'\"",
          "tests/programs/near-rheobase.json", "missing");
}

/* Of a program that says float32: each is within a part in 1,000 of a number, or in a small one. */
TEST(single_precision_is_no_licence)
{
    static const char small[] = "FILTER=\"sed -E 's/(\\\"weights\\\": \\[ *\\[\\[\\\"-?0?)"
                                "[^\\\"]*\\\", \\\"/\\1.001446814\\\", \\\"/'\"";
    char settings[400];
    passes(SINGLE "LINES='awk -v factor=1.0000001 -f $D/scale.awk'", "$D/case.json", "1 pass");
    fails(SINGLE "LINES='awk -v factor=1.0003 -f $D/scale.awk'", "$D/case.json",
          " weights weights[");
    fails(SINGLE "FILTER=\"sed -E 's/3\\.38715436/3.38845/'\"", "$D/case.json",
          "furthest off: sample 0 hid[0] spike 0 at 3.38715 ms late by 0.0013 ms");
    snprintf(settings, sizeof settings, SINGLE "%s", small);
    fails(settings, "$D/case.json", " weights weights[0][0][0] got -0.001446");
    /* a reset deep below makes a neuron spike once, and none of its numbers less exact */
    fails(SINGLE "FILTER='sed s/4.758625/4.757295/'", "tests/programs/arrival-in-the-cell.json",
          "out[0] spike 0 at 4.7573 ms early by 0.00133 ms");
    fails(SINGLE "FILTER='sed s/0.000564117/0.00047950/'",
          "tests/programs/arrival-in-the-cell.json", " weights weights[0][1][0] got 0.000479");
}

/* An integrator that is right to six digits fails, declared it passes, and no further than that. */
TEST(declared_accuracy_and_residual_are_what_it_is_judged_within)
{
    static const char late[] = "MOVE='s/\\\"threshold\\\": ?1}/\\\"threshold\\\":1.000001}/'";
    static const struct {
        const char *declares, *says;
        int code;
    } tries[] = {
        {"", "conventions: exact, binary64", 1},
        {",\"accuracy\":1e-6", "within its accuracy of 1e-06", 0},
        {",\"accuracy\":1e-9", "within its accuracy of 1e-09", 1},
        {",\"threshold_residual\":2e-6", "within its threshold residual of 2e-06", 0},
        {",\"threshold_residual\":1e-8", "within its threshold residual of 1e-08", 1},
        {",\"accuracy\":1", "wanted a number from 0 to below 1", 2},
    };
    for (size_t k = 0; k < sizeof tries / sizeof *tries; k++) {
        char settings[300];
        snprintf(settings, sizeof settings,
                 "CONVENTIONS='{\"format\":\"evident-conventions-1\"%s}' %s", tries[k].declares,
                 late);
        int code = judge(settings, "$D/case.json");
        ck_assert_msg(code == tries[k].code, "%s: exit %d, printed %s", settings, code, text);
        says(tries[k].says);
    }
}

/* A derivative by a time may be zero by cancellation, and what is left of its terms is no error;
 * neither is it one where a softmax is 1 to the last digit, or where the penalty of the only output
 * is added to 1/tau0 before that is taken away. */
TEST(what_cancels_is_rounded_like_its_terms)
{
    static const char left[] = CARD "FILTER='sed -E \"s/\\\"-?[0-9.]+e-[4-9][0-9]\\\"/"
                                    "\\\"1e-%d\\\"/g\"'";
    char settings[256];
    snprintf(settings, sizeof settings, left, 18);
    passes(settings, "closed-output:101:3", "1 pass");
    snprintf(settings, sizeof settings, left, 9);
    fails(settings, "closed-output:101:3", " delays delays[");
    /* a spike that arrivals move by less when they come together; a loss that is an integral */
    passes(CARD "FILTER='sed -E \"s/\\\"0e-4[0-9]\\\"/\\\"4.9e-14\\\"/g\"'",
           "conditioning-peak-above:101:51", "1 pass");
    fails(CARD "FILTER='sed -E \"s/\\\"0e-4[0-9]\\\"/\\\"4.9e-12\\\"/g\"'",
          "conditioning-peak-above:101:51", " delays delays[");
    passes(CARD "FILTER='sed s/1.39145724113597/1.39145724113567/'", "random-recurrent:101:472",
           "1 pass");
    fails(CARD "FILTER='sed s/1.39145724113597/1.39145724103597/'", "random-recurrent:101:472",
          " delays delays[");
    /* first spikes that move alike leave their cross entropy as it is */
    passes(CARD "FILTER='sed s/8.67130711087/8.67130711084/'", "closed-lambert:101:127", "1 pass");
    fails(CARD "FILTER='sed s/8.67130711087/8.67130710087/'", "closed-lambert:101:127",
          " spike_times spike_times[");
    ck_assert_int_eq(shell("sed -E 's/\\[\\[1, 2\\], \\[3, -1\\]\\]/[[90, -90], [90, -90]]/; "
                           "s/(\"label\": )1/\\10/' $D/case.json >$D/certain.json; "
                           "grep -q 90 $D/certain.json"),
                     0);
    passes(SINGLE "LINES='awk -v factor=0 -f $D/scale.awk'", "$D/certain.json", "1 pass");
    fails(SINGLE "LINES='awk -v factor=1e20 -f $D/scale.awk'", "$D/certain.json", " weights ");
    passes(CARD "LINES='awk -v factor=1.0000000000003 -f $D/scale.awk'", "closed-quadratic:1:1",
           "1 pass");
    fails(CARD "LINES='awk -v factor=1.000000001 -f $D/scale.awk'", "closed-quadratic:1:1",
          " weights ");
}

/* ---- what its numbers cannot say ---- */

TEST(beyond_double_precision_is_no_number)
{
    static const char both[] =
        "tests/programs/loss-beyond-double.json tests/programs/loss-beyond-double-one.json "
        "$D/tiny-tau1.json";
    ck_assert_int_eq(shell("sed 's/\"tau1\": [0-9.]*/\"tau1\": 1e-300/' "
                           "tests/programs/loss-beyond-double-one.json >$D/tiny-tau1.json; "
                           "grep -q 1e-300 $D/tiny-tau1.json"),
                     0);
    passes(CARD "MOVE=", both, ", 3 pass\n");
    ck_assert_ptr_null(strstr(text, "nan"));
    ck_assert_ptr_null(strstr(text, "inf"));
    /* what is in its range is judged */
    fails(CARD "FILTER=\"sed -E 's/6581\\.444/6581.445/'\"", both,
          " weights weights[0][0][0] got ");
    /* binary32 ends earlier */
    ck_assert_int_eq(judge(SINGLE "MOVE=", both), 0);
}

TEST(zeros_are_no_evidence_for_gradients)
{
    passes(CARD "MOVE=", "tests/programs/all-outputs-silent.json",
           "the true gradients are all zero");
    fails(CARD "FILTER=\"sed -E 's/(\\\"weights\\\": \\[ *\\[\\[\\\")0\\\"/\\11e-9\\\"/'\"",
          "tests/programs/all-outputs-silent.json", " weights weights[0][0][0] got 1");
    ck_assert_int_eq(judge(CARD "FILTER=\"sed -E 's/.*(\\\"gradients.*)\\\"margins.*/{"
                                "\\\"format\\\":\\\"evident-result-1\\\",\\1\\\"x\\\":1}/'\"",
                           "tests/programs/all-outputs-silent.json"),
                     2);
    says("no evidence: the true gradients are all zero");
}

/* ---- what is named ---- */

TEST(missing_spikes_come_before_late_ones_and_a_line_speaks_of_one)
{
    /* The first spike of neuron 0 is late by little, its last one by more; neuron 1 lacks its
     * last. */
    fails(CARD "FILTER=\"sed -E 's/3\\.38715/3.38716/; s/12\\.6837/12.7837/; s/, "
               "\\\"14\\.0164[0-9]*\\\"//'\"",
          "$D/case.json",
          "spike_counts first diverging event: sample 0 hid[1] spike 2 at 14.0164 ms missing");
    says(" spikes furthest off: sample 0 hid[0] spike 3 at 12.6837 ms late by 0.1 ms got 12.78");
    says(" want 12.68");
    fails(CARD "FILTER=\"sed -E 's/3\\.38715/3.38716/; s/12\\.6837/12.7837/'\"", "$D/case.json",
          " spikes furthest off: sample 0 hid[0] spike 3 at 12.6837 ms late by 0.1 ms got 12.78");
}

SUITE("program_exact", .setup = begin, .teardown = drop_folder, .seconds = 240)
