/* report_heat.c: the heat map: families down, kinds of comparison across, how near to its bound the
 * worst number of each came. Its numbers are text in a table, so that it reads on a phone, on paper
 * and without colours. */
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

enum { NAME = 64, COLUMNS = 80 };

struct cell {
    char family[NAME], engine[NAME], kind[NAME], numbers[24], excluded[24];
    unsigned long long differ, compared;
    double largest;
};

struct map {
    struct cell *at;
    size_t count, room;
    size_t column[COLUMNS], columns; /* a cell of each */
};

static bool same_column(const struct cell *a, const struct cell *b)
{
    return strcmp(a->engine, b->engine) == 0 && strcmp(a->kind, b->kind) == 0;
}

static int read_map(struct map *map, struct report *report)
{
    struct report_rows rows;
    int found = report_rows_open(&rows, report->directory, "heat.tsv", REPORT_HEAT, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        found = 0;
        if (map->count == map->room) {
            size_t room = 2 * map->room + 64;
            struct cell *grown = realloc(map->at, room * sizeof *grown);
            if (!grown) {
                snprintf(report->error->text, sizeof report->error->text, "memory is short");
                found = -1;
                break;
            }
            map->at = grown;
            map->room = room;
        }
        struct cell *cell = &map->at[map->count++];
        snprintf(cell->family, sizeof cell->family, "%s", rows.cell[0]);
        snprintf(cell->engine, sizeof cell->engine, "%s", rows.cell[1]);
        snprintf(cell->kind, sizeof cell->kind, "%s", rows.cell[2]);
        snprintf(cell->numbers, sizeof cell->numbers, "%s", rows.cell[3]);
        snprintf(cell->excluded, sizeof cell->excluded, "%s", rows.cell[5]);
        cell->compared = strtoull(rows.cell[3], NULL, 10);
        cell->differ = strtoull(rows.cell[4], NULL, 10);
        cell->largest = strtod(rows.cell[6], NULL);
    }
    report_rows_close(&rows);
    return found < 0 ? -1 : 0;
}

/* The reference first, then engines as they come; kinds of each in the order of the judge. */
static void find_columns(struct map *map)
{
    for (size_t k = 0; k < map->count; k++)
        for (int kind = 0; kind < VER_KINDS; kind++)
            for (size_t i = 0; i < map->count; i++) {
                const struct cell *cell = &map->at[i];
                bool known = strcmp(cell->engine, map->at[k].engine) != 0 ||
                             strcmp(cell->kind, ver_kind_name((enum ver_kind)kind)) != 0;
                for (size_t c = 0; c < map->columns && !known; c++)
                    known = same_column(&map->at[map->column[c]], cell);
                if (!known && map->columns < COLUMNS)
                    map->column[map->columns++] = i;
            }
}

static const struct cell *find_cell(const struct map *map, const char *family, size_t column)
{
    for (size_t k = 0; k < map->count; k++)
        if (strcmp(map->at[k].family, family) == 0 &&
            same_column(&map->at[k], &map->at[map->column[column]]))
            return &map->at[k];
    return NULL;
}

static void put_heads(FILE *out, const struct map *map)
{
    fputs("<div class=\"wide\"><table class=\"heat\">\n<thead><tr><td></td>", out);
    for (size_t c = 0, next; c < map->columns; c = next) {
        const struct cell *first = &map->at[map->column[c]];
        for (next = c; next < map->columns; next++)
            if (strcmp(map->at[map->column[next]].engine, first->engine) != 0)
                break;
        fprintf(out, "<th colspan=\"%zu\" scope=\"colgroup\">", next - c);
        report_put_text(out, first->engine);
        fputs("</th>", out);
    }
    fputs("</tr>\n<tr><td></td>", out);
    for (size_t c = 0; c < map->columns; c++) {
        fputs("<th scope=\"col\"><span>", out);
        report_put_text(out, map->at[map->column[c]].kind);
        fputs("</span></th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void put_heat_cell(FILE *out, const struct cell *cell)
{
    if (!cell) {
        fputs("<td></td>", out);
        return;
    }
    bool fails = cell->differ > 0 || (cell->compared > 0 && !(cell->largest <= 1));
    const char *class_ = fails                    ? "hot"
                         : cell->compared == 0    ? "out"
                         : cell->largest > 0.5    ? "h4"
                         : cell->largest > 0.1    ? "h3"
                         : cell->largest > 0.01   ? "h2"
                         : cell->largest > 0.0001 ? "h1"
                                                  : "h0";
    fprintf(out, "<td class=\"%s\" title=\"", class_);
    report_put_text(out, cell->numbers);
    fputs(" numbers", out);
    if (strcmp(cell->excluded, "0") != 0)
        fprintf(out, ", %s excluded", cell->excluded);
    if (fails)
        fprintf(out, ", %llu comparisons fail, worst %.3g bounds", cell->differ, cell->largest);
    fputs("\">", out);
    if (fails)
        fprintf(out, "✗%llu", cell->differ);
    else if (cell->compared == 0)
        fputs("○", out);
    else if (cell->largest >= 0.01)
        fprintf(out, "%.2f", cell->largest);
    else
        fputs(cell->largest > 0 ? "‹.01" : "0", out);
    fputs("</td>", out);
}

int report_put_heat(struct report *report)
{
    struct map map = {NULL, 0, 0, {0}, 0};
    int failed = read_map(&map, report);
    find_columns(&map);
    if (!failed && map.columns == 0)
        fputs("<p>Nothing was compared in this run.</p>\n", report->out);
    if (!failed && map.columns > 0) {
        put_heads(report->out, &map);
        for (size_t k = 0; k < map.count; k++) {
            if (k > 0 && strcmp(map.at[k].family, map.at[k - 1].family) == 0)
                continue;
            fputs("<tr><th scope=\"row\">", report->out);
            report_put_text(report->out, map.at[k].family);
            fputs("</th>", report->out);
            for (size_t c = 0; c < map.columns; c++)
                put_heat_cell(report->out, find_cell(&map, map.at[k].family, c));
            fputs("</tr>\n", report->out);
        }
        report_put_table_end(report->out);
    }
    free(map.at);
    return failed;
}
