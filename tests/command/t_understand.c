/* SPDX-License-Identifier: MIT */
/* t_understand.c: `evident plot`, `evident explain` and `evident shrink` as a user calls them. */
#include "tests/run_suite.h"
#include "tests/shell.h"

static void read_file(const char *name)
{
    FILE *file = fopen(at(name), "r");
    ck_assert_msg(file != NULL, "%s", name);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
}

/* Every tag that opens closes, in order; & only in entities. */
static void is_well_formed(void)
{
    enum { DEEP = 64 };
    const char *open[DEEP];
    size_t depth = 0, roots = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '&')
            ck_assert_ptr_nonnull(memchr(at, ';', strlen(at) < 8 ? strlen(at) : 8));
        if (*at != '<' || at[1] == '?' || at[1] == '!')
            continue;
        const char *end = strchr(at, '>');
        ck_assert_ptr_nonnull(end);
        size_t length = strcspn(at + 1 + (at[1] == '/'), " \t\r\n/>");
        if (at[1] == '/') {
            ck_assert_uint_gt(depth, 0);
            ck_assert_int_eq(strncmp(open[--depth], at + 2, length), 0);
        } else if (end[-1] != '/') {
            roots += depth == 0;
            ck_assert_uint_lt(depth, DEEP);
            open[depth++] = at + 1;
        }
    }
    ck_assert_uint_eq(depth, 0);
    ck_assert_uint_eq(roots, 1);
}

TEST(picture_is_a_well_formed_svg)
{
    static const char *const calls[] = {
        "$E plot cases/examples/worked.json --out $D/a.svg",
        "$E plot cases/regression/name-there-is-none.json --out $D/a.svg",
        "$E plot random-recurrent:1:3 --engine clock-host --round-delays --defect 4 --out $D/a.svg",
        "$E plot random-batch:1:0 --sample 1 --neurons 10 --out $D/a.svg",
    };
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
        gives(calls[k], 0, "");
        read_file("a.svg");
        says("<svg");
        says("voltage V");
        is_well_formed();
    }
}

TEST(failing_event_is_marked)
{
    gives("$E plot random-recurrent:1:3 --engine clock-host --round-delays --defect 4 "
          "--out $D/a.svg",
          0, "");
    read_file("a.svg");
    says("first out of bounds: lambda_V of out 0, step 149");
}

TEST(large_case_shows_as_many_neurons_as_asked_for)
{
    gives("$E plot real-yin-yang:1:0 --neurons 4 --out $D/a.svg", 0, "");
    read_file("a.svg");
    says("199 more neurons");
    says("1 more inputs");
}

TEST(explain_prints_what_a_person_needs)
{
    gives("$E explain random-recurrent:1:3 --engine clock-host --round-delays "
          "--defect 4",
          0, "lambda_V of out[0] in step 149");
    says("matches defect 4");
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 110, "%.120s", line);
}

TEST(shrink_writes_the_same_file_again_and_its_command_fails)
{
    static char first[sizeof text];
    const char *shrink =
        "$E shrink random-recurrent:1:3 --engine clock-host --round-delays --defect 4 "
        "--out $D/a.json";
    gives(shrink, 0, "");
    says("nothing more can be removed");
    says("\nevident verify ");
    read_file("a.json");
    memcpy(first, text, sizeof first);
    gives(shrink, 0, "");
    read_file("a.json");
    ck_assert_str_eq(first, text);
    says("lambda_V of clock-host differs");
    gives("$E verify $D/a.json --engine clock-host --defect 4 --no-witness", 1, " lambda_V ");
    gives("$E verify $D/a.json --engine clock-host --quiet", 0, "");
}

TEST(bad_arguments_are_refused_in_one_line)
{
    refuses("$E shrink", "wants a case");
    refuses("$E shrink random-deep:1:0", "passes: nothing to shrink");
    refuses("$E shrink random-deep:1:0 --engine clock-host --round-delays", "passes: nothing");
    refuses("$E shrink degenerate-undecided:1:0", "as it is meant to be");
    refuses("$E shrink random-deep:1:0 --step 1", "want an --engine");
    refuses("$E shrink random-deep:1:0 --seconds 0", "wanted a whole number from 1");
    refuses("$E shrink /no/such/file", "/no/such/file");
    refuses("$E shrink random-recurrent:1:3 --engine clock-host --round-delays --defect 4 --out "
            "/no/such/folder/a.json",
            "no way to write there");
    refuses("$E explain random-deep:1:0", "wants one --engine");
    refuses("$E explain random-deep:1:0 --engine clock-host --round-delays", "nothing to explain");
    refuses("$E explain a b", "only one case at a time");
    refuses("$E explain random-deep:1:0 --engine x", "found 'x'");
    refuses("$E plot random-deep:1:0 --sample 9", "wanted less than 1");
    refuses("$E plot random-deep:1:0 --neurons 11", "from 1 to 10");
    refuses("$E plot random-deep:1:0 --out /no/such/folder/a.svg", "cannot write");
    refuses("$E plot degenerate-undecided:1:0 --out $D/a.svg", "cannot decide it");
}

SUITE("understand", .setup = make_folder, .teardown = drop_folder)
