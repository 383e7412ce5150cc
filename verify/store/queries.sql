/* SPDX-License-Identifier: MIT */
/* queries.sql: what is read of a run: the tables of a report, exports, parts of its page, and what
 * commands print. Part of the program: table.c includes it. ?1 is the run; of functions that are
 * not SQL's says verify/store/store_inner.h. Rows stand in the order of the suite. Numbers of a
 * report are printed here, so that its page and its tables agree; a REAL column as it is is printed
 * by table.c so that it reads back to the same bits. */

/* ---- tables of a report ---- */

QUERY("cases.tsv",
SELECT family, name AS "case", verdict, neurons, parameters, spikes, precision,
  general(grazing, 6) AS grazing, general(slope, 6) AS slope,
  general(coincidence, 6) AS coincidence, general("end", 6) AS "end",
  iif(abs(gradient_norm) < 9e999, general(gradient_norm, 6), '-') AS gradient_norm,
  iif(abs(condition) < 9e999, general(condition, 6), '-') AS condition, fixed(digits, 2) AS digits
FROM cases WHERE run = ?1 ORDER BY position)

QUERY("families.tsv",
WITH n AS (
  SELECT family, sum(numbers) AS numbers, min(iif(class <> '-', x.digits, NULL)) AS least,
    median(iif(class <> '-', x.digits, NULL)) AS middle,
    median(iif(class <> '-', "order", NULL)) AS "order"
  FROM cases c JOIN comparisons x USING (run, position)
  WHERE run = ?1 AND outcome <> 'excluded' GROUP BY family)
SELECT family, count(*) AS cases, sum(verdict = 'pass') AS pass, sum(verdict = 'fail') AS fail,
  sum(verdict = 'undecided') AS undecided, sum(verdict = 'not-run') AS not_run,
  sum(verdict = 'error') AS error, coalesce(n.numbers, 0) AS comparisons,
  fixed(least, 2) AS digits_minimum, fixed(middle, 2) AS digits_median,
  fixed(n."order", 5) AS order_median
FROM cases LEFT JOIN n USING (family) WHERE run = ?1 GROUP BY family ORDER BY min(position))

/* Millions of numbers agree; who reads the table looks for those that do not, and for how near to
 * its bound the rest came. So what differs or is excluded has a row of its own, and what agrees in
 * a case, of one kind and by one engine, shares the row of what came nearest to its bound: "rows"
 * says how many they are, "numbers" how many numbers they compared. Hence the sums of "numbers" of
 * a kind are those of summary.tsv. Two numbers that agree are not written: their distance is. ?2:
 * all have a row. */
QUERY("checks.tsv",
WITH x AS (
  SELECT position, nearest(number, distance, digits) AS number, 1 AS shares, count(*) AS rows,
    sum(numbers) AS numbers
  FROM comparisons WHERE run = ?1 AND outcome = 'pass' AND NOT ?2 GROUP BY position, kind, engine
  UNION ALL
  SELECT position, number, 0, 1, numbers FROM comparisons
  WHERE run = ?1 AND (outcome <> 'pass' OR ?2))
SELECT family, name AS "case", quantity, place AS "index", class, fixed(y.digits, 2) AS digits,
  fixed("order", 5) AS "order", fixed(step, 1) AS step, y.precision, iif(shares, '-', want) AS
    value,
  iif(shares, '-', got) AS reference, general(distance, 4) AS distance, outcome AS verdict, engine,
  kind, rows, x.numbers
FROM x JOIN comparisons y ON y.run = ?1 AND y.position = x.position AND y.number = x.number
  JOIN cases c ON c.run = ?1 AND c.position = x.position
ORDER BY x.position, x.number)

/* Of every group of families (what stands before the first hyphen), how many smooth differences
 * agree to at most so many digits, in tenths, rounded up from what checks.tsv prints; each curve
 * rises from 0 where it starts. */
QUERY("agreement.tsv",
WITH c AS (
  SELECT position, substr(family, 1, instr(family || '-', '-') - 1) AS "group" FROM cases
  WHERE run = ?1),
x AS (
  SELECT "group", CASE WHEN digits <= 0 THEN 0 WHEN digits >= 200 THEN 2000
      ELSE (CAST(replace(fixed(digits, 2), '.', '') AS INTEGER) + 9) / 10 END AS tenths
  FROM comparisons JOIN c USING (position)
  WHERE run = ?1 AND class = 'smooth' AND digits IS NOT NULL),
n AS (
  SELECT "group", tenths, sum(count(*)) OVER until AS n, sum(count(*)) OVER whole AS "all",
    min(tenths) OVER whole AS least
  FROM x GROUP BY "group", tenths
  WINDOW whole AS (PARTITION BY "group"), until AS (PARTITION BY "group" ORDER BY tenths)),
f AS (
  SELECT "group", min(position) AS first FROM c WHERE EXISTS (SELECT 1 FROM comparisons y
    WHERE y.run = ?1 AND y.position = c.position) GROUP BY "group")
SELECT "group", fixed(tenths / 10.0, 1) AS digits, comparisons, share FROM (
  SELECT "group", tenths, 0 AS comparisons, '0' AS share FROM n WHERE tenths = least
  UNION ALL
  SELECT "group", tenths, n, fixed(1.0 * n / "all", 6) FROM n) JOIN f USING ("group")
ORDER BY first, tenths, comparisons)

QUERY("engines.tsv",
SELECT family, name AS "case", engine, state, traced, same, decisions, near, digest, e.reason
FROM cases c JOIN engines e USING (run, position) WHERE run = ?1 ORDER BY position, number)

QUERY("ratios.tsv",
SELECT g.engine, g.quantity, 1 - bin.key AS log2_at_most, bin.value AS count,
  general(largest, 6) AS largest
FROM (SELECT number, max(engine) AS engine, quantity, counts(counts) AS counts,
    iif(count(*) = count(largest), max(largest), NULL) AS largest
  FROM ratios r JOIN engines e USING (run, position, number)
  WHERE run = ?1 AND state = 'ran' AND counts <> '' GROUP BY number, quantity) g
  JOIN words w ON what = 'ratio' AND name = g.quantity, json_each(g.counts) bin
ORDER BY g.number, w.number, CAST(bin.key AS INTEGER))

QUERY("ladder.tsv",
SELECT family, name AS "case", number AS rung, general(step, 9) AS step,
  iif(agrees, 'yes', 'no') AS agrees, general(error_spikes, 6) AS spikes,
  general(error_weights, 6) AS weights, general(error_delays, 6) AS delays,
  general(error_tau_mem, 6) AS tau_mem, general(error_tau_syn, 6) AS tau_syn
FROM cases c JOIN rungs r USING (run, position) WHERE run = ?1 ORDER BY position, number)

QUERY("orders.tsv",
SELECT family, name AS "case",
  (SELECT count(*) FROM rungs r WHERE r.run = ?1 AND r.position = l.position) AS rungs,
  fixed(order_spikes, 4) AS spikes, fixed(order_weights, 4) AS weights,
  fixed(order_delays, 4) AS delays, fixed(order_tau_mem, 4) AS tau_mem,
  fixed(order_tau_syn, 4) AS tau_syn, general("limit", 4) AS "limit", l.reason
FROM cases c JOIN ladders l USING (run, position) WHERE run = ?1 ORDER BY position)

/* Median error over the cases whose counts agree, of a quantity and a step (to a power of two). */
QUERY("convergence.tsv",
SELECT name AS quantity, power AS log2_step, fixed(median(log2(error)), 4) AS log2_error,
  count(*) AS cases
FROM (SELECT w.number, name, CAST(round(log2(step)) AS INTEGER) AS power,
    CASE w.number WHEN 0 THEN error_spikes WHEN 1 THEN error_weights WHEN 2 THEN error_delays
      WHEN 3 THEN error_tau_mem ELSE error_tau_syn END AS error
  FROM rungs r JOIN words w ON what = 'ladder' WHERE run = ?1 AND agrees)
WHERE error > 0 AND power BETWEEN -24 AND 8
GROUP BY number, power ORDER BY number, power DESC)

QUERY("engine_families.tsv",
WITH g AS (
  SELECT family, number, quantity, counts(counts) AS counts, iif(max(counts <> ''),
      iif(sum(counts <> '' AND largest IS NULL) > 0, NULL, max(iif(counts <> '', largest, NULL))),
      max(largest)) AS largest
  FROM cases c JOIN ratios r USING (run, position) WHERE run = ?1
  GROUP BY family, number, quantity),
s AS (
  SELECT family, number, quantity, CAST(bin.key AS INTEGER) AS bin,
    sum(bin.value) OVER (PARTITION BY family, number, quantity) AS "all",
    sum(bin.value) OVER (PARTITION BY family, number, quantity ORDER BY CAST(bin.key AS INTEGER)
      DESC)
      AS until
  FROM g, json_each(g.counts) bin),
h AS (
  SELECT family, number, quantity, max(bin) AS bin FROM s WHERE 2 * until >= "all"
  GROUP BY family, number, quantity),
m AS (
  SELECT family, number, quantity, general(largest, 3) AS largest,
    general(2.0 / (1 << bin), 3) AS median FROM g LEFT JOIN h USING (family, number, quantity)),
q AS (
  SELECT family, number,
    max(iif(quantity = 'V', median, NULL)) AS V1, max(iif(quantity = 'V', largest, NULL)) AS V2,
    max(iif(quantity = 'I', median, NULL)) AS I1, max(iif(quantity = 'I', largest, NULL)) AS I2,
    max(iif(quantity = 'slope', median, NULL)) AS s1,
    max(iif(quantity = 'slope', largest, NULL)) AS s2,
    max(iif(quantity = 'lambda_V', median, NULL)) AS lV1,
    max(iif(quantity = 'lambda_V', largest, NULL)) AS lV2,
    max(iif(quantity = 'lambda_I', median, NULL)) AS lI1,
    max(iif(quantity = 'lambda_I', largest, NULL)) AS lI2,
    max(iif(quantity = 'sample_loss', median, NULL)) AS sl1,
    max(iif(quantity = 'sample_loss', largest, NULL)) AS sl2,
    max(iif(quantity = 'loss', median, NULL)) AS l1,
    max(iif(quantity = 'loss', largest, NULL)) AS l2,
    max(iif(quantity = 'weights', median, NULL)) AS w1,
    max(iif(quantity = 'weights', largest, NULL)) AS w2,
    max(iif(quantity = 'delays', median, NULL)) AS d1,
    max(iif(quantity = 'delays', largest, NULL)) AS d2,
    max(iif(quantity = 'tau_mem', median, NULL)) AS m1,
    max(iif(quantity = 'tau_mem', largest, NULL)) AS m2,
    max(iif(quantity = 'tau_syn', median, NULL)) AS n1,
    max(iif(quantity = 'tau_syn', largest, NULL)) AS n2
  FROM m GROUP BY family, number),
o AS (
  SELECT family, 0 AS number, median(order_spikes) AS spikes, median(order_weights) AS weights
  FROM cases c JOIN ladders l USING (run, position) WHERE run = ?1 GROUP BY family),
e AS (
  SELECT family, number, engine, min(position) AS first, count(*) AS cases,
    sum(state = 'ran') AS ran, sum(state = 'inexpressible') AS inexpressible,
    sum(state = 'large') AS large, sum(state = 'absent') AS absent, sum(state = 'failed') AS failed,
    sum(same) AS same, sum(state = 'unjudged') AS unjudged
  FROM cases c JOIN engines e USING (run, position) WHERE run = ?1 GROUP BY family, number)
SELECT family, engine, cases, ran, inexpressible, large, absent, failed, same,
  coalesce(V1, 'nan') AS V_median, coalesce(V2, 'nan') AS V_largest,
  coalesce(I1, 'nan') AS I_median, coalesce(I2, 'nan') AS I_largest,
  coalesce(s1, 'nan') AS slope_median, coalesce(s2, 'nan') AS slope_largest,
  coalesce(lV1, 'nan') AS lambda_V_median, coalesce(lV2, 'nan') AS lambda_V_largest,
  coalesce(lI1, 'nan') AS lambda_I_median, coalesce(lI2, 'nan') AS lambda_I_largest,
  coalesce(sl1, 'nan') AS sample_loss_median, coalesce(sl2, 'nan') AS sample_loss_largest,
  coalesce(l1, 'nan') AS loss_median, coalesce(l2, 'nan') AS loss_largest,
  coalesce(w1, 'nan') AS weights_median, coalesce(w2, 'nan') AS weights_largest,
  coalesce(d1, 'nan') AS delays_median, coalesce(d2, 'nan') AS delays_largest,
  coalesce(m1, 'nan') AS tau_mem_median, coalesce(m2, 'nan') AS tau_mem_largest,
  coalesce(n1, 'nan') AS tau_syn_median, coalesce(n2, 'nan') AS tau_syn_largest,
  fixed(o.spikes, 3) AS order_spikes, fixed(o.weights, 3) AS order_weights, unjudged
FROM e LEFT JOIN q USING (family, number) LEFT JOIN o USING (family, number)
ORDER BY (SELECT min(position) FROM cases WHERE run = ?1 AND family = e.family), number)

/* How near to its bound each kind of comparison came, by family and by who is judged. */
QUERY("heat.tsv",
WITH p AS (
  SELECT position, engine, kind, sum(iif(outcome = 'excluded', 0, numbers)) AS numbers,
    sum(outcome = 'fail') AS differ, sum(iif(outcome = 'excluded', numbers, 0)) AS excluded,
    max(iif(outcome = 'excluded', NULL, distance)) AS largest
  FROM comparisons WHERE run = ?1 GROUP BY position, engine, kind),
h AS (
  SELECT family, engine, kind, sum(numbers) AS numbers, sum(differ) AS differ,
    sum(excluded) AS excluded, max(largest) AS largest
  FROM p JOIN cases c ON run = ?1 AND c.position = p.position GROUP BY family, engine, kind)
SELECT family, engine, kind, numbers, differ, excluded, general(largest, 4) AS largest
FROM h JOIN words w ON what = 'kind' AND name = kind WHERE numbers + excluded > 0
ORDER BY (SELECT min(position) FROM cases WHERE run = ?1 AND family = h.family),
  coalesce((SELECT min(e.number) + 1 FROM engines e WHERE e.run = ?1 AND e.engine = h.engine), 0),
  w.number)

/* Spikes that a step loses or makes up. */
QUERY("counts.tsv",
SELECT CAST(round(log2(step)) AS INTEGER) AS log2_step, count(*) AS ladders, sum(spikes) AS spikes,
  sum(missing) AS missing, sum(extra) AS extra
FROM rungs WHERE run = ?1 AND spikes + extra <> 0 GROUP BY log2_step
HAVING log2_step BETWEEN -24 AND 8 ORDER BY log2_step DESC)

/* Scatter plots: of the points in one cell of a raster, which lie under one mark, the first. */
QUERY("points.tsv",
WITH p AS (
  SELECT 'norm' AS picture, family, position, 0 AS rung, log10(iif(grazing < 100, grazing, NULL)) AS
    x,
    log10(gradient_norm) AS y, 0.15 AS wide, 0.3 AS high FROM cases WHERE run = ?1
  UNION ALL
  SELECT 'condition', family, position, 0, log10(iif(grazing < 100, grazing, NULL)),
    log10(condition), 0.15, 0.3 FROM cases WHERE run = ?1
  UNION ALL
  SELECT 'spikes', family, position, number, log10(step), log10(error_spikes), 0.0752574989159953,
    0.1 FROM cases c JOIN rungs r USING (run, position) WHERE run = ?1 AND agrees
  UNION ALL
  SELECT 'weights', family, position, number, log10(step), log10(error_weights),
    0.0752574989159953, 0.1 FROM cases c JOIN rungs r USING (run, position)
  WHERE run = ?1 AND agrees),
c AS (
  SELECT picture, substr(family, 1, instr(family || '-', '-') - 1) AS "group", position, rung, x, y,
    CAST(round(x / wide) AS INTEGER) AS "column", CAST(round(y / high) AS INTEGER) AS "row"
  FROM p WHERE abs(x) < 9e999 AND abs(y) < 9e999)
SELECT picture, "group", fixed(x, 4) AS x, fixed(y, 4) AS y
FROM (SELECT *, row_number() OVER (PARTITION BY picture, "group", "column", "row"
    ORDER BY position, rung) AS place FROM c) WHERE place = 1
ORDER BY picture, "group", "column", "row")

/* Of every case the number that is furthest off: those of a direction, a scale or a sign are parts
 * of what a gradient says, and stand beside it. Kept, since much of a page asks for it. What a case
 * looks like is its reading without details. */
QUERY("worst.tsv",
WITH p AS (
  SELECT position, number, kind, engine, quantity, place, outcome, class, digits, got, want,
    iif(outcome = 'fail' AND distance IS NULL, 9e999, distance) AS distance,
    kind = 'answers' AND (quantity GLOB '*_direction' OR quantity GLOB '*_scale'
      OR quantity GLOB '*_sign') AS part
  FROM comparisons WHERE run = ?1 AND outcome <> 'excluded'),
f AS (SELECT position, max(outcome = 'fail' AND NOT part) AS whole FROM p GROUP BY position),
w AS (
  SELECT position, nearest(number, distance, NULL) AS number FROM p JOIN f USING (position)
  WHERE NOT part OR (outcome = 'fail' AND NOT whole) GROUP BY position),
h AS (
  SELECT position, diagnosis || ' (' AS hint, engine FROM engines
  WHERE run = ?1 AND diagnosis <> '' GROUP BY position, engine)
SELECT c.position, family, name, anchor(name) || iif(row_number() OVER twice > 1,
    '~' || row_number() OVER twice, '') AS anchor, verdict, reason, kind, p.engine, quantity, place,
  got, want, distance, CASE WHEN got GLOB 'error *' THEN number(substr(got, 7))
    WHEN class <> '-' AND p.digits > 14 THEN exp10(-p.digits)
    ELSE abs(number(got) - number(want)) / abs(number(want)) END AS off,
  iif(verdict = 'fail', coalesce((SELECT substr(hint, 1, min(instr(hint, ' ('),
      instr(hint || ', cosine', ', cosine')) - 1) FROM h WHERE h.position = c.position
      AND h.engine = p.engine), (SELECT substr(hint, 1, min(instr(hint, ' ('),
      instr(hint || ', cosine', ', cosine')) - 1) FROM h WHERE h.position = c.position LIMIT 1),
      'nothing that is known here'), reason) AS look
FROM cases c LEFT JOIN w ON w.position = c.position LEFT JOIN p ON p.position = c.position
  AND p.number = w.number
WHERE c.run = ?1 WINDOW twice AS (PARTITION BY name ORDER BY c.position)
ORDER BY CASE verdict WHEN 'fail' THEN 0 WHEN 'error' THEN 1 WHEN 'undecided' THEN 2
    WHEN 'pass' THEN 3 ELSE 4 END, iif(verdict = 'pass', NULL, distance) DESC, c.position)

/* What did not pass, of a case at most six numbers that differ, the worst case first: a row a
 * quantity, with what its parts say beside it. */
QUERY("failures.tsv",
WITH x AS (
  SELECT *, row_number() OVER (PARTITION BY position ORDER BY number) AS rank FROM (
    SELECT *, kind = 'answers' AND (quantity GLOB '*_direction' OR quantity GLOB '*_scale'
        OR quantity GLOB '*_sign') AS part,
      replace(replace(replace(quantity, '_direction', ''), '_scale', ''), '_sign', '') AS stem
    FROM comparisons WHERE run = ?1 AND outcome = 'fail') y
  WHERE NOT part OR NOT EXISTS (SELECT 1 FROM comparisons z WHERE z.run = ?1
    AND z.position = y.position AND z.engine = y.engine AND z.quantity = y.stem
    AND z.outcome = 'fail'))
SELECT family, name AS "case", verdict, reason, coalesce(x.quantity, '-') AS quantity,
  x.place AS "index", x.got, x.want, general(x.distance, 3) AS distance,
  coalesce(x.engine, 'reference') AS engine,
  (SELECT diagnosis FROM engines e WHERE e.run = ?1 AND e.position = w.position
    AND e.engine = x.engine AND diagnosis <> '' LIMIT 1) AS hint,
  general(CASE WHEN x.got GLOB 'error *' THEN number(substr(x.got, 7))
    ELSE abs(number(x.got) - number(x.want)) / abs(number(x.want)) END, 3) AS relative,
  (SELECT group_concat(replace(iif(got IN ('+', '-', 'none'), 'sign ' || got,
      iif(got GLOB 'cosine *', 'cosine ' || general(number(substr(got, 8)), 6),
      'scale ' || general(number(got), 6))), char(9), ' '), ', ')
    FROM comparisons z WHERE z.run = ?1 AND z.position = w.position AND z.engine = x.engine
    AND z.kind = 'answers' AND z.outcome = 'fail' AND z.quantity IN (
      x.quantity || '_direction', x.quantity || '_scale', x.quantity || '_sign')) AS also,
  anchor, general(w.distance, 3) AS worst
FROM temp."worst.tsv" w LEFT JOIN x ON x.position = w.position AND rank <= 6
WHERE verdict <> 'pass' ORDER BY w.rowid, rank)

/* Cases that fail, the worst first, each with the engine whose numbers are wrong. */
QUERY("to draw",
SELECT name, iif(engine = 'reference' OR engine GLOB 'answers:*', NULL, engine)
FROM temp."worst.tsv" WHERE ?1 AND verdict = 'fail' ORDER BY rowid)

/* Got against want of every comparison of two numbers, by engine (the reference where there is
 * none), in decades; of the points in one cell of a raster the first. */
QUERY("against.tsv",
WITH e AS (SELECT coalesce((SELECT engine FROM engines WHERE run = ?1 AND engine <> '' LIMIT 1),
    'reference') AS first),
p AS (
  SELECT engine, outcome, number(got) AS g, number(want) AS w FROM comparisons, e
  WHERE run = ?1 AND outcome <> 'excluded' AND (engine <> 'reference' OR first = 'reference')
    AND kind NOT IN ('bits', 'promises')),
q AS (
  SELECT engine, outcome = 'fail' AS fails, (g < 0) <> (w < 0) AS turned, log10(abs(w)) AS x,
    log10(abs(g)) AS y FROM p WHERE g IS NOT NULL AND w IS NOT NULL AND g <> 0 AND w <> 0)
SELECT engine, fails, turned, fixed(x, 3) AS log10_want, fixed(y, 3) AS log10_got
FROM q GROUP BY engine, fails, turned, CAST(round(25 * x) AS INTEGER), CAST(round(25 * y) AS
  INTEGER)
ORDER BY engine, fails, turned, x, y)

/* How many comparisons are how far off, in half decades, in bounds and in relative size; what is
 * exactly right stands at -20. */
QUERY("errors.tsv",
WITH e AS (SELECT coalesce((SELECT engine FROM engines WHERE run = ?1 AND engine <> '' LIMIT 1),
    'reference') AS first),
p AS (
  SELECT engine, outcome = 'fail' AS fails, iif(outcome = 'fail' AND distance IS NULL, 1e20,
      distance) AS distance,
    CASE WHEN got GLOB 'error *' THEN number(substr(got, 7))
      WHEN class <> '-' AND digits > 14 THEN exp10(-digits)
      WHEN number(got) = number(want) THEN 0
      ELSE abs(number(got) - number(want)) / abs(number(want)) END AS off
  FROM comparisons, e WHERE run = ?1 AND outcome <> 'excluded' AND distance IS NOT NULL
    AND (engine <> 'reference' OR first = 'reference') AND kind NOT IN ('bits', 'promises')),
u AS (
  SELECT engine, 'bounds' AS measure, distance AS x, fails FROM p
  UNION ALL SELECT engine, 'relative', off, fails FROM p WHERE off IS NOT NULL)
SELECT engine, measure, fixed(coalesce(bin, -40) / 2.0, 1) AS log10_from, count(*) AS comparisons,
  sum(fails) AS fails FROM (
    SELECT engine, measure, fails, iif(x > 0, max(-39, min(40, CAST(log10(x) * 2 + 1000 AS INTEGER)
      - 1000)), NULL) AS bin FROM u)
GROUP BY engine, measure, bin ORDER BY engine, measure, bin)

/* ?2: the digest of the run. */
QUERY("summary.tsv",
WITH r AS (SELECT * FROM runs WHERE id = ?1),
x AS (
  SELECT kind, class, outcome = 'excluded' AS apart, sum(numbers) AS numbers
  FROM comparisons WHERE run = ?1 GROUP BY kind, class, apart),
d AS (
  SELECT min(digits) AS d1, median(digits) AS d2, min("order") AS o1, median("order") AS o2,
    max("order") AS o3 FROM comparisons WHERE run = ?1 AND outcome <> 'excluded' AND class <> '-'),
k AS (
  SELECT 0 AS part, 0 AS number, 'sources' AS key, suite AS value FROM r
  UNION ALL SELECT 1, 0, 'options', options FROM r
  UNION ALL SELECT 2, 0, 'cases', count(*) FROM cases WHERE run = ?1
  UNION ALL SELECT 3, number, name, (SELECT count(*) FROM cases WHERE run = ?1 AND verdict = w.name)
    FROM words w WHERE what = 'verdict'
  UNION ALL SELECT 4, number, 'compared_' || name,
    (SELECT coalesce(sum(numbers), 0) FROM x WHERE kind = name AND NOT apart)
    FROM words WHERE what = 'kind'
  UNION ALL SELECT 5, number, 'apart_' || name,
    (SELECT coalesce(sum(numbers), 0) FROM x WHERE kind = name AND apart AND class = '-')
    FROM words WHERE what = 'kind'
    AND number >= (SELECT number FROM words WHERE what = 'kind' AND name = 'rounding')
  UNION ALL SELECT 6, number, 'excluded_' || name,
    (SELECT coalesce(sum(numbers), 0) FROM x WHERE class = name AND apart)
    FROM words WHERE what = 'class' AND name NOT IN ('smooth', '-')
  UNION ALL SELECT 7, 0, 'digits_minimum', fixed(d1, 2) FROM d
  UNION ALL SELECT 7, 1, 'digits_median', fixed(d2, 2) FROM d
  UNION ALL SELECT 7, 2, 'order_minimum', fixed(o1, 5) FROM d
  UNION ALL SELECT 7, 3, 'order_median', fixed(o2, 5) FROM d
  UNION ALL SELECT 7, 4, 'order_maximum', fixed(o3, 5) FROM d
  UNION ALL SELECT 8, 0, 'digest', ?2
  UNION ALL SELECT 8, 1, 'evident', version FROM r
  UNION ALL SELECT 9, lib.id, lib.key, lib.value FROM r, json_each('{"' || replace(replace(
    lower(libraries), ', ', '","'), ' ', '":"') || '"}') lib
  UNION ALL SELECT 10, 0, 'compiler', compiler FROM r)
SELECT key, value FROM k ORDER BY part, number)

/* ---- a report of a run in a store that is kept: what it was, its times, the runs before it ---- */

QUERY("facts.tsv",
WITH r AS (SELECT * FROM runs WHERE id = ?1),
k AS (
  SELECT 0 AS part, 'run' AS key, id AS value FROM r
  UNION ALL SELECT 1, 'started', started FROM r
  UNION ALL SELECT 2, 'suite', suite FROM r
  UNION ALL SELECT 3, 'suite digest', suite_digest FROM r
  UNION ALL SELECT 4, 'options', options FROM r
  UNION ALL SELECT 5, 'shard', iif(shards = 0, '', shard || '/' || shards) FROM r
  UNION ALL SELECT 6, 'commit', commit_id || iif(dirty, ' and changes', '') FROM r
  UNION ALL SELECT 7, 'evident', version || ' (' || program || ')' FROM r
  UNION ALL SELECT 8, 'compiler', compiler FROM r
  UNION ALL SELECT 9, 'flags', flags FROM r
  UNION ALL SELECT 10, 'libraries', libraries FROM r
  UNION ALL SELECT 11, 'device', device FROM r
  UNION ALL SELECT 12, 'host', host FROM r
  UNION ALL SELECT 13, 'cores', host_cores FROM r)
SELECT key, value FROM k WHERE value <> '' ORDER BY part)

QUERY("times.tsv",
SELECT engine, count(*) AS cases, fixed(sum(seconds), 3) AS seconds FROM times WHERE run = ?1
GROUP BY engine ORDER BY sum(seconds) DESC, engine)

QUERY("slowest.tsv",
SELECT name AS "case", fixed(sum(t.seconds), 3) AS seconds
FROM times t JOIN cases c USING (run, position) WHERE run = ?1
GROUP BY position ORDER BY sum(t.seconds) DESC, position LIMIT 10)

/* The last dozen that can be compared: the same cases asked for in the same way. */
QUERY("trend.tsv",
SELECT run, started, "commit", cases, pass, fail, other, seconds, largest, program FROM (
  SELECT r.id AS run, r.started, substr(r.commit_id, 1, 12) AS "commit",
    (SELECT count(*) FROM cases c WHERE c.run = r.id) AS cases,
    (SELECT count(*) FROM cases c WHERE c.run = r.id AND c.verdict = 'pass') AS pass,
    (SELECT count(*) FROM cases c WHERE c.run = r.id AND c.verdict = 'fail') AS fail,
    (SELECT count(*) FROM cases c WHERE c.run = r.id AND c.verdict NOT IN ('pass', 'fail')) AS
      other,
    (SELECT iif(count(*) = 0, '0.00', fixed(sum(seconds), 2)) FROM times t WHERE t.run = r.id)
      AS seconds,
    (SELECT iif(count(distance) = 0, '0', general(max(distance), 4)) FROM comparisons x
      WHERE x.run = r.id AND x.outcome <> 'excluded') AS largest, r.program
  FROM runs r JOIN runs now ON now.id = ?1
  WHERE r.id <= now.id AND r.suite_digest = now.suite_digest AND r.options = now.options
    AND r.shard = now.shard AND r.shards = now.shards AND r.status = 'complete'
  ORDER BY r.id DESC LIMIT 12) ORDER BY run)

/* ---- exports ---- */

QUERY("export cases",
SELECT position, family, name AS "case", verdict, reason, neurons, parameters, spikes, precision,
  grazing, slope, coincidence, "end", maximum_gap, gradient_norm, condition, digits,
  nullif(case_digest, '') AS case_digest, content
FROM cases WHERE run = ?1 ORDER BY position)

QUERY("export comparisons",
SELECT c.position, family, name AS "case", verdict, kind, engine, quantity, place AS "index",
  outcome,
  class, numbers, x.digits, "order", step, x.precision, distance, got, want,
  (SELECT hint FROM hints h WHERE h.run = x.run AND h.position = x.position AND h.number = x.number)
    AS hint
FROM cases c JOIN comparisons x USING (run, position) WHERE run = ?1 ORDER BY position, number)

QUERY("export engines",
SELECT c.position, family, name AS "case", engine, state, e.reason, digest, traced, same, decisions,
  near, diagnosis, reading
FROM cases c JOIN engines e USING (run, position) WHERE run = ?1 ORDER BY position, number)

QUERY("export ladders",
SELECT c.position, family, name AS "case", o.quantity, o."order", r.step, o.agrees, l."limit",
  o.errors, l.reason
FROM cases c JOIN ladders l USING (run, position) JOIN orders o USING (run, position)
  LEFT JOIN rungs r ON r.run = c.run AND r.position = c.position AND r.number = 0
WHERE c.run = ?1 ORDER BY c.position, o.quantity)

QUERY("export times",
SELECT c.position, family, name AS "case", engine, t.seconds
FROM cases c JOIN times t USING (run, position) WHERE run = ?1 ORDER BY position, engine)

/* Of one case, ?2. */
QUERY("json comparisons",
SELECT kind, engine, quantity, place AS "index", outcome, class, numbers, digits, "order", step,
  precision, distance, got, want,
  (SELECT hint FROM hints h WHERE h.run = x.run AND h.position = x.position AND h.number = x.number)
    AS hint
FROM comparisons x WHERE run = ?1 AND position = ?2 ORDER BY number)

QUERY("json engines",
SELECT engine, state, reason, digest, traced, same, decisions, near, diagnosis, reading
FROM engines WHERE run = ?1 AND position = ?2 ORDER BY number)

QUERY("json ratios",
SELECT engine, quantity, largest, counts FROM ratios r JOIN engines e USING (run, position, number)
WHERE run = ?1 AND position = ?2 ORDER BY number, quantity)

QUERY("json ladders",
SELECT o.quantity, o."order", r.step, o.agrees, l."limit", o.errors, l.reason
FROM ladders l JOIN orders o USING (run, position)
  LEFT JOIN rungs r ON r.run = l.run AND r.position = l.position AND r.number = 0
WHERE l.run = ?1 AND l.position = ?2 ORDER BY o.quantity)

QUERY("json times",
SELECT engine, seconds FROM times WHERE run = ?1 AND position = ?2 ORDER BY engine)

QUERY("json run",
SELECT version, program, commit_id AS "commit", dirty, flags, compiler, libraries, device, suite,
  suite_digest, options, engines, cases, fingerprint FROM runs WHERE id = ?1)

QUERY("json host",
SELECT started, host, host_cores FROM runs WHERE id = ?1)

/* The XML that CI systems read: a test suite a family, a test a case. What fails is a failure, with
 * a line a comparison; undecided is a failure of its own type, since it is no pass; not-run is
 * skipped. ?2: with times. */
QUERY("junit",
WITH c AS (
  SELECT *, min(position) OVER (PARTITION BY family) AS first FROM cases WHERE run = ?1),
said AS (
  SELECT position, group_concat(xml(text) || char(10), '') AS text FROM (
    SELECT position, CASE rank WHEN 21 THEN rows - 20 || ' more' ELSE printf(
      '%s %s %s got %s want %s distance %s by %s%s', kind, quantity, place, got, want,
      general(distance, 3), engine, coalesce(' | ' || (SELECT hint FROM hints h WHERE h.run = ?1
        AND h.position = x.position AND h.number = x.number), '')) END AS text
    FROM (SELECT *, row_number() OVER (PARTITION BY position ORDER BY number) AS rank,
        count(*) OVER (PARTITION BY position) AS rows
      FROM comparisons WHERE run = ?1 AND outcome = 'fail') x
    WHERE rank <= 21 ORDER BY position, number)
  GROUP BY position),
test AS (
  SELECT first, position, printf('  <testcase classname="%s" name="%s"%s', xml(family), xml(name),
      coalesce((SELECT ' time="' || fixed(sum(t.seconds), 6) || '"' FROM times t
        WHERE ?2 AND t.run = ?1 AND t.position = c.position HAVING count(*) > 0), '')) ||
    CASE verdict WHEN 'pass' THEN '/>'
      WHEN 'not-run' THEN printf('>%s   <skipped message="%s"/>%s  </testcase>', char(10),
        xml(iif(reason = '', verdict, reason)), char(10))
      ELSE printf('>%s   <%s message="%s" type="%s">%sevident verify %s %s</%s>%s  </testcase>',
        char(10), iif(verdict = 'error', 'error', 'failure'),
        xml(iif(reason = '', verdict, reason)), xml(verdict), coalesce(said.text, ''),
        xml(word(name)), xml((SELECT options FROM runs WHERE id = ?1)),
        iif(verdict = 'error', 'error', 'failure'), char(10)) END AS text
  FROM c LEFT JOIN said USING (position)),
counts AS (
  SELECT first, family, printf(' tests="%d" failures="%d" errors="%d" skipped="%d">', count(*),
    sum(verdict NOT IN ('pass', 'error', 'not-run')), sum(verdict = 'error'),
    sum(verdict = 'not-run')) AS text FROM c GROUP BY first)
SELECT text FROM (
  SELECT -1 AS first, 0 AS part, 0 AS position, '<?xml version="1.0" encoding="UTF-8"?>' || char(10)
    ||
    '<testsuites name="evident"' || printf(' tests="%d" failures="%d" errors="%d" skipped="%d">',
      count(*), sum(verdict NOT IN ('pass', 'error', 'not-run')), sum(verdict = 'error'),
      sum(verdict = 'not-run')) AS text FROM c
  UNION ALL SELECT first, 0, 0, ' <testsuite name="' || xml(family) || '"' || text FROM counts
  UNION ALL SELECT first, 1, position, text FROM test
  UNION ALL SELECT first, 2, 0, ' </testsuite>' FROM counts
  UNION ALL SELECT 9e18, 0, 0, '</testsuites>')
ORDER BY first, part, position)

/* A run as the summary of a CI job: verdict first, totals, engines, what did not pass and the
 * command that shows it again. Markdown as GitHub and GitLab render it. Short on purpose: the page
 * has the rest. */
QUERY("markdown",
WITH c AS (SELECT * FROM cases WHERE run = ?1),
v AS (
  SELECT count(*) AS cases, sum(verdict = 'pass') AS pass, sum(verdict IN ('fail', 'error')) AS
    wrong,
    (SELECT coalesce(sum(numbers), 0) FROM comparisons WHERE run = ?1 AND outcome <> 'excluded')
      AS numbers,
    (SELECT status = 'complete' FROM runs WHERE id = ?1) AS complete FROM c),
e AS (
  SELECT min(number) AS rank, markdown(engine, count(*), sum(state = 'ran'), sum(same),
    (SELECT iif(count(distance) = 0, '0', general(max(distance), 3)) FROM comparisons x
      WHERE x.run = ?1 AND x.engine = e.engine AND outcome <> 'excluded'),
    (SELECT sum(outcome = 'fail') FROM comparisons x WHERE x.run = ?1 AND x.engine = e.engine),
    (SELECT reason FROM engines s WHERE s.run = ?1 AND s.engine = e.engine AND state <> 'ran'
      ORDER BY position LIMIT 1)) AS text FROM engines e WHERE run = ?1 GROUP BY engine),
f AS (
  SELECT row_number() OVER (ORDER BY c.position) AS rank, count(*) OVER () AS "all",
    markdown(name, engine, quantity || ' ' || place, got, want, general(distance, 3),
      (SELECT hint FROM hints h WHERE h.run = ?1 AND h.position = x.position
        AND h.number = x.number)) AS text
  FROM c JOIN comparisons x ON x.run = ?1 AND x.position = c.position AND x.number = (
    SELECT min(y.number) FROM comparisons y WHERE y.run = ?1 AND y.position = c.position
      AND y.outcome = 'fail') WHERE verdict <> 'pass'),
o AS (
  SELECT row_number() OVER (ORDER BY verdict <> 'error', position) AS rank, count(*) OVER () AS
    "all",
    markdown(verdict, name, reason) AS text FROM c WHERE verdict NOT IN ('pass', 'fail')),
k AS (
  SELECT row_number() OVER (ORDER BY verdict NOT IN ('fail', 'error'), position) AS rank,
    line('evident verify ' || word(name) || ' ' || (SELECT options FROM runs WHERE id = ?1)) AS text
  FROM c WHERE verdict <> 'pass')
SELECT text FROM (
  SELECT 0 AS part, 0 AS rank, '## evident: ' || CASE WHEN wrong > 0 THEN
      wrong || ' of ' || cases || ' cases fail' WHEN cases = 0 THEN 'nothing was run'
      WHEN pass < cases THEN pass || ' of ' || cases || ' cases pass, none fails'
      ELSE 'all ' || cases || ' cases pass' END || char(10, 10) || numbers ||
    ' numbers were compared.' || iif(complete, '', ' **The run is not complete.**') AS text FROM v
  UNION ALL SELECT 1, 0, char(10) || '| cases | pass | fail | undecided | not run | error |' ||
    char(10) || '|--|--|--|--|--|--|' || char(10) || markdown(count(*), sum(verdict = 'pass'),
      sum(verdict = 'fail'), sum(verdict = 'undecided'), sum(verdict = 'not-run'),
      sum(verdict = 'error')) FROM c HAVING count(*) > 0
  UNION ALL SELECT 2, -1, char(10) || '| engine | cases | ran | same bits | worst, bounds | ' ||
    'comparisons that fail | why not run |' || char(10) || '|--|--|--|--|--|--|--|'
    WHERE EXISTS (SELECT 1 FROM e)
  UNION ALL SELECT 2, rank, text FROM e
  UNION ALL SELECT 3, 0, char(10) || '### What fails' || char(10, 10) || 'The first comparison of '
    ||
    'each case; distance in units of its bound.' || char(10, 10) ||
    '| case | who | what | got | want | distance | looks like |' || char(10) ||
    '|--|--|--|--|--|--|--|' WHERE EXISTS (SELECT 1 FROM f)
  UNION ALL SELECT 3, rank, text FROM f WHERE rank <= 20
  UNION ALL SELECT 3, rank, char(10) || ("all" - 20) || ' more are not listed here.' FROM f
    WHERE rank = 21
  UNION ALL SELECT 4, 0, char(10) || '### What was not settled' || char(10, 10) ||
    '| verdict | case | reason |' || char(10) || '|--|--|--|' WHERE EXISTS (SELECT 1 FROM o)
  UNION ALL SELECT 4, rank, text FROM o WHERE rank <= 20
  UNION ALL SELECT 4, rank, char(10) || ("all" - 20) || ' more are not listed here.' FROM o
    WHERE rank = 21
  UNION ALL SELECT 5, 0, char(10) || '<details><summary>Commands that show them again</summary>' ||
    char(10, 10) || '```' WHERE EXISTS (SELECT 1 FROM k)
  UNION ALL SELECT 5, rank, text FROM k WHERE rank <= 20
  UNION ALL SELECT 5, 21, '```' || char(10, 10) || '</details>' WHERE EXISTS (SELECT 1 FROM k))
ORDER BY part, rank)

QUERY("markdown about",
SELECT char(10) || '| suite | options | evident | commit | compiler | device |' || char(10) ||
  '|--|--|--|--|--|--|' || char(10) ||
  markdown(suite, options, version, substr(commit_id, 1, 12), compiler, device)
FROM runs WHERE id = ?1)

/* ---- `evident show` ---- */

QUERY("show kinds",
SELECT x.kind, x.engine, sum(CASE x.outcome WHEN 'excluded' THEN 0 ELSE x.numbers END),
  sum(x.outcome = 'fail'), sum(x.outcome = 'excluded'),
  max(CASE x.outcome WHEN 'excluded' THEN NULL ELSE x.distance END),
  min(CASE x.outcome WHEN 'excluded' THEN NULL ELSE x.digits END)
  FROM comparisons x WHERE x.run = ?
  GROUP BY x.kind, x.engine ORDER BY min(x.position * 1000000 + x.number))

QUERY("show facts",
SELECT id AS run, started, status ||
  printf(': %d of %d cases', (SELECT count(*) FROM cases WHERE run = id), planned) AS
  status,
  CASE shards WHEN 0 THEN '' ELSE shard || '/' || shards END AS shard, suite,
  suite_digest AS "suite digest", options, engines,
  commit_id || CASE dirty WHEN 0 THEN '' ELSE ' and changes' END AS "commit",
  version || ' (' || program || ')' AS evident, compiler, flags, libraries, device,
  host, host_cores AS cores, fingerprint FROM runs WHERE id = ?)

QUERY("show families",
SELECT printf('%-28s %6d %6d %6d %9d %7d %6d', family, count(*), sum(verdict = 'pass'),
  sum(verdict = 'fail'), sum(verdict = 'undecided'), sum(verdict = 'not-run'),
  sum(verdict NOT IN ('pass', 'fail', 'undecided', 'not-run')))
  FROM cases WHERE run = ? GROUP BY family ORDER BY min(position))

QUERY("show times",
SELECT printf('%-14s %.3f s in %d cases', engine, sum(seconds), count(*))
  FROM times WHERE run = ? GROUP BY engine ORDER BY engine)

QUERY("show bad",
SELECT printf('%s %s: %s', upper(verdict), name, reason) FROM cases
  WHERE run = ? AND verdict <> 'pass' ORDER BY position)

QUERY("show find",
SELECT position + 1 FROM cases WHERE run = ?1
  AND (name = ?2 OR CAST(position AS TEXT) = ?2) ORDER BY name = ?2 DESC, position LIMIT 1)

QUERY("show whole",
SELECT name AS "case", position, family, verdict, reason, neurons, parameters, spikes,
  precision || ' bits' AS precision, grazing, slope, coincidence, "end", maximum_gap AS
  "maximum gap",
  gradient_norm AS "gradient norm", condition, digits, case_digest AS "case digest",
  content AS digest FROM cases WHERE run = ? AND position = ?)

QUERY("show again",
SELECT 'evident verify ' || c.name || ' ' || r.options AS again
  FROM cases c JOIN runs r ON r.id = c.run WHERE c.run = ? AND c.position = ?)

QUERY("show engines",
SELECT printf('engine %s: %s%s digest %s%s, %d decisions, %d near%s%s', engine, state,
  CASE reason WHEN '' THEN '' ELSE ' (' || reason || ')' END, digest,
  CASE traced WHEN 0 THEN '' ELSE ' with V, I and adjoints' END, decisions, near,
  CASE diagnosis WHEN '' THEN '' ELSE ' | ' END, diagnosis)
  FROM engines WHERE run = ? AND position = ? ORDER BY number)

QUERY("show ladders",
SELECT printf('steps from %.6g ms, %s: order %s, errors %s', r.step, o.quantity,
  CASE WHEN o."order" IS NULL THEN '-' ELSE printf('%.3f', o."order") END, o.errors)
  FROM orders o LEFT JOIN rungs r ON r.run = o.run AND r.position = o.position
  AND r.number = 0 WHERE o.run = ? AND o.position = ? ORDER BY o.quantity)

QUERY("show comparisons",
SELECT printf('%-8s %-12s %-12s %-16s %-28s distance %-10s digits %-6s got %s want %s%s',
  x.outcome, x.kind, x.engine, x.quantity, x.place,
  CASE WHEN x.distance IS NULL THEN '-' ELSE printf('%.4g', x.distance) END,
  CASE WHEN x.digits IS NULL THEN '-' ELSE printf('%.1f', x.digits) END,
  CASE x.got WHEN '' THEN '-' ELSE x.got END,
  CASE x.want WHEN '' THEN '-' ELSE x.want END, coalesce(' | ' || (SELECT hint FROM hints h
  WHERE h.run = x.run AND h.position = x.position AND h.number = x.number), ''))
  FROM comparisons x
  WHERE x.run = ? AND x.position = ? ORDER BY x.number)

/* ---- `evident diff`: pairs of cases are in tables of the connection ---- */

QUERY("diff pairs",
INSERT INTO pairs
  WITH x AS (SELECT name, position, row_number() OVER (PARTITION BY name ORDER BY position)
  AS n FROM cases WHERE run = ?1),
  y AS (SELECT name, position, row_number() OVER (PARTITION BY name ORDER BY position)
  AS n FROM cases WHERE run = ?2)
  SELECT x.name, x.position, y.position FROM x LEFT JOIN y USING (name, n)
  UNION ALL
  SELECT y.name, NULL, y.position FROM y LEFT JOIN x USING (name, n) WHERE x.name IS NULL
  ORDER BY 3, 2)

QUERY("diff worst",
INSERT INTO worst SELECT p.rowid, ?1, x.kind, x.engine, x.quantity,
  max(CASE WHEN x.distance IS NULL AND x.outcome = 'fail' THEN 9e999 ELSE x.distance END),
  min(x.digits)
  FROM pairs p JOIN comparisons x ON x.run = ?2
  AND x.position = CASE ?1 WHEN 0 THEN p.a ELSE p.b END
  WHERE x.outcome <> 'excluded' AND p.a IS NOT NULL AND p.b IS NOT NULL GROUP BY 1, 3, 4,
  5)

QUERY("diff cases",
SELECT p.name, x.verdict, y.verdict, x.case_digest IS NOT y.case_digest,
  x.content IS NOT y.content, y.reason
  FROM pairs p LEFT JOIN cases x ON x.run = ?1 AND x.position = p.a
  LEFT JOIN cases y ON y.run = ?2 AND y.position = p.b ORDER BY p.rowid)

QUERY("diff engines",
SELECT p.name, x.engine, x.state, y.state, x.digest, y.digest
  FROM pairs p JOIN engines x ON x.run = ?1 AND x.position = p.a
  LEFT JOIN engines y ON y.run = ?2 AND y.position = p.b AND y.engine = x.engine
  WHERE p.b IS NOT NULL AND (x.state IS NOT y.state OR x.digest IS NOT y.digest)
  ORDER BY p.rowid, x.number)

QUERY("diff numbers",
SELECT p.name || ' ' || x.kind || ' ' || x.engine || ' ' || x.quantity,
  x.ratio, y.ratio, x.digits, y.digits, y.pair IS NULL
  FROM worst x LEFT JOIN worst y ON y.pair = x.pair AND y.kind = x.kind
  AND y.engine = x.engine AND y.quantity = x.quantity AND y.side = 1
  JOIN pairs p ON p.rowid = x.pair
  WHERE x.side = 0 AND (y.pair IS NULL OR x.ratio IS NOT y.ratio OR x.digits IS NOT
  y.digits)
  ORDER BY x.pair, x.kind, x.engine, x.quantity)

QUERY("diff times",
SELECT x.engine, sum(x.seconds), sum(y.seconds)
  FROM pairs p JOIN times x ON x.run = ?1 AND x.position = p.a
  JOIN times y ON y.run = ?2 AND y.position = p.b AND y.engine = x.engine
  GROUP BY x.engine ORDER BY x.engine)

/* ---- what the summary compares with ---- */

QUERY("since before",
SELECT coalesce(max(a.id), 0) FROM runs a JOIN runs b ON b.id = ? WHERE a.id < b.id
  AND a.suite = b.suite AND a.shard = b.shard AND a.shards = b.shards
  AND a.status = 'complete')

/* ---- `evident list` ---- */

QUERY("list runs",
SELECT id, started, status, planned, commit_id, dirty,
  CASE shards WHEN 0 THEN '' ELSE shard || '/' || shards END, suite, engines, options,
  (SELECT count(*) FROM cases WHERE run = id), version FROM runs ORDER BY id)

/* ---- `evident store --check` ---- */

QUERY("check totals",
SELECT r.id, r.planned, count(c.verdict),
  coalesce((SELECT sum(t.cases) FROM totals t WHERE t.run = r.id), 0),
  (SELECT count(*) FROM totals t WHERE t.run = r.id AND t.cases IS NOT
  (SELECT count(*) FROM cases k WHERE k.run = r.id AND k.verdict = t.verdict))
  FROM runs r LEFT JOIN cases c ON c.run = r.id WHERE r.status = 'complete'
  GROUP BY r.id ORDER BY r.id)

/* ---- `evident baseline` ---- */

QUERY("baseline verdicts",
SELECT name, '-', '-', verdict, NULL, NULL FROM cases WHERE run = ?)

QUERY("baseline worst",
SELECT c.name, x.kind, x.engine, '-',
  max(CASE WHEN x.distance IS NULL AND x.outcome = 'fail' THEN 9e999 ELSE x.distance END),
  min(x.digits)
  FROM cases c JOIN comparisons x ON x.run = c.run AND x.position = c.position
  WHERE c.run = ? AND x.outcome <> 'excluded' GROUP BY c.position, x.kind, x.engine)

/* ---- what was not run, by reason: numbers in it do not tell reasons apart ---- */

QUERY("not run",
SELECT cases, iif(alone, reason, look) AS reason, name FROM (
  SELECT count(*) AS cases, count(DISTINCT reason) = 1 AS alone, reason, alike(reason) AS look, name,
    min(position) AS first
  FROM cases WHERE run = ?1 AND verdict = 'not-run' GROUP BY look)
ORDER BY cases DESC, first)

/* ---- totals ---- */

QUERY("totals verdict",
SELECT (SELECT number FROM words WHERE what = 'verdict' AND name = verdict), count(*)
  FROM cases WHERE run = ? GROUP BY verdict)

QUERY("totals inexpressible",
SELECT count(*) FROM (SELECT 1 FROM cases c JOIN engines e USING (run, position)
  WHERE run = ? AND verdict = 'not-run' GROUP BY position
  HAVING sum(state NOT IN ('inexpressible', 'large')) = 0))

QUERY("totals numbers",
SELECT (SELECT number FROM words WHERE what = 'kind' AND name = kind),
  (SELECT number FROM words WHERE what = 'class' AND name = class),
  outcome = 'excluded' AS apart, sum(numbers) FROM comparisons WHERE run = ?
  GROUP BY kind, class, apart)

QUERY("totals differences",
SELECT min(digits), median(digits), min("order"), median("order"), max("order")
  FROM comparisons WHERE run = ? AND outcome <> 'excluded' AND class <> '-')

QUERY("totals orders",
SELECT count(order_spikes), median(order_spikes), count(order_weights),
  median(order_weights), count(order_delays), median(order_delays), count(order_tau_mem),
  median(order_tau_mem), count(order_tau_syn), median(order_tau_syn) FROM ladders
  WHERE run = ?)

QUERY("totals state",
SELECT number, engine, (SELECT w.number FROM words w WHERE what = 'state' AND name =
  CASE engine WHEN '' THEN 'failed' ELSE state END), count(*), sum(state = 'ran' AND
  traced), sum(state = 'ran' AND same AND number > 0), sum(iif(state = 'ran', decisions,
  0)), sum(iif(state = 'ran', near, 0)) FROM engines WHERE run = ?
  GROUP BY number, engine, state)

QUERY("totals cause",
SELECT number, (SELECT w.number FROM words w WHERE what = 'cause' AND name = cause), count(*)
  FROM engines WHERE run = ? GROUP BY number, cause)

QUERY("totals reason",
SELECT number, reason FROM engines WHERE run = ?
  AND engine <> '' AND reason <> '' GROUP BY number, state, reason
  ORDER BY number, max(state IN ('absent', 'failed')) DESC, min(position))

QUERY("totals ratios",
SELECT r.number, w.number, largest, counts FROM ratios r JOIN engines e
  USING (run, position, number) LEFT JOIN words w ON w.what = 'ratio'
  AND w.name = r.quantity WHERE r.run = ? AND state = 'ran')

QUERY("totals seconds",
SELECT number, median(seconds) FROM engines WHERE run = ? AND seconds > 0
  GROUP BY number)

/* ---- parts of the page: they ask what is kept of worst.tsv ---- */

/* What the failures look like, the most frequent first, with the worst case of each. */
QUERY("page readings",
WITH g AS (
  SELECT look, count(*) AS cases, min(rowid) AS first FROM temp."worst.tsv" WHERE ?1 AND verdict = 'fail'
  GROUP BY look),
r AS (SELECT *, row_number() OVER (ORDER BY cases DESC, first) AS rank FROM g)
SELECT iif(rank > 12, 'other readings', r.look) AS look, sum(r.cases) AS cases,
  general(max(distance), 3) AS distance, general(max(off), 3) AS off, anchor, name
FROM r JOIN temp."worst.tsv" w ON w.rowid = r.first GROUP BY min(rank, 13) ORDER BY min(rank, 13))

/* Errors, what is undecided, what was not run: by reason, with some of its cases. */
QUERY("page unsettled",
WITH c AS (
  SELECT position, name, verdict, reason, alike(reason) AS look,
    row_number() OVER (PARTITION BY verdict, alike(reason) ORDER BY position) AS rank
  FROM cases WHERE run = ?1 AND verdict NOT IN ('pass', 'fail'))
SELECT verdict, count(*) AS cases, iif(count(DISTINCT reason) = 1, reason, look) AS reason,
  group_concat(iif(rank <= 24, name, NULL), ' ') AS names
FROM c GROUP BY verdict, look
ORDER BY CASE verdict WHEN 'error' THEN 0 WHEN 'undecided' THEN 1 ELSE 2 END, cases DESC,
  min(position))

/* Cases to look at: what did not pass, then of every cell of the heat map the nearest to its bound,
 * then others; cells are ENGINE.KIND as the heat map numbers them. */
QUERY("page cases",
WITH x AS (
  SELECT position, engine, kind, max(distance) AS distance FROM comparisons WHERE run = ?1
  GROUP BY position, engine, kind),
o AS (SELECT engine, min(number) + 1 AS turn FROM engines WHERE run = ?1 GROUP BY engine),
t AS (
  SELECT position, group_concat(coalesce(turn, 0) || '.' || w.number, ' ') AS cells
  FROM x JOIN words w ON what = 'kind' AND name = kind LEFT JOIN o USING (engine)
  GROUP BY position),
n AS (
  SELECT DISTINCT position FROM (SELECT x.position, max(x.distance) FROM x JOIN cases c
    ON c.run = ?1 AND c.position = x.position GROUP BY family, x.engine, kind))
SELECT verdict, general(distance, 3) AS distance, iif(off IS NULL, '-', general(off, 3)) AS off,
  anchor, name, coalesce(quantity, '-') AS quantity, iif(verdict = 'pass', '', look) AS look, family,
  coalesce(cells, '') AS cells
FROM temp."worst.tsv" w LEFT JOIN t USING (position)
WHERE verdict <> 'not-run' ORDER BY verdict = 'pass', iif(verdict = 'pass',
  position NOT IN (SELECT position FROM n), 0), w.rowid LIMIT 600)

/* How far the numbers that pass agree, by engine. */
QUERY("page digits",
SELECT engine, fixed(min(x.digits), 1) AS fewest, name, fixed(median(x.digits), 1) AS middle
FROM comparisons x JOIN cases USING (run, position)
WHERE run = ?1 AND outcome = 'pass' AND x.digits IS NOT NULL
  AND (class <> '-' OR kind = 'answers') GROUP BY engine)

/* The heat map: families down, kinds of comparison across, how near to its bound the worst number
 * of each came. Its numbers are text in a table, so that it reads on a phone, on paper and without
 * colours. */
QUERY("page heat",
WITH n AS (
  SELECT *, rowid AS place, CASE largest WHEN 'nan' THEN NULL WHEN 'inf' THEN 9e999
    ELSE CAST(largest AS REAL) END AS most FROM temp."heat.tsv"),
h AS (
  SELECT *, min(place) OVER (PARTITION BY family) AS first,
    differ > 0 OR (numbers > 0 AND NOT coalesce(most <= 1, 0)) AS fails FROM n),
e AS (
  SELECT engine, count(DISTINCT kind) AS kinds,
    row_number() OVER (ORDER BY min(place)) AS turn FROM h GROUP BY engine),
c AS (
  SELECT DISTINCT engine, kind, w.number AS place, turn
  FROM h JOIN e USING (engine) JOIN words w ON what = 'kind' AND name = kind),
cell AS (
  SELECT f.first, f.family, turn, c.place, iif(h.kind IS NULL, '<td></td>',
    printf('<td class="%s" title="%d numbers%s%s">%s%s%s</td>',
      CASE WHEN fails THEN 'hot' WHEN numbers = 0 THEN 'out' WHEN most > 0.5 THEN 'h4'
        WHEN most > 0.1 THEN 'h3' WHEN most > 0.01 THEN 'h2' WHEN most > 0.0001 THEN 'h1'
        ELSE 'h0' END,
      numbers, iif(excluded <> 0, printf(', %d excluded', excluded), ''),
      iif(fails, printf(', %d comparisons fail, worst %s bounds', differ, general(most, 3)), ''),
      printf('<a href="#%s" data-family="%s" data-cell="%d.%d">',
        iif(fails, coalesce((SELECT anchor FROM temp."worst.tsv" b WHERE b.family = f.family
          AND verdict = 'fail' AND EXISTS (SELECT 1 FROM comparisons x
            WHERE x.run = ?1 AND x.position = b.position AND x.engine = h.engine
            AND x.kind = h.kind AND outcome = 'fail') ORDER BY b.rowid LIMIT 1), 'cases'), 'cases'),
        html(f.family), coalesce((SELECT min(e.number) + 1 FROM engines e WHERE e.run = ?1
          AND e.engine = h.engine), 0), c.place),
      CASE WHEN fails THEN '✗' || differ WHEN numbers = 0 THEN '○'
        WHEN most >= 0.01 THEN fixed(most, 2) WHEN most > 0 THEN '‹.01' ELSE '0' END, '</a>'))
      AS text
  FROM (SELECT DISTINCT family, first FROM h) f JOIN c
    LEFT JOIN h ON h.family = f.family AND h.engine = c.engine AND h.kind = c.kind)
SELECT text FROM (
  SELECT 0 AS part, 0 AS first, '<p>Nothing was compared in this run.</p>' AS text
  WHERE NOT EXISTS (SELECT 1 FROM h)
  UNION ALL SELECT 1, 0, '<div class="wide"><table class="heat">' || char(10) ||
    '<thead><tr><td></td>' || (SELECT
      group_concat(printf('<th colspan="%d" scope="colgroup">%s</th>',
      kinds, html(engine)), '') FROM (SELECT * FROM e ORDER BY turn)) || '</tr>' || char(10) ||
    '<tr><td></td>' || (SELECT group_concat('<th scope="col"><span>' || html(kind) ||
      '</span></th>',
      '') FROM (SELECT * FROM c ORDER BY turn, place)) || '</tr></thead>' || char(10) || '<tbody>'
  UNION ALL SELECT 2, first, '<tr><th scope="row">' || html(family) || '</th>' ||
    group_concat(text, '') || '</tr>' FROM (SELECT * FROM cell ORDER BY first, turn, place)
    GROUP BY first
  UNION ALL SELECT 3, 0, '</tbody>' || char(10) || '</table></div>' WHERE EXISTS (SELECT 1 FROM h))
WHERE text IS NOT NULL ORDER BY part, first)
