/** The columns of the runs table: what can be shown, what is shown, what the server is asked for. */

import { compareNames } from "../base/names.ts";
import type { Run } from "./run.ts";

export type Aggregate = "last" | "min" | "max";

export type RunColumn =
  | { readonly kind: "config"; readonly id: string; readonly key: string }
  | {
      readonly kind: "metric";
      readonly id: string;
      readonly name: string;
      readonly aggregate: Aggregate;
    };

const PICKED_MAX = 3;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `config.<key>` or `metrics.<name>.<last|min|max>`; null for anything else. */
export function parseColumn(id: string): RunColumn | null {
  if (id.startsWith("config.")) return { kind: "config", id, key: id.slice(7) };
  const match = /^metrics\.(.+)\.(last|min|max)$/s.exec(id);
  return match ? { kind: "metric", id, name: match[1], aggregate: match[2] as Aggregate } : null;
}

export function columnTitle(column: RunColumn): string {
  if (column.kind === "config") return column.key;
  return column.aggregate === "last" ? column.name : `${column.name} ${column.aggregate}`;
}

/** The column as the API's `sort` names it; names that are not plain words are quoted. */
export function columnSort(column: RunColumn): string {
  return column.kind === "config"
    ? `config.${quoted(column.key)}`
    : `metrics.${quoted(column.name)}.${column.aggregate}`;
}

/** Columns worth showing unasked: config that varies between the runs, then the first metrics. */
export function pickColumns(runs: readonly Run[], metricNames: readonly string[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const run of runs) {
    for (const [key, value] of Object.entries(run.config)) {
      const seen = values.get(key) ?? new Set();
      values.set(key, seen.add(JSON.stringify(value)));
    }
  }
  const keys = [...values.keys()];
  const varying = keys.filter((key) => (values.get(key)?.size ?? 0) > 1);
  const config = (varying.length > 0 ? varying : keys).slice(0, PICKED_MAX);
  const metrics = metricNames.filter((name) => !keys.includes(name)).slice(0, PICKED_MAX);
  return [
    ...config.map((key) => `config.${key}`),
    ...metrics.map((name) => `metrics.${name}.last`),
  ];
}

/** Every config key of the runs, in natural order. */
export function configKeys(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run.config)))].sort(compareNames);
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

function quoted(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
