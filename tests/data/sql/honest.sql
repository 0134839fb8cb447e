SELECT name, step FROM scalars ORDER BY step LIMIT 3 BY name
SELECT name, x FROM vectors ARRAY JOIN numbers AS x
SELECT name, x FROM vectors LEFT ARRAY JOIN numbers AS x, arrayEnumerate(numbers) AS i
SELECT * FROM scalars AS a ASOF JOIN system AS b ON a.run_id = b.run_id AND a.ts >= b.ts
SELECT count() FROM scalars
SELECT name, count() FROM scalars GROUP BY name WITH TOTALS
SELECT name, count() FROM scalars GROUP BY ROLLUP(name)
SELECT name, count() FROM scalars GROUP BY name WITH ROLLUP
SELECT name, count() FROM scalars GROUP BY name WITH CUBE
SELECT name, count() FROM scalars GROUP BY GROUPING SETS ((name), ())
SELECT name, row_number() OVER (PARTITION BY name ORDER BY step) AS r FROM scalars QUALIFY r = 1
SELECT quantile(0.9)(value), quantiles(0.1, 0.9)(value), quantileIf(0.5)(value, step > 1) FROM scalars
SELECT avgIf(value, step > 3), argMax(step, value), argMaxIf(step, value, step > 2) FROM scalars
SELECT avgMerge(s) FROM (SELECT avgState(value) AS s FROM scalars)
SELECT now() - INTERVAL 1 DAY, toDate('2024-01-01') + INTERVAL '2' WEEK
SELECT '1'::UInt8, CAST('1' AS Float64), CAST('1', 'Float64')
SELECT (1, 'a').1, tuple(1, 2), map('a', 1)['a'], [1, 2, 3][1]
SELECT JSONExtractFloat(config, 'lr'), JSONExtract(config, 'a', 'Array(String)') FROM runs
SELECT step FROM scalars ORDER BY step WITH FILL FROM 0 TO 10 STEP 1
SELECT step, value FROM scalars ORDER BY step WITH FILL FROM 0 TO 10 STEP 1 INTERPOLATE (value AS value + 1)
SELECT * FROM runs WHERE run_id GLOBAL IN (SELECT run_id FROM scalars)
SELECT * EXCEPT (name) FROM scalars
SELECT * EXCEPT name FROM scalars
SELECT * REPLACE (value + 1 AS value) FROM scalars
SELECT COLUMNS('value') APPLY(sum) FROM scalars
SELECT arrayMap(x -> x + 1, numbers), arrayFilter((x, i) -> i > 1, numbers, arrayEnumerate(numbers)) FROM vectors
WITH 5 AS k SELECT k FROM runs
WITH best AS (SELECT run_id, min(value) AS v FROM scalars GROUP BY run_id) SELECT * FROM best JOIN runs USING run_id
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t
SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3
SELECT 1 INTERSECT SELECT 1
SELECT 1 EXCEPT SELECT 2
SELECT a.name FROM runs AS a ANY LEFT JOIN tags AS b ON a.run_id = b.run_id
SELECT a.name FROM runs AS a SEMI LEFT JOIN tags AS b ON a.run_id = b.run_id
SELECT a.name FROM runs AS a LEFT ANTI JOIN tags AS b USING (run_id)
SELECT a.name FROM runs a, tags b WHERE a.run_id = b.run_id
SELECT a.name FROM runs a CROSS JOIN tags b
SELECT sum(value) OVER (PARTITION BY run_id, name ORDER BY step ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM scalars
SELECT avg(value) OVER w FROM scalars WINDOW w AS (PARTITION BY name ORDER BY step RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
SELECT lagInFrame(value, 1, 0) OVER (PARTITION BY run_id, name ORDER BY step) FROM scalars
SELECT if(value > 1, 'a', 'b'), multiIf(value > 1, 1, value > 2, 2, 3), value > 1 ? 'a' : 'b' FROM scalars
SELECT CASE WHEN value > 1 THEN 1 ELSE 2 END, CASE name WHEN 'a' THEN 1 ELSE 2 END FROM scalars
SELECT toStartOfInterval(ts, INTERVAL 5 MINUTE) AS t, count() FROM scalars GROUP BY t
SELECT toDateTime64('2024-01-01 00:00:00', 6, 'UTC'), formatDateTime(ts, '%Y-%m-%d') FROM scalars
SELECT name LIKE 'a%', name ILIKE 'A%', match(name, '^a'), name NOT LIKE 'b' FROM scalars
SELECT extract(name, '(\\w+)'), splitByChar('/', name)[1], substring(name, 1, 3), name || 'x', concat(name, 'x') FROM scalars
SELECT EXTRACT(YEAR FROM ts), trim(BOTH ' ' FROM name) FROM scalars
SELECT count(DISTINCT name), uniq(name), uniqExact(name), groupArray(10)(name), topK(3)(name) FROM scalars
SELECT groupArraySorted(5)(value), corr(step, value), stddevPop(value), simpleLinearRegression(step, value) FROM scalars
SELECT * FROM scalars WHERE (run_id, name) IN (SELECT run_id, name FROM metrics)
SELECT * FROM scalars WHERE name IN ('a', 'b') AND value BETWEEN 1 AND 2 AND step IS NOT NULL
SELECT * FROM numbers(10)
SELECT number FROM numbers(1, 10)
SELECT * FROM generate_series(0, 10, 2)
SELECT name, count() AS c FROM scalars GROUP BY ALL HAVING c > 1 ORDER BY ALL
SELECT name FROM scalars LIMIT 10 OFFSET 5
SELECT name FROM scalars ORDER BY value DESC NULLS LAST LIMIT 3 WITH TIES
SELECT x.1, x.2 FROM (SELECT arrayJoin(arrayZip([1, 2], ['a', 'b'])) AS x)
SELECT arraySum(x -> x * x, numbers), arrayReduce('avg', numbers), arrayCumSum(numbers) FROM vectors
SELECT mapKeys(tags), mapValues(tags), mapContains(tags, 'a') FROM runs
SELECT -value, NOT (value > 1), NULL, true, 0x1F, 1e5, inf, nan, -inf FROM scalars
SELECT "name", `name` FROM "scalars"
SELECT name AS n, n || 'b' AS m FROM runtide.scalars
SELECT DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00'
SELECT toInt64OrNull(text), coalesce(number, 0), ifNull(number, 0), nullIf(number, 1) FROM config
SELECT sumMap(map(name, value)), anyLast(value), any(value), first_value(value), last_value(value) FROM scalars
SELECT sum(value) FILTER (WHERE step > 1) FROM scalars
SELECT a.* FROM runs AS a
SELECT runs.name FROM runs INNER JOIN scalars ON runs.run_id = scalars.run_id
SELECT runtide.runs.name FROM runtide.runs
SELECT argMin(tuple(step, value), value) AS best, best.1 FROM scalars
SELECT EXISTS(SELECT 1 FROM runs)
SELECT toYear(ts), toMonth(ts), toDayOfWeek(ts), toHour(ts), toYYYYMMDD(ts), toUnixTimestamp(ts), age('day', ts, now()) FROM scalars
SELECT replaceRegexpAll(name, '(a)', '\\1b'), position(name, 'a'), lower(name), upper(name), reverse(name), leftPad(name, 5) FROM runs
SELECT round(value, 2), floor(value), greatest(value, 1), least(value, 1), abs(value), pow(value, 2), log(value), exp(value), sqrt(value), ln(value), log2(value), log10(value), sign(value), ceil(value) FROM scalars
SELECT (SELECT 1) + 1
SELECT name, arrayStringConcat(groupUniqArray(experiment), ', ') FROM runs GROUP BY name
SELECT 'it''s', 'a\'b', 'x\ny', 'tab\t', '\x41', 'quote"`'
SELECT value NOT BETWEEN 1 AND 3, value IS NULL, value <=> 1, value == 1, value <> 1 FROM scalars
SELECT quantileTDigest(0.5)(value), quantileExact(value), median(value), medianIf(value, step > 1) FROM scalars
SELECT arrayJoin([1, 2]) AS x, x * 2
SELECT count() FROM runs WHERE tags['a'] = 'b' AND has(mapKeys(tags), 'c')
SELECT toJSONString(map('a', 1)), JSON_VALUE(config, '$.a'), JSONHas(config, 'a', 'b'), simpleJSONExtractInt(config, 'a') FROM runs
SELECT * FROM scalars ANTI JOIN runs USING (run_id)
SELECT * FROM scalars GLOBAL JOIN runs USING (run_id)
SELECT a, b FROM (SELECT 1 AS a) AS x CROSS JOIN (SELECT 2 AS b) AS y
SELECT sumIf(value, name = 'a') / nullIf(sumIf(value, name = 'b'), 0) FROM scalars
SELECT name, sum(value) AS s FROM scalars GROUP BY 1 ORDER BY 2 DESC
SELECT toFloat64OrNull('1'), toInt32('1'), toString(1), toDate(ts), toDateTime(ts) FROM scalars
SELECT lead(value) OVER (ORDER BY step, run_id, name), lag(value, 1) OVER (ORDER BY step, run_id, name), rank() OVER (ORDER BY value), dense_rank() OVER (ORDER BY value), ntile(4) OVER (ORDER BY value, run_id, name, step) FROM scalars
SELECT run_id, argMin(step, value) AS best_step, min(value) AS best FROM scalars WHERE name = 'loss' GROUP BY run_id ORDER BY best
SELECT experiment, name, avg(value) AS mean, stddevSamp(value) AS spread FROM scalars WHERE isFinite(value) GROUP BY experiment, name
SELECT r.run_id, c.number AS lr, m.min AS loss FROM runs AS r JOIN config AS c ON c.run_id = r.run_id AND c.name = 'lr' JOIN metrics AS m ON m.run_id = r.run_id AND m.name = 'loss'
SELECT corr(c.number, m.min) FROM config AS c JOIN metrics AS m USING (run_id) WHERE c.name = 'lr' AND m.name = 'loss'
SELECT t.value AS team, count() AS runs, sum(duration_s) / 3600 AS hours FROM runs JOIN tags AS t USING (run_id) WHERE t.name = 'team' GROUP BY team
SELECT run_id, count, first, last, last - first AS change FROM metrics WHERE kind = 'scalar'
SELECT host, max(value) FROM system WHERE name = 'gpu.utilization' GROUP BY host
SELECT toStartOfMinute(ts) AS minute, avg(value) FROM system GROUP BY minute ORDER BY minute
SELECT name, numbers['hits'] AS hits, texts['label'] AS label FROM rows ORDER BY run_id, row
SELECT sum(numbers['hits']) AS total FROM rows
SELECT run_id, name, row_count, columns FROM tables
SELECT run_id, name, arraySum(numbers), length(numbers) FROM vectors WHERE kind = 'float'
SELECT run_id, path, formatReadableSize(size_bytes) FROM files
SELECT run_id, width, height, media_type FROM images
SELECT file, text FROM logs ORDER BY run_id, place
SELECT run_id, arrayStringConcat(groupArray(text), '') AS whole FROM (SELECT run_id, text FROM logs ORDER BY run_id, place) GROUP BY run_id
SELECT count() FROM logs WHERE text LIKE '%done%'
SELECT countSubstrings(text, 'hello') FROM logs
SELECT run_id, value - lagInFrame(value, 1, value) OVER (PARTITION BY run_id, name ORDER BY step) AS delta FROM scalars WHERE name = 'loss'
SELECT run_id, step, avg(value) OVER (PARTITION BY run_id ORDER BY step ROWS BETWEEN 4 PRECEDING AND CURRENT ROW) AS smooth FROM scalars WHERE name = 'loss'
SELECT run_id, step, sum(value) OVER w AS total, count() OVER w FROM scalars WHERE name = 'epoch' WINDOW w AS (PARTITION BY run_id ORDER BY step)
SELECT run_id, first_value(value) OVER (PARTITION BY run_id ORDER BY step) AS start FROM scalars WHERE name = 'loss' LIMIT 1 BY run_id
SELECT run_id, dense_rank() OVER (ORDER BY min) FROM metrics WHERE name = 'loss'
SELECT run_id, percent_rank() OVER (ORDER BY min) FROM metrics WHERE name = 'loss'
SELECT quantiles(0.05, 0.5, 0.95)(value) FROM scalars WHERE name = 'loss'
SELECT name, quantileExact(0.5)(value), quantileExactIf(0.9)(value, step > 10) FROM scalars GROUP BY name
SELECT run_id, groupArray(5)(value) FROM (SELECT run_id, value FROM scalars WHERE name = 'loss' ORDER BY run_id, step) GROUP BY run_id
SELECT run_id, arrayDifference(groupArray(value)) FROM (SELECT run_id, value FROM scalars WHERE name = 'epoch' ORDER BY run_id, step) GROUP BY run_id
SELECT arrayJoin(splitByChar('_', run_id)) AS part, count() FROM runs GROUP BY part
SELECT JSONExtractFloat(config, 'lr') AS lr, JSONExtractString(config, 'optimizer', 'name') AS name FROM runs
SELECT JSONExtractArrayRaw(config, 'optimizer', 'betas') FROM runs
SELECT JSONExtract(config, 'optimizer', 'betas', 'Array(Float64)')[1] FROM runs
SELECT name, text, number FROM config WHERE startsWith(name, 'optimizer.') ORDER BY run_id, name
SELECT name, uniqExact(text) AS values FROM config GROUP BY name HAVING values > 1
SELECT run_id, mapFromArrays(groupArray(name), groupArray(text)) AS all FROM (SELECT * FROM config ORDER BY run_id, name) GROUP BY run_id
SELECT tags['team'], count() FROM runs GROUP BY tags['team']
SELECT run_id FROM runs WHERE has(mapKeys(tags), 'seed') AND toInt32OrNull(tags['seed']) > 1
SELECT properties['commit'] FROM runs
SELECT a.step, a.value AS x, b.value AS y FROM scalars AS a JOIN scalars AS b ON a.run_id = b.run_id AND a.step = b.step WHERE a.name = 'loss' AND b.name = 'accuracy'
SELECT a.run_id, a.step, b.value FROM scalars AS a ASOF JOIN system AS b ON a.run_id = b.run_id AND a.ts >= b.ts WHERE a.name = 'loss'
SELECT a.run_id, b.value FROM (SELECT run_id, ts FROM scalars WHERE name = 'loss') AS a ASOF LEFT JOIN (SELECT run_id, ts, value FROM system) AS b USING (run_id, ts)
WITH a AS (SELECT run_id FROM runs), b AS (SELECT run_id FROM a) SELECT count() FROM b
WITH 0.5 AS cut SELECT count() FROM scalars WHERE value < cut
WITH (SELECT max(step) FROM scalars) AS last SELECT count() FROM scalars WHERE step = last
WITH steps AS (SELECT DISTINCT step FROM scalars) SELECT count() FROM steps
SELECT * FROM (SELECT run_id, count() AS c FROM scalars GROUP BY run_id) WHERE c > 10
SELECT run_id FROM runs WHERE run_id IN (SELECT run_id FROM metrics WHERE name = 'loss' AND min < 0.5)
SELECT run_id FROM runs WHERE run_id NOT IN (SELECT run_id FROM files)
SELECT run_id FROM runs AS r WHERE EXISTS (SELECT 1 FROM tags AS t WHERE t.run_id = r.run_id AND t.name = 'team')
SELECT run_id, (SELECT count() FROM files AS f WHERE f.run_id = r.run_id) AS n FROM runs AS r
SELECT run_id FROM runs UNION ALL SELECT run_id FROM files
SELECT run_id FROM runs UNION DISTINCT SELECT run_id FROM tags
SELECT run_id FROM runs INTERSECT SELECT run_id FROM tags
SELECT name FROM metrics EXCEPT SELECT name FROM scalars
SELECT experiment, count() FROM runs GROUP BY experiment WITH TOTALS
SELECT experiment, name, count() FROM metrics GROUP BY experiment, name WITH ROLLUP
SELECT experiment, name, count() FROM metrics GROUP BY CUBE(experiment, name)
SELECT experiment, name, count() FROM metrics GROUP BY GROUPING SETS ((experiment), (name), ())
SELECT number, number * 2 FROM numbers(5)
SELECT toDate('2026-01-01') + number AS day FROM numbers(7)
SELECT n.number, s.value FROM numbers(40) AS n LEFT JOIN (SELECT step, value FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss') AS s ON toInt64(n.number) = s.step
SELECT multiIf(min < 0.05, 'good', min < 0.1, 'fair', 'bad') AS grade, count() FROM metrics WHERE name = 'loss' GROUP BY grade
SELECT CASE WHEN status = 'Completed' THEN 1 ELSE 0 END AS done FROM runs
SELECT countIf(status = 'Completed') / count() AS share FROM runs
SELECT dateDiff('second', started, ended) FROM runs
SELECT formatDateTime(created, '%Y-%m-%d %H:%i:%S'), toYYYYMM(created), toDayOfWeek(created) FROM runs
SELECT toStartOfHour(created) AS hour, count() FROM runs GROUP BY hour
SELECT created + INTERVAL 1 DAY, created - INTERVAL '2' HOUR, addDays(created, 3) FROM runs
SELECT toUnixTimestamp(created), toUnixTimestamp64Micro(created) FROM runs
SELECT round(value, 3), floor(value * 10) / 10, log10(value), exp(-value) FROM scalars WHERE name = 'loss'
SELECT widthBucket(value, 0, 1, 10) AS bin, count() FROM scalars WHERE name = 'loss' GROUP BY bin ORDER BY bin
SELECT histogram(5)(value) FROM scalars WHERE name = 'loss'
SELECT skewPop(value), kurtPop(value), varPop(value) FROM scalars WHERE name = 'loss'
SELECT covarSamp(step, value), corr(step, value) FROM scalars WHERE name = 'loss'
SELECT simpleLinearRegression(step, value) FROM scalars WHERE name = 'loss' AND run_id = 'sweep_1'
SELECT studentTTest(value, number) FROM (SELECT value, if(run_id = 'sweep_1', 0, 1) AS number FROM scalars WHERE name = 'loss' AND experiment = 'sweep')
SELECT topK(3)(name), topKWeighted(2)(name, step) FROM scalars
SELECT uniq(run_id), uniqExact(name), uniqCombined(step), uniqHLL12(step) FROM scalars
SELECT sumMap(map(name, 1)) FROM scalars
SELECT groupUniqArray(name) FROM (SELECT name FROM scalars ORDER BY name)
SELECT argMax(value, step), argMin(value, step), argMax((step, value), step) FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss'
SELECT anyHeavy(name), anyLast(kind) FROM scalars WHERE name = 'loss'
SELECT maxIf(value, step < 5), sumIf(value, name = 'epoch'), avgOrNull(value), countIf(isNaN(value)) FROM scalars
SELECT sumArray(numbers), maxArray(numbers) FROM vectors WHERE kind = 'float'
SELECT avgForEach(numbers) FROM vectors WHERE kind = 'float'
SELECT quantilesMerge(0.5)(s) FROM (SELECT quantilesState(0.5)(value) AS s FROM scalars WHERE name = 'loss')
SELECT arrayMap((x, y) -> x + y, [1, 2], [3, 4]), arrayFilter(x -> x > 1, [1, 2, 3]), arraySort(x -> -x, [1, 3, 2])
SELECT arrayFold((acc, x) -> acc + x, [1, 2, 3], toInt64(0)), arrayReduce('sum', [1, 2, 3]), arrayReduce('quantile(0.5)', [1, 2, 3])
SELECT arrayZip([1, 2], ['a', 'b']), arrayEnumerate(['x', 'y']), range(5), arraySlice([1, 2, 3], 1, 2)
SELECT mapKeys(tags), mapValues(tags), mapContains(tags, 'team'), mapFilter((k, v) -> k = 'team', tags) FROM runs
SELECT tupleElement((1, 'a'), 2), (1, 2).1, tuple(1, 'b'), untuple((1, 2))
SELECT lower(name), upper(name), length(name), substring(name, 1, 3), concat(name, '!'), reverse(name) FROM runs
SELECT replaceAll(name, '_', '-'), replaceRegexpOne(name, '^(.)', '<\\1>'), extract(name, '\\d+'), extractAll(name, '\\d') FROM runs
SELECT match(name, '^sweep'), name LIKE 'sw%', name ILIKE 'SW%', position(name, '_'), startsWith(name, 's') FROM runs
SELECT splitByChar('_', name)[1], splitByString('_', name)[-1], arrayStringConcat(['a', 'b'], ','), trim(' x ') FROM runs
SELECT leftPad(toString(step), 5, '0'), format('{}-{}', run_id, name) FROM scalars WHERE step < 2
SELECT levenshteinDistance('kitten', 'sitting'), base64Encode('abc'), hex('abc'), cityHash64('x'), MD5('x') = unhex('9dd4e461268c8034f5c8564e155c67a6')
SELECT toInt32('5'), toFloat64OrNull('x'), toString(1.5), toDecimal64('1.25', 2), CAST('3' AS UInt8), '4'::Int16, accurateCastOrNull('300', 'UInt8')
SELECT if(value > 0.5, 'high', 'low') AS level, count() FROM scalars WHERE name = 'loss' GROUP BY level
SELECT coalesce(step, -1), ifNull(step, 0), nullIf(kind, 'str'), isNull(step), assumeNotNull(step) FROM vectors
SELECT greatest(1, 2, 3), least(1.5, 2), abs(-3), sign(-2), pow(2, 10), sqrt(16), intDiv(7, 2), 7 % 3, gcd(12, 18)
SELECT bitAnd(5, 3), bitOr(5, 3), bitXor(5, 3), bitShiftLeft(1, 4), bitCount(255)
SELECT toTypeName(value), toTypeName(ts), toTypeName(tags) FROM scalars CROSS JOIN (SELECT tags FROM runs LIMIT 1) AS t LIMIT 1
SELECT step, value FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss' ORDER BY step LIMIT 5 OFFSET 10
SELECT step, value FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss' AND step % 10 = 0 ORDER BY step WITH FILL STEP 5
SELECT run_id, step, value FROM scalars WHERE name = 'loss' ORDER BY value LIMIT 2 BY run_id
SELECT DISTINCT experiment FROM runs ORDER BY experiment
SELECT count(DISTINCT run_id), count(DISTINCT name, step) FROM scalars
SELECT experiment AS e, count() AS n FROM runs GROUP BY e HAVING n > 1 ORDER BY n DESC, e
SELECT * EXCEPT (config, tags) FROM runs
SELECT * REPLACE (upper(name) AS name) FROM metrics WHERE name = 'loss'
SELECT COLUMNS('_ts$') FROM metrics WHERE name = 'loss'
SELECT s.* FROM scalars AS s WHERE s.step = 0
SELECT runtide.runs.run_id FROM runtide.runs
SELECT "runs"."run_id" AS `the run` FROM "runs"
SELECT /* a comment */ count() -- another
SELECT bar(min, 0, 1, 20), formatReadableQuantity(1234567), formatReadableTimeDelta(3661) FROM metrics WHERE name = 'loss'
SELECT exponentialMovingAverage(5)(value, step) FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss'
SELECT seriesOutliersDetectTukey(groupArray(value)) FROM (SELECT value FROM scalars WHERE run_id = 'sweep_1' AND name = 'loss' ORDER BY step)
SELECT name, count() FROM scalars GROUP BY ALL ORDER BY ALL
SELECT run_id, status FROM runs WHERE (run_id, status) IN (('sweep_1', 'Completed'), ('sweep_2', 'Failed'))
SELECT run_id FROM runs WHERE run_id IN ['sweep_1', 'sweep_2']
SELECT run_id, sum(value) FILTER (WHERE step < 10) FROM scalars WHERE name = 'loss' GROUP BY run_id
SELECT run_id FROM runs QUALIFY row_number() OVER (PARTITION BY experiment ORDER BY run_id) = 1
SELECT transform(status, ['Completed', 'Failed'], ['ok', 'bad'], 'other') FROM runs
SELECT cosineDistance([1.0, 0.0], [0.0, 1.0]), L2Distance([0.0, 0.0], [3.0, 4.0]), dotProduct([1, 2], [3, 4])
SELECT 1 = 1 AND NOT 0 OR 0, 5 BETWEEN 1 AND 10, NULL IS NULL, 'it''s', "run_id" FROM runs
WITH best AS (SELECT run_id, min(value) AS low FROM scalars WHERE name = 'loss' GROUP BY run_id), two AS (SELECT * FROM best ORDER BY low LIMIT 2) SELECT two.run_id, two.low FROM two
