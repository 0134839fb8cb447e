/** The columns of the runs table: what can be shown, what is shown, what the server is asked for. */

import { AGGREGATES, type Aggregate, entryOf } from "./cells.ts";
import { fieldPath, type RunField } from "./fields.ts";
import { parameterName } from "./parameters.ts";
import { type Run, runDuration } from "./run.ts";

export const ATTRIBUTE_COLUMNS = [
  "status",
  "duration",
  "created",
  "tags",
  "started",
  "ended",
  "user",
  "host",
  "target",
  "run_type",
  "description",
  "run_id",
] as const;

export type AttributeName = (typeof ATTRIBUTE_COLUMNS)[number];

export type RunColumn =
  | { readonly kind: "attribute"; readonly id: string; readonly name: AttributeName }
  | {
      readonly kind: "config" | "tags" | "properties";
      readonly id: string;
      readonly key: string;
    }
  | {
      readonly kind: "metric";
      readonly id: string;
      readonly name: string;
      readonly aggregate: Aggregate;
    };

const PICKED_MAX = 3;
const NUMBER_ATTRIBUTES: ReadonlySet<string> = new Set(["duration"]);

/** `status`, `config.<key>`, `tags.<key>`, `metrics.<name>.<last|min|max>`; null for another id. */
export function parseColumn(id: string): RunColumn | null {
  if ((ATTRIBUTE_COLUMNS as readonly string[]).includes(id)) {
    return { kind: "attribute", id, name: id as AttributeName };
  }
  const entry = /^(config|tags|properties)\.(.+)$/s.exec(id);
  if (entry) return { kind: entry[1] as "config" | "tags" | "properties", id, key: entry[2] };
  const metric = /^metrics\.(.+)\.(last|min|max)$/s.exec(id);
  if (!metric) return null;
  return { kind: "metric", id, name: metric[1], aggregate: metric[2] as Aggregate };
}

export function isColumn(column: RunColumn | null): column is RunColumn {
  return column !== null;
}

/** What a heading says, where it is no attribute: those have words of their own. */
export function columnTitle(column: RunColumn): string {
  if (column.kind === "metric") {
    return column.aggregate === "last" ? column.name : `${column.name} ${column.aggregate}`;
  }
  return column.kind === "attribute" ? column.name : parameterName(column.key);
}

/** The column as the API's `sort` names it; null where the server has no such order. */
export function columnSort(column: RunColumn): string | null {
  if (column.kind === "attribute") return column.name === "tags" ? null : column.name;
  if (column.kind === "metric") return `metrics.${fieldPath(column.name)}.${column.aggregate}`;
  return `${column.kind}.${fieldPath(column.key)}`;
}

/** The columns that an experiment's fields can fill, by source. */
export function fieldColumnId(field: RunField, aggregate: Aggregate = "last"): string {
  const id = `${field.source}.${field.name}`;
  return field.source === "metrics" ? `${id}.${aggregate}` : id;
}

/** The run's value in the column: what is shown, compared and exported. Times are microseconds. */
export function cellValue(run: Run, column: RunColumn): unknown {
  switch (column.kind) {
    case "config":
      return entryOf(run.config, column.key);
    case "tags":
    case "properties":
      return run[column.kind][column.key];
    case "metric":
      return run.metrics[column.name]?.[column.aggregate];
    case "attribute":
      return attributeValue(run, column.name);
  }
}

function attributeValue(run: Run, name: AttributeName): unknown {
  switch (name) {
    case "created":
      return run.createdUs;
    case "started":
      return run.startedUs;
    case "ended":
      return run.endedUs;
    // As the server sorts it: what goes on is measured up to when it was last heard of.
    case "duration":
      return runDuration(run, run.seenUs ?? run.createdUs);
    case "run_type":
      return run.runType;
    case "run_id":
      return run.runId;
    default:
      return run[name];
  }
}

/** Whether the column's values are numbers, as far as the fields tell. */
export function isNumberColumn(column: RunColumn, fields: readonly RunField[]): boolean {
  if (column.kind === "metric") return true;
  if (column.kind === "attribute") return NUMBER_ATTRIBUTES.has(column.name);
  const field = fields.find(({ source, name }) => source === column.kind && name === column.key);
  return field?.kind === "number";
}

/** Columns worth showing unasked: config that varies between the runs, then the first metrics. */
export function pickColumns(fields: readonly RunField[]): string[] {
  const config = fields.filter(({ source }) => source === "config");
  const varying = config.filter(({ values }) => values.length > 1);
  const keys = new Set(config.map(({ name }) => name));
  const metrics = fields.filter(({ source, name }) => source === "metrics" && !keys.has(name));
  return [
    "status",
    "duration",
    "created",
    ...(varying.length > 0 ? varying : config).slice(0, PICKED_MAX).map((f) => fieldColumnId(f)),
    ...metrics.slice(0, PICKED_MAX).map((f) => fieldColumnId(f)),
    "tags",
  ];
}

/** The metrics whose summaries the columns need, each once. */
export function neededMetrics(columns: readonly RunColumn[]): string[] {
  return [...new Set(columns.flatMap((c) => (c.kind === "metric" ? [c.name] : [])))];
}

/** The sort after a click on a heading: descending first, then ascending, then the default. */
export function nextSort(current: string, key: string, fallback: string): string {
  if (current === `-${key}`) return key;
  return current === key ? fallback : `-${key}`;
}

export { AGGREGATES, type Aggregate };
