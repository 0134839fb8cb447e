-- Questions that people ask of their runs, each with a statement that answers it. The SQL page offers
-- them, docs/reference/cookbook.md shows them, and tests/cookbook runs every one against real runs.
--
-- A group's heading, a question's heading, lines that say more, the statement up to its semicolon.

-- # Which run is best

-- ## What are the ten best runs of an experiment?
-- By the lowest value that a metric ever had, not by its last one.
SELECT r.name AS name, m.min AS best, m.min_step AS at_step, r.status AS status, r.run_id AS run_id
FROM metrics AS m
JOIN runs AS r ON r.run_id = m.run_id
WHERE m.experiment = {experiment:String} AND m.name = {metric:String} AND m.min IS NOT NULL
ORDER BY best
LIMIT 10;

-- ## Which child of each sweep is best?
-- A sweep's trials are children of one run: the best of each parent, with how many it beat.
SELECT r.parent_id AS sweep, argMin(r.name, m.min) AS best_child, min(m.min) AS best,
    count() AS trials, argMin(r.run_id, m.min) AS run_id
FROM metrics AS m
JOIN runs AS r ON r.run_id = m.run_id
WHERE r.parent_id != '' AND m.name = {metric:String} AND m.min IS NOT NULL
GROUP BY sweep
ORDER BY best;

-- ## Which runs are not beaten in two metrics at once?
-- The Pareto front: no other run is at least as good in both and better in one.
WITH ends AS (
    SELECT run_id,
        anyIf(last, name = {smaller:String}) AS cost,
        anyIf(last, name = {larger:String}) AS gain
    FROM metrics
    WHERE name IN ({smaller:String}, {larger:String})
    GROUP BY run_id
    HAVING count() = 2
)
SELECT run_id, cost, gain
FROM (
    SELECT *, max(gain) OVER (ORDER BY cost, gain DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
            AS best_cheaper,
        row_number() OVER (ORDER BY cost, gain DESC) AS place
    FROM ends
)
WHERE place = 1 OR gain > best_cheaper
ORDER BY cost;

-- # How training went

-- ## What does a metric look like over steps, per run?
-- A point for every hundredth of the steps is enough to draw; choose Chart, and a line for each name.
SELECT r.name AS name, intDiv(s.step, s.width) * s.width AS step, avg(s.value) AS value
FROM (
    SELECT run_id, step, value, intDiv(max(step) OVER (), 100) + 1 AS width
    FROM scalars
    WHERE experiment = {experiment:String} AND name = {metric:String} AND isFinite(value)
) AS s
JOIN runs AS r ON r.run_id = s.run_id
GROUP BY name, step
ORDER BY name, step;

-- ## Which runs diverged?
-- They end at more than twice their best value: how many times it, and where the best was.
SELECT r.name AS name, m.min AS best, m.min_step AS best_step, m.last AS last,
    m.last / m.min AS times_worse, r.run_id AS run_id
FROM metrics AS m
JOIN runs AS r ON r.run_id = m.run_id
WHERE m.name = {metric:String} AND m.min > 0 AND m.last > 2 * m.min
ORDER BY times_worse DESC;

-- ## Where did NaN or infinity first appear?
-- The first step of each metric that is not a number any more.
SELECT run_id, name, min(step) AS first_step, count() AS not_finite
FROM scalars
WHERE NOT isFinite(value)
GROUP BY run_id, name
ORDER BY first_step;

-- ## Where does the learning curve jump?
-- The largest rises from one step to the next, which say where to look in the log.
SELECT run_id, step, before, value, value - before AS jump
FROM (
    SELECT run_id, step, value,
        lagInFrame(toNullable(value)) OVER (PARTITION BY run_id ORDER BY step) AS before
    FROM scalars
    WHERE experiment = {experiment:String} AND name = {metric:String} AND isFinite(value)
)
WHERE before IS NOT NULL
ORDER BY jump DESC
LIMIT 20;

-- ## Which runs overfit?
-- Their validation metric was best long before the end, while the training metric went on falling.
SELECT v.run_id AS run_id, v.min_step AS best_step, v.last_step AS last_step, v.last - v.min AS lost, t.last AS training_last
FROM metrics AS v
JOIN metrics AS t ON t.run_id = v.run_id
WHERE v.name = {validation:String} AND t.name = {training:String}
    AND v.min_step < 0.8 * v.last_step AND t.last <= t.first
ORDER BY lost DESC;

-- # What made the difference

-- ## Which setting goes with a metric?
-- Pearson's correlation of each number of the configuration with where the metric ended.
SELECT c.name AS setting, corr(c.number, m.last) AS correlation, count() AS runs
FROM config AS c
JOIN metrics AS m ON m.run_id = c.run_id
WHERE m.experiment = {experiment:String} AND m.name = {metric:String}
    AND c.number IS NOT NULL AND isFinite(m.last)
GROUP BY setting
HAVING runs > 2 AND uniqExact(c.number) > 1
ORDER BY abs(correlation) DESC;

-- ## How much do seeds differ?
-- Mean and spread over runs whose configuration is equal but for the seed.
SELECT settings, count() AS seeds, avg(last) AS mean, stddevSamp(last) AS spread
FROM (
    SELECT run_id, arrayStringConcat(arraySort(groupArray(concat(name, '=', text))), ', ') AS settings
    FROM config
    WHERE experiment = {experiment:String} AND name != {seed:String}
    GROUP BY run_id
) AS c
JOIN metrics AS m ON m.run_id = c.run_id
WHERE m.name = {metric:String}
GROUP BY settings
ORDER BY mean;

-- ## What is different between two runs?
-- Settings that only one of them has, or that are not the same in both.
SELECT name, anyIf(text, run_id = {first:String}) AS first, anyIf(text, run_id = {second:String}) AS second
FROM config
WHERE run_id IN ({first:String}, {second:String})
GROUP BY name
HAVING uniqExact(text) > 1 OR uniqExact(run_id) = 1
ORDER BY name;

-- ## Did this week's runs drift from last week's?
-- Quantiles of a metric's end by week; a shift of all of them is drift, of one an outlier.
SELECT toStartOfWeek(r.created, 1) AS week, count() AS runs,
    quantileExact(0.1)(m.last) AS low, median(m.last) AS middle, quantileExact(0.9)(m.last) AS high
FROM runs AS r
JOIN metrics AS m ON m.run_id = r.run_id
WHERE m.name = {metric:String} AND isFinite(m.last)
GROUP BY week
ORDER BY week;

-- # Time and machines

-- ## Where is a step slow?
-- Seconds between steps by host: the median says how fast, the 99th percentile how unsteady.
SELECT r.host AS host, count() AS steps, median(seconds) AS typical_s, quantileExact(0.99)(seconds) AS slow_s,
    max(seconds) AS slowest_s
FROM (
    SELECT run_id, dateDiff('microsecond', lagInFrame(ts, 1, ts) OVER w, ts) / 1e6 AS seconds,
        row_number() OVER w AS place
    FROM scalars
    WHERE name = {metric:String}
    WINDOW w AS (PARTITION BY run_id ORDER BY step)
) AS s
JOIN runs AS r ON r.run_id = s.run_id
WHERE place > 1
GROUP BY host
ORDER BY typical_s DESC;

-- ## How many GPU hours went to each value of a tag?
-- The hours of runs that measured a GPU, times how many they measured.
SELECT t.value AS tag, count() AS runs, sum(r.duration_s * g.gpus) / 3600 AS gpu_hours
FROM tags AS t
JOIN runs AS r ON r.run_id = t.run_id
JOIN (
    SELECT run_id, uniqExact(host, name) AS gpus
    FROM system
    WHERE match(name, '^gpu\\d+_percent$')
    GROUP BY run_id
) AS g ON g.run_id = r.run_id
WHERE t.name = {tag:String}
GROUP BY tag
ORDER BY gpu_hours DESC;

-- ## Which machines were idle while runs were on them?
-- The mean of what was measured while runs were on, lowest first: `gpu%` for GPUs, `cpu%` for CPUs.
SELECT host, name, avg(value) AS mean, max(value) AS peak, count() AS measured
FROM system
WHERE name LIKE {measurement:String}
GROUP BY host, name
ORDER BY mean;

-- # How things stand

-- ## What failed, and why?
-- The reasons of runs that failed, most frequent first.
SELECT status_reason, count() AS runs, max(created) AS last_seen, argMax(run_id, created) AS run_id
FROM runs
WHERE status = 'Failed'
GROUP BY status_reason
ORDER BY runs DESC;

-- ## How does every experiment stand?
-- Runs by how they ended, and the hours they took.
SELECT experiment, count() AS runs, countIf(status = 'Completed') AS completed,
    countIf(status = 'Failed') AS failed, countIf(status = 'Running') AS running,
    sum(duration_s) / 3600 AS hours, max(created) AS newest
FROM runs
GROUP BY experiment
ORDER BY newest DESC;

-- # What was logged

-- ## What metrics are there, and how long are they?
-- Every name with the runs that have it and its points.
SELECT name, uniqExact(run_id) AS runs, sum(count) AS points, max(last_step) AS last_step
FROM metrics
GROUP BY name
ORDER BY points DESC;

-- ## What did the rows of a table say across runs?
-- Rows and tables alike: a row of each, with its numbers by column.
SELECT run_id, row, numbers, texts
FROM rows
WHERE name = {table:String}
ORDER BY run_id, row;

-- ## Which lines of the logs mention a word?
-- Every line that has it, whatever the case, with where it stands.
SELECT run_id, file, line
FROM (
    SELECT run_id, file, place, arrayJoin(splitByChar('\n', text)) AS line
    FROM logs
)
WHERE positionCaseInsensitive(line, {word:String}) > 0
ORDER BY run_id, file, place
LIMIT 200;

-- ## How much room do files take?
-- Per experiment, with the largest file of each.
SELECT experiment, count() AS files, formatReadableSize(sum(size_bytes)) AS size,
    argMax(path, size_bytes) AS largest, argMax(run_id, size_bytes) AS run_id
FROM files
GROUP BY experiment
ORDER BY sum(size_bytes) DESC;
