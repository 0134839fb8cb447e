-- other tables
SELECT * FROM dead_letters
SELECT * FROM archive
SELECT * FROM migrations
SELECT * FROM saved_views
SELECT * FROM jobs
SELECT * FROM parked
SELECT * FROM strings
SELECT * FROM models
SELECT * FROM ingest_progress
SELECT * FROM sql_scope
SELECT * FROM sql_runs
SELECT * FROM sql_runs(workspace = 'other')
SELECT * FROM sql_runs(workspace = '*')
SELECT * FROM sql_scope(workspace = 'other')
SELECT * FROM sql_tags(workspace='other')
SELECT * FROM runtide.sql_runs(workspace='other')
SELECT * FROM "sql_runs"(workspace='other')
SELECT * FROM `sql_runs`(workspace='other')
SELECT * FROM runs(workspace='other')
SELECT * FROM runs(workspace = '*')
SELECT * FROM runtide.archive
SELECT * FROM runtide.dead_letters
SELECT * FROM default.runs
SELECT * FROM test_1.runs
SELECT * FROM `runtide.archive`
SELECT * FROM "runtide"."archive"
SELECT * FROM runtide.runtide.runs
SELECT * FROM a.b.c.d
SELECT * FROM RUNS
SELECT * FROM Runs
SELECT * FROM (SELECT * FROM archive)
WITH archive AS (SELECT 1) SELECT * FROM archive UNION ALL SELECT 1 FROM dead_letters
SELECT (WITH archive AS (SELECT 1) SELECT * FROM archive), (SELECT count() FROM archive)
SELECT 1 IN archive
SELECT 1 IN (archive)
SELECT 1 IN ((archive))
SELECT 1 NOT IN dead_letters
SELECT 1 GLOBAL IN dead_letters
SELECT 1 GLOBAL NOT IN (dead_letters)
SELECT 1 IN system.one
SELECT in(1, archive)
SELECT globalIn(1, archive)
SELECT notIn(1, archive)
SELECT nullIn(1, archive)
SELECT * FROM runs JOIN archive ON 1
SELECT * FROM runs, archive
SELECT * FROM runs LEFT JOIN dead_letters USING (run_id)
SELECT * FROM runs ARRAY JOIN (SELECT groupArray(value) FROM archive) AS x
SELECT EXISTS(SELECT 1 FROM archive)
SELECT x -> (SELECT count() FROM archive)
SELECT arrayMap(x -> (SELECT count() FROM archive), [1])
SELECT 1 UNION ALL SELECT count() FROM archive
SELECT 1 INTERSECT SELECT count() FROM archive
SELECT 1 EXCEPT SELECT count() FROM archive
SELECT * FROM runs WHERE run_id IN (SELECT run_id FROM archive)
SELECT * FROM runs ORDER BY (SELECT count() FROM archive)
SELECT * FROM runs LIMIT (SELECT count() FROM archive)
SELECT * FROM runs QUALIFY row_number() OVER () > (SELECT count() FROM archive)
SELECT count() OVER (ORDER BY (SELECT count() FROM archive)) FROM runs
-- system
SELECT * FROM system.users
SELECT * FROM system.tables
SELECT * FROM system.columns
SELECT * FROM system.processes
SELECT * FROM system.settings
SELECT * FROM system.query_log
SELECT * FROM system.parts
SELECT * FROM system.functions
SELECT * FROM system.one
SELECT * FROM system.numbers
SELECT * FROM system.disks
SELECT * FROM system.server_settings
SELECT * FROM system.environment
SELECT * FROM system.stack_trace
SELECT * FROM `system`.`tables`
SELECT * FROM "system"."tables"
SELECT * FROM system .tables
SELECT * FROM system/**/./**/tables
SELECT * FROM SYSTEM.TABLES
SELECT * FROM information_schema.tables
SELECT * FROM INFORMATION_SCHEMA.COLUMNS
SELECT * FROM runs WHERE name IN (SELECT name FROM system.tables)
WITH t AS (SELECT * FROM system.tables) SELECT * FROM t
-- files
SELECT * FROM file('/etc/passwd', 'LineAsString')
SELECT * FROM file('{secret}', 'LineAsString')
SELECT * FROM FILE('{secret}')
SELECT * FROM `file`('{secret}')
SELECT file('{secret}')
SELECT FILE('{secret}')
SELECT `file`('{secret}')
SELECT "file"('{secret}')
SELECT file/**/('{secret}')
SELECT * FROM '{secret}'
SELECT * FROM "{secret}"
SELECT * FROM `{secret}`
SELECT * FROM fileCluster('c', '{secret}')
SELECT * FROM filesystem('/')
SELECT * FROM filesystem('{secret}')
SELECT filesystemCapacity()
SELECT filesystemAvailable()
SELECT filesystemUnreserved()
SELECT arrayMap(x -> file(x), ['{secret}'])
SELECT arrayMap(file, ['{secret}'])
SELECT * APPLY(file) FROM (SELECT '{secret}')
SELECT COLUMNS('.*') APPLY(file) FROM (SELECT '{secret}')
WITH file AS f SELECT f('{secret}')
WITH x -> file(x) AS f SELECT f('{secret}')
SELECT * FROM (SELECT * FROM file('{secret}', 'LineAsString'))
SELECT 1 UNION ALL SELECT * FROM file('{secret}', 'LineAsString')
SELECT * FROM runs WHERE name IN (SELECT line FROM file('{secret}', 'LineAsString'))
SELECT * FROM Python(x)
SELECT * FROM python('x')
-- writing
SELECT 1 INTO OUTFILE '{written}'
SELECT 1 INTO OUTFILE '{written}' TRUNCATE FORMAT CSV
INSERT INTO runs SELECT * FROM runs
INSERT INTO runs VALUES (1)
INSERT INTO FUNCTION file('{written}') SELECT 1
INSERT INTO TABLE FUNCTION file('{written}', 'CSV') SELECT 1
CREATE TABLE x (a Int8) ENGINE = Memory
CREATE TABLE x ENGINE = Memory AS SELECT 1
CREATE TEMPORARY TABLE x (a Int8)
CREATE VIEW x AS SELECT 1
CREATE MATERIALIZED VIEW x ENGINE = Memory AS SELECT 1
CREATE FUNCTION f AS x -> x + 1
CREATE DATABASE x
CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(FILE(path '{secret}' format 'CSV')) LAYOUT(FLAT()) LIFETIME(1)
CREATE USER x
CREATE ROLE x
CREATE ROW POLICY p ON runs USING 1
CREATE NAMED COLLECTION c AS a = 1
CREATE OR REPLACE VIEW sql_runs AS SELECT 1
DROP TABLE runs
DROP VIEW sql_runs
DROP DATABASE runtide
TRUNCATE TABLE runs
DETACH TABLE runs
ATTACH TABLE runs
RENAME TABLE runs TO x
EXCHANGE TABLES runs AND jobs
ALTER TABLE runs DELETE WHERE 1
ALTER TABLE runs UPDATE name = 'x' WHERE 1
ALTER TABLE runs DROP COLUMN name
ALTER TABLE runs FREEZE
DELETE FROM runs WHERE 1
UPDATE runs SET name = 'x' WHERE 1
OPTIMIZE TABLE runs FINAL
BACKUP TABLE runs TO File('{written}')
RESTORE TABLE runs FROM File('{written}')
UNDROP TABLE runs
MOVE USER x TO y
-- statements of the server
SYSTEM SHUTDOWN
SYSTEM KILL
SYSTEM FLUSH LOGS
SYSTEM RELOAD CONFIG
SYSTEM STOP MERGES
SYSTEM DROP MARK CACHE
KILL QUERY WHERE 1
KILL QUERY WHERE 1 SYNC
KILL MUTATION WHERE 1
GRANT ALL ON *.* TO default
REVOKE ALL ON *.* FROM default
SET max_threads = 8
SET readonly = 0
SET ROLE ALL
USE system
SHOW TABLES
SHOW DATABASES
SHOW CREATE TABLE runs
SHOW GRANTS
SHOW PROCESSLIST
SHOW SETTINGS LIKE '%'
SHOW USERS
DESCRIBE TABLE runs
DESC runs
DESCRIBE file('{secret}')
EXPLAIN SELECT 1
EXPLAIN AST SELECT 1
EXPLAIN SYNTAX SELECT 1
EXPLAIN PIPELINE SELECT 1
EXPLAIN ESTIMATE SELECT 1 FROM runs
SELECT * FROM (EXPLAIN SELECT 1)
EXISTS TABLE runs
CHECK TABLE runs
WATCH x
BEGIN TRANSACTION
COMMIT
ROLLBACK
EXECUTE AS default SELECT 1
PARALLEL WITH SELECT 1
CHECK GRANT SELECT ON runs
HANDLER x
TCL
-- settings and formats
SELECT 1 SETTINGS readonly = 0
SELECT 1 SETTINGS max_execution_time = 0
SELECT 1 SETTINGS max_memory_usage = 0
SELECT * FROM (SELECT 1 SETTINGS max_threads = 64)
SELECT 1 UNION ALL SELECT 1 SETTINGS readonly = 0
(SELECT 1 SETTINGS readonly = 0)
WITH t AS (SELECT 1 SETTINGS max_execution_time = 0) SELECT * FROM t
SELECT * FROM runs SETTINGS additional_table_filters = {'runs': '1'}
SELECT 1 settings/**/readonly=0
SELECT 1 FORMAT JSON
SELECT 1 FORMAT Template
SELECT 1 FORMAT Null
SELECT 1 FORMAT CSV SETTINGS readonly = 0
SELECT 1 INTO DUMPFILE 'x'
SELECT getSetting('readonly')
SELECT getSettingOrDefault('x', 1)
SELECT getServerSetting('x')
SELECT getMergeTreeSetting('x')
SELECT getMacro('x')
SELECT getServerPort('tcp_port')
SELECT globalVariable('version')
SELECT @@version
SELECT formatRow('CSV', 1)
SELECT formatRowNoNewline('Template', 1)
-- addresses
SELECT * FROM url('http://127.0.0.1:1/', 'CSV')
SELECT * FROM URL('http://127.0.0.1:1/')
SELECT * FROM urlCluster('c', 'http://127.0.0.1:1/')
SELECT * FROM s3('http://127.0.0.1:1/b/k')
SELECT * FROM s3Cluster('c', 'http://127.0.0.1:1/b/k')
SELECT * FROM gcs('http://127.0.0.1:1/b/k')
SELECT * FROM oss('http://127.0.0.1:1/b/k')
SELECT * FROM cosn('http://127.0.0.1:1/b/k')
SELECT * FROM azureBlobStorage('x', 'y', 'z')
SELECT * FROM hdfs('hdfs://127.0.0.1/x')
SELECT * FROM remote('127.0.0.1', system.one)
SELECT * FROM remoteSecure('127.0.0.1', 'system', 'one')
SELECT * FROM cluster('default', system.one)
SELECT * FROM clusterAllReplicas('default', system.one)
SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')
SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')
SELECT * FROM mongodb('127.0.0.1:1', 'd', 't', 'u', 'p')
SELECT * FROM redis('127.0.0.1:1', 'k', 'k String')
SELECT * FROM sqlite('{secret}', 't')
SELECT * FROM odbc('DSN=x', 'd', 't')
SELECT * FROM jdbc('x', 'd', 't')
SELECT * FROM iceberg('x')
SELECT * FROM icebergLocal('/')
SELECT * FROM deltaLake('x')
SELECT * FROM deltaLakeLocal('/')
SELECT * FROM hudi('x')
SELECT * FROM paimonLocal('/')
SELECT * FROM ytsaurus('x', 'y', 'z')
SELECT * FROM arrowFlight('127.0.0.1:1', 'x')
SELECT aiGenerate('x')
SELECT AIEmbed('x')
SELECT AIClassify('x', ['a'])
-- programs and tables of the engine
SELECT * FROM executable('id', 'TSV', 'x String')
SELECT * FROM executablePool('id', 'TSV', 'x String')
SELECT * FROM merge('.*')
SELECT * FROM merge('runtide', '.*')
SELECT * FROM merge(REGEXP('.*'), '.*')
SELECT * FROM mergeTreeIndex('runtide', 'runs')
SELECT * FROM mergeTreeProjection('runtide', 'runs', 'p')
SELECT * FROM mergeTreeAnalyzeIndexes('runtide', 'runs')
SELECT * FROM mergeTreeTextIndex('runtide', 'runs', 'i')
SELECT * FROM dictionary('d')
SELECT * FROM view(SELECT * FROM archive)
SELECT * FROM viewIfPermitted(SELECT 1 ELSE null('a Int8'))
SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))
SELECT * FROM input('a Int8')
SELECT * FROM format('CSV', '1')
SELECT * FROM loop(runs)
SELECT * FROM loop('runtide', 'archive')
SELECT * FROM fuzzQuery('SELECT 1')
SELECT * FROM fuzzJSON('{}')
SELECT * FROM generateRandom('a Int8')
SELECT * FROM zeros(10)
SELECT * FROM zeros_mt(1000000000000)
SELECT * FROM numbers_mt(1000000000000)
SELECT * FROM primes(10)
SELECT * FROM values('a Int8', 1)
SELECT * FROM null('a Int8')
SELECT * FROM timeSeriesData('x')
SELECT * FROM prometheusQuery('x', 'y')
SELECT * FROM unknownTableFunction(1)
SELECT dictGet('d', 'a', 1)
SELECT dictGetOrDefault('d', 'a', 1, 2)
SELECT dictHas('d', 1)
SELECT dictGetString('d', 'a', 1)
SELECT joinGet('runtide.archive', 'value', 1)
SELECT joinGetOrNull('archive', 'value', 1)
SELECT hasColumnInTable('runtide', 'archive', 'value')
SELECT catboostEvaluate('{secret}', 1)
SELECT evalMLMethod(1, 2)
SELECT naiveBayesClassifier('m', 'x')
-- the machine
SELECT hostName()
SELECT hostname()
SELECT HOSTNAME()
SELECT fullHostName()
SELECT FQDN()
SELECT version()
SELECT VERSION()
SELECT currentUser()
SELECT current_user()
SELECT CURRENT_USER
SELECT user()
SELECT currentDatabase()
SELECT database()
SELECT DATABASE()
SELECT currentRoles()
SELECT currentProfiles()
SELECT serverUUID()
SELECT serverTimezone()
SELECT uptime()
SELECT tcpPort()
SELECT buildId()
SELECT revision()
SELECT queryID()
SELECT initialQueryID()
SELECT connectionId()
SELECT getOSKernelVersion()
SELECT zookeeperSessionUptime()
SELECT shardNum()
SELECT showCertificate()
SELECT getClientHTTPHeader('Authorization')
SELECT addressToLine(1)
SELECT addressToSymbol(1)
SELECT demangle('x')
SELECT transactionID()
SELECT logTrace('x')
SELECT errorCodeToName(1)
SELECT blockNumber()
SELECT tid()
SELECT chdb()
SELECT hostName( )
SELECT hostName/* */()
SELECT (hostName())
SELECT if(1, hostName(), '')
SELECT CASE WHEN 1 THEN version() END
SELECT * APPLY(hostName) FROM runs
SELECT * REPLACE (hostName() AS name) FROM runs
SELECT count() FROM runs GROUP BY hostName()
SELECT count() FROM runs HAVING version() != ''
SELECT count() FROM runs ORDER BY hostName()
SELECT sum(value) OVER (PARTITION BY hostName()) FROM scalars
SELECT 1 LIMIT 1 BY hostName()
SELECT quantile(0.5)(length(hostName())) FROM runs
SELECT arrayReduce('aggThrow', [1])
SELECT arrayReduce(concat('s', 'um'), [1])
SELECT arrayReduce('flameGraph', [1])
SELECT INTERVAL hostName() DAY
SELECT EXTRACT(YEAR FROM serverUUID())
SELECT TRIM(BOTH hostName() FROM 'x')
SELECT CAST(hostName() AS String)
SELECT hostName()::String
SELECT [hostName()]
SELECT map('a', hostName())
SELECT (hostName(), 1).1
-- waiting and failing
SELECT sleep(3)
SELECT sleepEachRow(1) FROM numbers(100)
SELECT SLEEP(3)
SELECT throwIf(1)
SELECT throwIf(1, 'x')
SELECT aggThrow(0.5)(value) FROM scalars
SELECT runningConcurrency(now(), now())
-- several at once
SELECT 1; SELECT 2
SELECT 1; DROP TABLE runs
SELECT 1;; SELECT 2
SELECT 1 /* ; */ ; SELECT 2
SELECT 1 -- ; \n ; DROP TABLE runs
;
;;
-- parameters
SELECT * FROM {t:Identifier}
SELECT * FROM runtide.{t:Identifier}
SELECT {c:Identifier} FROM runs
SELECT {runtide_workspace:String}
SELECT * FROM runs WHERE workspace = {runtide_workspace:String}
SELECT {RUNTIDE_WORKSPACE:String}
SELECT {x:AggregateFunction(sum, UInt64)}
SELECT ?
SELECT $1
SELECT :x
SELECT @x
-- types and states
SELECT CAST('x' AS AggregateFunction(sum, UInt64))
SELECT CAST('x', 'AggregateFunction(sum, UInt64)')
SELECT CAST('x', concat('Aggregate', 'Function(sum, UInt64)'))
SELECT 'x'::AggregateFunction(sum, UInt64)
SELECT accurateCast('x', 'AggregateFunction(sum, UInt64)')
SELECT JSONExtract('{}', 'a', concat('Aggregate', 'Function(sum, UInt64)'))
SELECT JSONExtract('{}', 'a', 'AggregateFunction(sum, UInt64)')
SELECT initializeAggregation('sumState', 1)
SELECT defaultValueOfTypeName('AggregateFunction(sum, UInt64)')
SELECT reinterpret('x', 'AggregateFunction(sum, UInt64)')
-- locks, hints, samples, oddities
SELECT * FROM runs FOR UPDATE
SELECT * FROM runs SAMPLE 0.1
SELECT * FROM runs TABLESAMPLE (10 PERCENT)
SELECT * FROM runs PIVOT (sum(x) FOR y IN (1))
SELECT * FROM LATERAL (SELECT 1)
SELECT * FROM UNNEST([1])
SELECT * FROM runs MATCH_RECOGNIZE (PATTERN (a))
FROM archive SELECT *
FROM system.tables SELECT *
TABLE archive
VALUES (1)
DECLARE x
CALL f()
MERGE INTO runs USING jobs ON 1 WHEN MATCHED THEN DELETE
COPY runs TO '{written}'
LOAD DATA INPATH 'x' INTO TABLE runs
PRAGMA x
ANALYZE runs
COMMENT ON TABLE runs IS 'x'
CACHE TABLE runs
SELECT * FROM runs WINDOW w AS (ORDER BY (SELECT count() FROM archive))
not sql at all
SELECT FROM
SELECT * FROM
'
"
`
/*
--
SELECT 'unclosed
SELECT /* unclosed
