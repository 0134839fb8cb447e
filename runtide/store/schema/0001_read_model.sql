-- The read model. Every table is keyed by the identity of what it holds, so that the same record
-- folded twice is one row. `pos` is the offset of the record in its partition of the event log,
-- and `idx` the place within its envelope: `ORDER BY pos, idx` is the order of logging.

CREATE TABLE IF NOT EXISTS runs (
    run_id        String,
    workspace     LowCardinality(String),
    experiment    LowCardinality(String),
    name          String,
    description   String CODEC(ZSTD(3)),
    parent_id     String,
    run_type      LowCardinality(String),
    target        LowCardinality(String),
    user          LowCardinality(String),
    host          LowCardinality(String),
    status        LowCardinality(String),
    status_by     String,
    status_reason String CODEC(ZSTD(3)),
    error         String CODEC(ZSTD(3)),
    created_us    Int64,
    started_us    Int64,
    ended_us      Int64,
    seen_us       Int64,
    archived      Bool,
    tags          Map(String, Nullable(String)) CODEC(ZSTD(3)),
    properties    Map(String, String) CODEC(ZSTD(3)),
    config        String CODEC(ZSTD(3)),
    pos           UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY run_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS scalars (
    run_id    LowCardinality(String) CODEC(ZSTD(1)),
    name      LowCardinality(String) CODEC(ZSTD(1)),
    step      Int64 CODEC(DoubleDelta, ZSTD(1)),
    ts        DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    kind      Enum8('float' = 0, 'int' = 1, 'bool' = 2) CODEC(ZSTD(1)),
    value     Float64 CODEC(ZSTD(1)),
    int_value Int64 CODEC(ZSTD(1)),
    writer    UInt64 CODEC(ZSTD(1)),
    seq       UInt64 CODEC(DoubleDelta, ZSTD(1)),
    idx       UInt32 CODEC(DoubleDelta, ZSTD(1)),
    pos       UInt64 CODEC(DoubleDelta, ZSTD(1))
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, step, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS strings (
    run_id LowCardinality(String),
    name   LowCardinality(String),
    step   Int64 CODEC(DoubleDelta, ZSTD(1)),
    ts     DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    kind   Enum8('str' = 0, 'none' = 1, 'int' = 2),
    text   String CODEC(ZSTD(3)),
    writer UInt64,
    seq    UInt64,
    idx    UInt32,
    pos    UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, step, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- `kind` is float, int, bool, str or cells. Numbers that doubles hold exactly are in `numbers`;
-- otherwise `texts` holds one text a value: the string itself, or for cells its JSON form.
CREATE TABLE IF NOT EXISTS vectors (
    run_id  LowCardinality(String),
    name    LowCardinality(String),
    step    Nullable(Int64),
    ts      DateTime64(6, 'UTC'),
    kind    LowCardinality(String),
    numbers Array(Float64) CODEC(ZSTD(1)),
    texts   Array(String) CODEC(ZSTD(3)),
    writer  UInt64,
    seq     UInt64,
    idx     UInt32,
    pos     UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- One row a logged block of rows; the four `column_` arrays run in parallel.
CREATE TABLE IF NOT EXISTS tables (
    run_id         LowCardinality(String),
    name           LowCardinality(String),
    step           Nullable(Int64),
    ts             DateTime64(6, 'UTC'),
    row_count      UInt32,
    column_names   Array(String) CODEC(ZSTD(3)),
    column_kinds   Array(LowCardinality(String)),
    column_numbers Array(Array(Float64)) CODEC(ZSTD(1)),
    column_texts   Array(Array(String)) CODEC(ZSTD(3)),
    writer         UInt64,
    seq            UInt64,
    idx            UInt32,
    pos            UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS images (
    run_id      LowCardinality(String),
    name        LowCardinality(String),
    step        Nullable(Int64),
    ts          DateTime64(6, 'UTC'),
    path        String,
    sha256      String,
    size_bytes  UInt64,
    media_type  LowCardinality(String),
    width       Nullable(UInt32),
    height      Nullable(UInt32),
    description String,
    writer      UInt64,
    seq         UInt64,
    idx         UInt32,
    pos         UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS charts (
    run_id         LowCardinality(String),
    name           LowCardinality(String),
    step           Nullable(Int64),
    ts             DateTime64(6, 'UTC'),
    schema_type    LowCardinality(String),
    schema_version LowCardinality(String),
    path           String,
    sha256         String,
    size_bytes     UInt64,
    writer         UInt64,
    seq            UInt64,
    idx            UInt32,
    pos            UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, name, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS files (
    run_id     LowCardinality(String),
    path       String,
    sha256     String,
    size_bytes UInt64,
    media_type LowCardinality(String),
    ts         DateTime64(6, 'UTC'),
    pos        UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, path)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS logs (
    run_id LowCardinality(String),
    file   LowCardinality(String),
    ts     DateTime64(6, 'UTC'),
    text   String CODEC(ZSTD(3)),
    writer UInt64,
    seq    UInt64,
    idx    UInt32,
    pos    UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, file, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- One row a metric: what it is, and where its first, last, lowest and highest points are. Every
-- column is an aggregate that a repeated row cannot change. `first` and `last` are by step, then
-- by order of logging; `low` and `high` are of finite values; `nonfinite` has bit 1 for NaN,
-- 2 for +Inf and 4 for -Inf.
CREATE TABLE IF NOT EXISTS metrics (
    run_id     LowCardinality(String),
    name       LowCardinality(String),
    first_seen SimpleAggregateFunction(min, Tuple(pos UInt64, idx UInt32, kind String)),
    first      SimpleAggregateFunction(min, Tuple(step Int64, pos UInt64, idx UInt32, ts_us Int64, value Float64)),
    last       SimpleAggregateFunction(max, Tuple(step Int64, pos UInt64, idx UInt32, ts_us Int64, value Float64)),
    low        SimpleAggregateFunction(min, Tuple(value Float64, step Int64, ts_us Int64)),
    high       SimpleAggregateFunction(max, Tuple(value Float64, step Int64, ts_us Int64)),
    nonfinite  SimpleAggregateFunction(groupBitOr, UInt8)
) ENGINE = AggregatingMergeTree ORDER BY (run_id, name)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The same of each bucket of `width` steps; bucket b holds the steps [b * width, (b + 1) * width).
CREATE TABLE IF NOT EXISTS rollups (
    run_id    LowCardinality(String),
    name      LowCardinality(String),
    width     UInt32,
    bucket    Int64 CODEC(DoubleDelta, ZSTD(1)),
    first     SimpleAggregateFunction(min, Tuple(step Int64, pos UInt64, idx UInt32, ts_us Int64, value Float64)),
    last      SimpleAggregateFunction(max, Tuple(step Int64, pos UInt64, idx UInt32, ts_us Int64, value Float64)),
    low       SimpleAggregateFunction(min, Tuple(value Float64, step Int64, ts_us Int64)),
    high      SimpleAggregateFunction(max, Tuple(value Float64, step Int64, ts_us Int64)),
    nonfinite SimpleAggregateFunction(groupBitOr, UInt8)
) ENGINE = AggregatingMergeTree ORDER BY (run_id, name, width, bucket)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Events of a type or version that is not known yet, with their JSON.
CREATE TABLE IF NOT EXISTS parked (
    run_id  String,
    writer  UInt64,
    seq     UInt64,
    idx     UInt32,
    pos     UInt64,
    type    LowCardinality(String),
    version UInt32,
    data    String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, writer, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS dead_letters (
    partition UInt32,
    pos       UInt64,
    run_id    String,
    code      LowCardinality(String),
    reason    String,
    value     String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree ORDER BY (partition, pos)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- High-water marks: the last envelope folded of each writer, how many below it never came, and
-- where those are missing. `pos` is the offset of the record that brought it there.
CREATE TABLE IF NOT EXISTS ingest_writers (
    run_id    String,
    writer    String,
    seq       UInt64,
    gap_count UInt64,
    missing   Array(Tuple(first UInt64, last UInt64)),
    pos       UInt64
) ENGINE = ReplacingMergeTree(pos) ORDER BY (run_id, writer)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The checkpoint: where to resume each partition. Written last.
CREATE TABLE IF NOT EXISTS ingest_progress (
    partition   UInt32,
    next_offset UInt64
) ENGINE = ReplacingMergeTree(next_offset) ORDER BY partition
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
