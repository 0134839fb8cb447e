-- What analysts ask in SQL: a view for each table of `query_api.core.sql_tables`, which has the meaning
-- of every column. Each shows one workspace, which the caller gives as its parameter and no statement
-- can choose; `*` is no name of a workspace and stands for all of them.
--
-- Which runs there are for a workspace is said once, in `sql_scope`. Its ids and experiments become
-- constants of a statement, and `experiment` costs nothing where it is not asked for.

CREATE OR REPLACE VIEW sql_scope AS
SELECT run_id, toString(experiment) AS experiment FROM kept_runs
WHERE workspace = {workspace:String} OR {workspace:String} = '*'
ORDER BY run_id;

CREATE OR REPLACE VIEW sql_runs AS
SELECT run_id, workspace, experiment, name, description, parent_id, run_type, target, user, host,
    status, status_reason, error,
    if(created_us = 0, NULL, fromUnixTimestamp64Micro(created_us, 'UTC')) AS created,
    if(started_us = 0, NULL, fromUnixTimestamp64Micro(started_us, 'UTC')) AS started,
    if(ended_us = 0, NULL, fromUnixTimestamp64Micro(ended_us, 'UTC')) AS ended,
    if(seen_us = 0, NULL, fromUnixTimestamp64Micro(seen_us, 'UTC')) AS seen,
    if(started_us = 0 OR ended_us = 0, NULL, (ended_us - started_us) / 1e6) AS duration_s,
    archived, tags, properties, config
FROM runs FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

CREATE OR REPLACE VIEW sql_scalars AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    name, step, ts, toString(kind) AS kind, value, int_value
FROM scalars FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

-- Counting reads every point: it is done where `counted` is 1, which the gate says where `count` is
-- asked for.
CREATE OR REPLACE VIEW sql_metrics AS
SELECT found.run_id AS run_id, transform(found.run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    found.name AS name, if(seen_.3 = 'string', 'scalar', seen_.3) AS kind, point_count AS count,
    if(first_.1 <= last_.1, first_.5, NULL) AS first, if(first_.1 <= last_.1, first_.1, NULL) AS first_step,
    if(first_.1 <= last_.1, fromUnixTimestamp64Micro(if(first_.1 <= last_.1, first_.4, 0), 'UTC'), NULL) AS first_ts,
    if(first_.1 <= last_.1, last_.5, NULL) AS last, if(first_.1 <= last_.1, last_.1, NULL) AS last_step,
    if(first_.1 <= last_.1, fromUnixTimestamp64Micro(if(first_.1 <= last_.1, last_.4, 0), 'UTC'), NULL) AS last_ts,
    if(low_.1 <= high_.1, low_.1, NULL) AS min, if(low_.1 <= high_.1, low_.2, NULL) AS min_step,
    if(low_.1 <= high_.1, fromUnixTimestamp64Micro(if(low_.1 <= high_.1, low_.3, 0), 'UTC'), NULL) AS min_ts,
    if(low_.1 <= high_.1, high_.1, NULL) AS max, if(low_.1 <= high_.1, high_.2, NULL) AS max_step,
    if(low_.1 <= high_.1, fromUnixTimestamp64Micro(if(low_.1 <= high_.1, high_.3, 0), 'UTC'), NULL) AS max_ts
FROM (
    SELECT run_id, name, min(first_seen) AS seen_, min(metrics.first) AS first_,
        max(metrics.last) AS last_, min(low) AS low_, max(high) AS high_
    FROM metrics
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
    GROUP BY run_id, name
) AS found
LEFT JOIN (
    SELECT run_id, name, count() AS point_count
    FROM scalars FINAL
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
    WHERE {counted:UInt8} = 1
    GROUP BY run_id, name
) AS counts ON found.run_id = counts.run_id AND found.name = counts.name;

CREATE OR REPLACE VIEW sql_vectors AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    name, step, ts, kind, numbers, texts
FROM (
    SELECT run_id, name, step, ts, toString(kind) AS kind, numbers, texts
    FROM vectors FINAL
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
    UNION ALL
    SELECT run_id, name, toNullable(step), ts, toString(kind), [], [text]
    FROM strings FINAL
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
);

CREATE OR REPLACE VIEW sql_tables AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    name, sum(row_count) AS row_count, arrayDistinct(arrayFlatten(groupArray(column_names))) AS columns,
    min(tables.ts) AS first_ts, max(tables.ts) AS last_ts
FROM tables FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
GROUP BY run_id, name;

CREATE OR REPLACE VIEW sql_rows AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    name, start + number AS row, step, ts,
    mapFromArrays(
        arrayFilter((c, n) -> notEmpty(n), column_names, column_numbers),
        arrayMap(n -> n[number + 1], arrayFilter(n -> notEmpty(n), column_numbers))
    ) AS numbers,
    mapFromArrays(
        column_names,
        arrayMap(
            (k, n, t) -> multiIf(
                empty(n), t[number + 1],
                k = 'bool', if(n[number + 1] = 0, 'false', 'true'),
                toString(n[number + 1])
            ), column_kinds, column_numbers, column_texts
        )
    ) AS texts
FROM (
    SELECT run_id, name, step, ts, row_count, column_names, column_kinds, column_numbers, column_texts,
        toUInt64(sum(row_count) OVER (PARTITION BY run_id, name ORDER BY pos, idx)) - row_count AS start
    FROM tables FINAL
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
) AS blocks
ARRAY JOIN range(row_count) AS number;

CREATE OR REPLACE VIEW sql_images AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    name, step, ts, path, media_type, size_bytes, width, height, description, sha256
FROM images FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

CREATE OR REPLACE VIEW sql_files AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    path, ts, media_type, size_bytes, sha256
FROM files FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

CREATE OR REPLACE VIEW sql_logs AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    file, ts, text, (pos, idx) AS place
FROM logs FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

CREATE OR REPLACE VIEW sql_tags AS
SELECT run_id, toString(experiment) AS experiment,
    entry.1 AS name, entry.2 AS value
FROM runs FINAL
ARRAY JOIN tags AS entry
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));

CREATE OR REPLACE VIEW sql_config AS
SELECT run_id, experiment,
    entry.1 AS name,
    if(startsWith(entry.2, '"'), JSONExtractString(entry.2), entry.2) AS text,
    if(abs(toFloat64OrNull(text)) < inf, toFloat64OrNull(text), NULL) AS number
FROM (
    WITH entries -> arrayFlatten(arrayMap(
        one -> if(
            startsWith(one.2, '{') AND one.2 != '{}',
            arrayMap(inner -> (concat(one.1, '.', inner.1), inner.2), JSONExtractKeysAndValuesRaw(one.2)),
            [one]
        ), entries)) AS opened
    SELECT run_id, toString(experiment) AS experiment,
        arrayJoin(opened(opened(opened(opened(opened(opened(opened(JSONExtractKeysAndValuesRaw(config))))))))) AS entry
    FROM runs FINAL
    PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}))
);

CREATE OR REPLACE VIEW sql_system AS
SELECT run_id, transform(run_id,
        (SELECT groupArray(run_id) FROM sql_scope(workspace = {workspace:String})),
        (SELECT groupArray(experiment) FROM sql_scope(workspace = {workspace:String})), '') AS experiment,
    host, name, ts, value
FROM system FINAL
PREWHERE run_id GLOBAL IN (SELECT run_id FROM sql_scope(workspace = {workspace:String}));
