/** From what the network said, which may be anything, to typed values. Unknown fields are ignored. */
import { type EpochUs, epochUs } from "../base/time.ts";
import type { MetricItem } from "../model/catalog.ts";
import type { RunChange } from "../model/edits.ts";
import type { Delta } from "../model/live.ts";
import type { MetricSummary, Run } from "../model/run.ts";
import { type BucketSeries, pointSeries, type Series } from "../model/series.ts";
import { type Cell, numberOf } from "../model/tables.ts";

export type Json = Readonly<Record<string, unknown>>;

/** The answer is not what the API promises; `where` names the field. */
export class DecodeError extends Error {
  constructor(where: string, got: unknown) {
    super(`the server's answer has ${JSON.stringify(got)?.slice(0, 80)} as ${where}`);
    this.name = "DecodeError";
  }
}

export function asObject(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new DecodeError(where, value);
}

export function asArray(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new DecodeError(where, value);
}

export function asText(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new DecodeError(where, value);
}

export function asNumber(value: unknown, where: string): number {
  const number = numberOf(value);
  if (number !== null) return number;
  throw new DecodeError(where, value);
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : numberOf(value);
}

export function instantOrNull(value: unknown): EpochUs | null {
  return typeof value === "number" && value > 0 ? epochUs(value) : null;
}

/**
 * A column of numbers: `{"f64": bytes}`, `{"i64": bytes}`, `{"bool": bytes}` or an array whose
 * non-finite members are text. Bytes are base64 over HTTP, and themselves from a notebook's kernel.
 * Integers beyond 2^53 lose their last digits here, as on any screen.
 */
export function numberColumn(wire: unknown, where: string): Float64Array {
  if (Array.isArray(wire)) return Float64Array.from(wire, (v) => numberOrNull(v) ?? Number.NaN);
  const column = asObject(wire, where);
  if (isBytes(column.f64)) return new Float64Array(bytesOf(column.f64).buffer);
  if (isBytes(column.i64)) return fromInt64(bytesOf(column.i64));
  if (isBytes(column.bool)) return Float64Array.from(bytesOf(column.bool));
  throw new DecodeError(where, wire);
}

/** A wire column of `n` cells of any kind, in the lossless form of the events. */
export function cellColumn(wire: unknown, n: number, where: string): Cell[] {
  if (Array.isArray(wire)) return wire.map(cellOf);
  const column = asObject(wire, where);
  if (Array.isArray(column.range)) {
    const [start, stride] = column.range.map(Number);
    return Array.from({ length: n }, (_, i) => start + stride * i);
  }
  if (isBytes(column.bool)) return Array.from(bytesOf(column.bool), (b) => b === 1);
  return Array.from(numberColumn(wire, where));
}

export function decodeRun(value: unknown): Run {
  const run = asObject(value, "run");
  return { ...EMPTY_RUN, ...decodeRunChange(run), runId: asText(run.run_id, "run_id") };
}

/** The fields that are there; a `run` event of the live stream holds only those that changed. */
export function decodeRunChange(value: unknown): RunChange {
  const run = asObject(value, "run");
  const change: Record<string, unknown> = {};
  for (const [wire, [name, decode]] of Object.entries(RUN_FIELDS)) {
    if (wire in run) change[name] = decode(run[wire]);
  }
  return change as RunChange;
}

/** Buckets out of columns; `steps` ends the names of those that say where extremes are. */
export function bucketSeries(
  column: (name: string) => ReturnType<typeof numberColumn>,
  steps: "step" | "x",
): BucketSeries {
  const x = column("x");
  const ends = column("x_end");
  return {
    kind: "buckets",
    width: x.length > 0 ? ends[0] - x[0] : 1,
    x,
    first: column("first"),
    firstX: column("first_x"),
    last: column("last"),
    lastX: column("last_x"),
    min: column("min"),
    minX: column("min_x"),
    minStep: column(`min_${steps}`),
    max: column("max"),
    maxX: column("max_x"),
    maxStep: column(`max_${steps}`),
    nonfinite: column("nonfinite"),
  };
}

export interface DecodedSeries {
  readonly run: string;
  readonly metric: string;
  readonly series: Series;
  /** Points without a value of the metric that is x. */
  readonly withoutX: number;
}

export function decodeSeries(value: unknown): DecodedSeries {
  const item = asObject(value, "series");
  const run = asText(item.run, "series.run");
  const metric = asText(item.metric, "series.metric");
  const withoutX = numberOrNull(item.n_without_x) ?? 0;
  const column = (name: string) => numberColumn(item[name], `series.${name}`);
  if (item.kind === "points") {
    const series = pointSeries({
      x: column("x"),
      step: column("step"),
      tsUs: column("ts_us"),
      value: column("value"),
    });
    return { run, metric, series, withoutX };
  }
  const series = bucketSeries(column, "step");
  return { run, metric, series, withoutX };
}

/** What one metric of a run is. */
export function decodeMetric(value: unknown): MetricItem {
  const item = asObject(value, "metric");
  const end = (name: string) => (item[name] ? asObject(item[name], `metric.${name}`) : null);
  return {
    name: asText(item.name, "metric.name"),
    kind: asText(item.kind, "metric.kind") as MetricItem["kind"],
    count: asNumber(item.count, "metric.count"),
    numeric: item.numeric === true,
    nonfinite: numberOrNull(item.nonfinite) ?? 0,
    summary: {
      first: numberOrText(end("first")?.value),
      last: numberOrText(end("last")?.value),
      min: numberOrNull(end("min")?.value),
      max: numberOrNull(end("max")?.value),
      lastStep: numberOrNull(end("last")?.step),
    },
  };
}

export function decodeDelta(value: unknown): Delta {
  const item = asObject(value, "points");
  return {
    run: asText(item.run, "points.run"),
    metric: asText(item.metric, "points.metric"),
    step: numberColumn(item.step, "points.step"),
    tsUs: numberColumn(item.ts_us, "points.ts_us"),
    value: numberColumn(item.value, "points.value"),
  };
}

const EMPTY_RUN: Run = {
  runId: "",
  name: "",
  number: 0,
  experiment: "",
  status: "NotStarted",
  statusReason: null,
  statusBy: null,
  error: null,
  createdUs: epochUs(0),
  startedUs: null,
  endedUs: null,
  seenUs: null,
  parentId: null,
  runType: null,
  target: null,
  user: null,
  host: null,
  description: null,
  archived: false,
  deletedUs: null,
  tags: {},
  properties: {},
  config: {},
  childCount: 0,
  metrics: {},
};

type Decode = (value: unknown) => unknown;

const textOrEmpty: Decode = (value) => textOrNull(value) ?? "";
const objectOrEmpty: Decode = (value) => (value ? asObject(value, "run field") : {});

const RUN_FIELDS: Readonly<Record<string, readonly [keyof RunChange, Decode]>> = {
  run_id: ["runId", textOrEmpty],
  name: ["name", textOrEmpty],
  number: ["number", (value) => numberOrNull(value) ?? 0],
  experiment: ["experiment", textOrEmpty],
  status: ["status", textOrEmpty],
  status_reason: ["statusReason", textOrNull],
  status_by: ["statusBy", textOrNull],
  error: ["error", (value) => (value ? asObject(value, "run.error") : null)],
  created_us: ["createdUs", (value) => epochUs(numberOrNull(value) ?? 0)],
  started_us: ["startedUs", instantOrNull],
  ended_us: ["endedUs", instantOrNull],
  seen_us: ["seenUs", instantOrNull],
  parent_id: ["parentId", textOrNull],
  run_type: ["runType", textOrNull],
  target: ["target", textOrNull],
  user: ["user", textOrNull],
  host: ["host", textOrNull],
  description: ["description", textOrNull],
  archived: ["archived", Boolean],
  deleted_us: ["deletedUs", instantOrNull],
  tags: ["tags", objectOrEmpty],
  tags_removed: ["tagsRemoved", (value) => asArray(value, "tags_removed").map(String)],
  properties: ["properties", objectOrEmpty],
  config: ["config", objectOrEmpty],
  child_count: ["childCount", (value) => numberOrNull(value) ?? 0],
  metrics: ["metrics", decodeSummaries],
};

function decodeSummaries(value: unknown): Record<string, MetricSummary> {
  const entries = Object.entries(value ? asObject(value, "run.metrics") : {});
  return Object.fromEntries(
    entries.map(([name, item]) => {
      const summary = asObject(item, `metrics.${name}`);
      return [
        name,
        {
          first: numberOrText(summary.first),
          last: numberOrText(summary.last),
          min: numberOrNull(summary.min),
          max: numberOrNull(summary.max),
          lastStep: numberOrNull(summary.last_step),
        },
      ];
    }),
  );
}

/** A logged value: numbers and the three non-finite words as numbers, other text as it is. */
export function numberOrText(value: unknown): number | string | null {
  const number = numberOrNull(value);
  return number ?? (value === null || value === undefined ? null : String(value));
}

function cellOf(cell: unknown): Cell {
  if (typeof cell !== "object" || cell === null) return (cell ?? null) as Cell;
  const escaped = cell as Json;
  if (typeof escaped.int === "string") return escaped.int;
  const words: Record<string, number> = {
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    "-inf": Number.NEGATIVE_INFINITY,
  };
  return typeof escaped.float === "string" ? (words[escaped.float] ?? null) : null;
}

type Bytes = string | DataView;

function isBytes(value: unknown): value is Bytes {
  return typeof value === "string" || value instanceof DataView;
}

function bytesOf(wire: Bytes): Uint8Array<ArrayBuffer> {
  // A copy, because numbers of eight bytes must begin at a multiple of eight.
  if (wire instanceof DataView) {
    return new Uint8Array(wire.buffer as ArrayBuffer, wire.byteOffset, wire.byteLength).slice();
  }
  const text = atob(wire);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Two 32-bit halves are several times faster than BigInt, and exact up to 2^53 all the same. */
function fromInt64(bytes: Uint8Array<ArrayBuffer>): Float64Array {
  const low = new Uint32Array(bytes.buffer);
  const high = new Int32Array(bytes.buffer);
  const numbers = new Float64Array(bytes.length / 8);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = high[2 * i + 1] * 4_294_967_296 + low[2 * i];
  }
  return numbers;
}
