/* SPDX-License-Identifier: MIT */
/* store_bench_export.c: a bench as a table, for other programs, and as what a job of CI shows. */
#include "verify/store/store_bench.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* A name stands in a column. */
static void put_name(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' || *text == '|' ? ' ' : *text, out);
}

static void put_cases(const struct bench *bench, FILE *out)
{
    fputs("case\tengine\tseconds\tlow\thigh\trounds\tanswers\tbytes\tdigest\treason\n", out);
    for (size_t k = 0; k < bench->cases * bench->engines; k++) {
        const struct bench_row *row = &bench->row[k];
        struct interval time = bench_time(bench, k / bench->engines, k % bench->engines,
                                          interval_level_of(bench->cases));
        put_name(out, bench->at[k / bench->engines].name);
        fputc('\t', out);
        put_name(out, bench->engine[k % bench->engines]);
        if (row->ran)
            fprintf(out, "\t%.9g\t%.9g\t%.9g\t%zu\t%zu\t%.0f\t%016" PRIx64 "\t-\n", time.middle,
                    time.low, time.high, bench->rounds, row->answers, row->bytes, row->digest);
        else {
            fputs("\t-\t-\t-\t0\t0\t-\t-\t", out);
            put_name(out, row->reason);
            fputc('\n', out);
        }
    }
}

static void put_times(const struct bench *bench, FILE *out)
{
    fputs("case\tengine\tround\tseconds\n", out);
    for (size_t k = 0; k < bench->cases * bench->engines; k++)
        for (size_t r = 0; r < bench->rounds && bench->row[k].ran; r++) {
            put_name(out, bench->at[k / bench->engines].name);
            fputc('\t', out);
            put_name(out, bench->engine[k % bench->engines]);
            fprintf(out, "\t%zu\t%.9g\n", r, bench->seconds[k * bench->rounds + r]);
        }
}

static void put_markdown(const struct store_facts *facts, const struct bench *bench, FILE *out)
{
    fputs("### Time and memory\n\n| engine | cases | time of one answer to each | 95 % interval | "
          "memory |\n|--|--|--|--|--|\n",
          out);
    for (size_t e = 0; e < bench->engines; e++) {
        size_t cases;
        struct interval time = bench_total(bench, e, &cases);
        const struct bench_row *most = bench_memory(bench, e);
        fputs("| ", out);
        put_name(out, bench->engine[e]);
        fprintf(out, " | %zu | %.4g ms | %.4g to %.4g ms | ", cases, 1e3 * time.middle,
                1e3 * time.low, 1e3 * time.high);
        if (most)
            fprintf(out, "%.2f MiB |\n", most->bytes * 0x1p-20);
        else
            fputs("not known |\n", out);
    }
    fprintf(out, "\n%zu rounds on %s, %ld cores\n", bench->rounds,
            facts->processor[0] ? facts->processor : "an unnamed processor", facts->host_cores);
}

int store_bench_export(struct store *store, int64_t number, enum store_format format, bool times,
                       FILE *out)
{
    struct store_facts facts;
    struct bench bench;
    int failed = store_bench_take(store, number, &facts, &bench);
    if (!failed && format == STORE_MARKDOWN)
        put_markdown(&facts, &bench, out);
    else if (!failed && times)
        put_times(&bench, out);
    else if (!failed)
        put_cases(&bench, out);
    bench_clear(&bench);
    return failed;
}
