/* SPDX-License-Identifier: MIT */
/* t_serve.c: `evident serve` as a program at the other end of a pipe: a line in, a line out, and
 * nothing in a line ends it. That its verdicts are those of `evident judge` is asked in
 * verify/python/tests/test_service.py, which reads JSON. */
#include "tests/run_suite.h"
#include "tests/shell.h"

/* The answers of serve with these options to a file of lines. */
static void serve(const char *options, const char *lines)
{
    char command[300];
    put_file("lines", lines);
    snprintf(command, sizeof command, "$E serve %s <$D/lines", options);
    gives(command, 0, "");
}

static size_t lines_said(void)
{
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    return lines;
}

TEST(what_it_says_is_what_run_says_on_one_line)
{
    gives("$E run random-batch:1:1 --digits 17 >$D/run; tr '\\n' ' ' <$D/run | sed 's/ $//' "
          ">$D/want; echo >>$D/want; "
          "echo random-batch:1:1 | $E serve --digits 17 | sed 's/ $//' >$D/got; "
          "$E generate random-batch --seed 1 --first 1 --count 1 --out $D/c >/dev/null; "
          "tr '\\n' ' ' <$D/c/random-batch-1-1.json | $E serve --digits 17 | sed 's/ $//' >$D/two; "
          "echo $D/c/random-batch-1-1.json | $E serve --digits 17 | sed 's/ $//' >$D/three; "
          "cmp $D/got $D/want && cmp $D/two $D/want && cmp $D/three $D/want && wc -c <$D/want",
          0, "");
    ck_assert_int_gt(atoi(text), 1000);
}

TEST(it_is_a_program_that_the_judge_can_ask)
{
    gives("$E verify closed-output:1:0 closed-output:1:5 random-deep:1:0 --no-witness "
          "--engine \"exec:$E serve --digits 17\"",
          0, "cases: ");
    says(", 3 pass\n");
}

TEST(a_case_comes_back_as_it_was)
{
    gives(
        "echo '{\"case\": \"random-deep:1:3\", \"want\": \"case\"}' | $E serve >$D/flat; "
        "$E generate random-deep --seed 1 --first 3 --count 1 --out $D/c >/dev/null; "
        "tr '\\n' ' ' <$D/c/random-deep-1-3.json | sed 's/ $//' >$D/want; sed -i 's/ $//' $D/flat; "
        "echo >>$D/want; cmp $D/flat $D/want && echo same",
        0, "same\n");
}

TEST(bad_lines_are_answered_and_end_nothing)
{
    static const struct {
        const char *line, *said;
    } bad[] = {
        {"{", "line 1: column 1: no JSON: "},
        {"[]", "line 2: []: found no readable file"},
        {"-", "line 3: found no case, wanted a case in JSON, an address or a file"},
        {"no-family:1:0", "found an unknown family"},
        {"closed-chain:1:99999999999999999999999", "line 5: "},
        {"/", "line 6: /: found a directory"},
        {"{\"case\": 3}", "line 7: case: found none"},
        {"{\"cas\": 3}", "line 8: found cas, wanted case, answer, conventions or want"},
        {"{\"format\": \"evident-case-1\"}", "line 9: case: $: "},
        {"{\"case\": {\"format\": 1}}", "line 10: case: $.format"},
        {"{\"case\": \"closed-chain:1:0\", \"want\": \"all\"}", "line 11: want: "},
        {"{\"case\": \"closed-chain:1:0\", \"answer\": {}, \"want\": \"case\"}", "line 12: want: "},
        {"{\"case\": \"closed-chain:1:0\", \"want\": \"verdict\"}", "line 13: want: "},
        {"{\"case\": \"closed-chain:1:0\", \"answer\": {}, \"conventions\": 7}",
         "line 14: conventions: found something else"},
        {"{\"case\": \"closed-chain:1:0\", \"answer\": {}, \"conventions\": {\"format\": "
         "\"evident-conventions-1\", \"time\": \"late\"}}",
         "line 15: conventions.time: "},
        {"\377\376\200", "line 16: \\\\xff\\\\xfe\\\\x80: found no readable file"},
        {"{\"case\": \"closed-chain:1:0\", \"case\": 1}", "line 17: column "},
    };
    char lines[4096] = "";
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s\n", bad[k].line);
    snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "\n  \nclosed-chain:1:0\n");
    serve("", lines);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        says(bad[k].said);
    ck_assert_uint_eq(lines_said(), sizeof bad / sizeof *bad + 1);
    says("\"status\": \"ok\"");
    gives("printf 'a\\0b\\n\\0\\nclosed-chain:1:0\\n' | $E serve | grep -c 'wanted a case "
          "in\\|\"ok\"'",
          0, "3\n");
}

TEST(wrong_answers_are_verdicts)
{
    serve("", "{\"case\": \"closed-chain:1:0\", \"answer\": 3}\n"
              "{\"case\": \"closed-chain:1:0\", \"answer\": []}\n"
              "{\"case\": \"closed-chain:1:0\", \"answer\": {\"format\": \"evident-result-1\", "
              "\"case\": \"another\"}}\n"
              "{\"case\": \"closed-chain:1:0\", \"answer\": {\"format\": \"evident-result-1\", "
              "\"engine\": \"mine\", \"not-run\": \"no chains\"}}\n"
              "{\"case\": \"closed-chain:1:0\", \"answer\": {\"format\": \"evident-result-1\", "
              "\"loss\": NaN}}\n");
    says("\"verdict\": \"error\", \"reason\": \"answer: $: found a number, wanted an object\"");
    says("\"verdict\": \"not-run\", \"reason\": \"no answer\"");
    says("case: found \\\"another\\\", wanted closed-chain:1:0");
    says("\"verdict\": \"not-run\", \"reason\": \"no chains\"");
    says("\"verdict\": \"fail\", \"reason\": \"1 of 1 comparisons differ\"");
}

TEST(the_end_of_input_may_come_within_a_line)
{
    gives("printf 'closed-chain:1:0\\nclosed-chain:1:1' | $E serve | grep -c '\"status\": \"ok\"'",
          0, "2\n");
    gives("printf '{\"case\": \"closed-ch' | $E serve", 0, "line 1: column ");
    gives("$E serve </dev/null; $E serve </dev/null | wc -c", 0, "0\n");
}

TEST(what_cannot_be_decided_is_said)
{
    serve("", "degenerate-undecided:1:0\nclosed-chain:1:0\n");
    says("\"status\": \"undecided\",  \"reason\": \"coincidence: a spike and an arrival near");
    says("\"status\": \"ok\"");
    gives("echo '{\"case\": \"degenerate-undecided:1:0\", \"want\": \"case\"}' | $E serve >$D/c; "
          "$E serve <$D/c >$D/a; "
          "echo \"{\\\"case\\\": $(cat $D/c), \\\"answer\\\": $(cat $D/a)}\" | $E serve",
          0, "\"verdict\": \"undecided\", \"reason\": \"coincidence: a spike and an arrival near");
}

TEST(limits_are_of_a_line)
{
    gives("printf 'degenerate-bursting:1:1\\nclosed-chain:1:0\\n' | $E serve --spike-limit 3", 0,
          "{\"format\": \"evident-result-1\", \"not-run\": \"line 1: ");
    says("\"status\": \"ok\"");
    gives("printf 'real-digits:1:0\\nclosed-chain:1:0\\n' | $E serve --time-limit 1", 0,
          "line 1: ");
    says("\"status\": \"ok\"");
    gives("printf 'real-digits:1:0\\nclosed-chain:1:0\\n' | $E serve --memory-limit 96", 0,
          "line 1: ");
    says("\"status\": \"ok\"");
}

/* One process answers all: nothing of a case is left for the next, and no line is lost. */
TEST(a_thousand_cases_in_a_row)
{
    gives(
        "i=0; while [ $i -lt 1000 ]; do [ $((i % 10)) = 9 ] && echo closed-output:1:$i || "
        "echo closed-chain:2:$((i % 7)); i=$((i + 1)); done >$D/lines; $E serve --digits 17 "
        "<$D/lines >$D/out; "
        "grep -c '\"status\": \"ok\"' $D/out; "
        "sed -n 's/.*\"case\": \"\\([^\"]*\\)\".*/\\1/p' $D/out | cmp - $D/lines && echo in order; "
        "echo different: $(grep closed-chain:2 $D/out | sort -u | wc -l)",
        0, "1000\nin order\ndifferent: 7\n");
}

TEST(a_reader_that_is_gone_ends_it)
{
    refuses("yes closed-chain:1:0 | head -100 | $E serve >/dev/full",
            "cannot write to standard output");
    refuses("$E serve --adjoints --no-gradients </dev/null", "exclude each other");
}

SUITE("serve", .setup = make_folder, .teardown = drop_folder, .seconds = 300)
