/** What the runs table shows as CSV: a heading, then a row a run; every number has all its digits. */
import { csvLine } from "../base/csv.ts";
import { cellValue, type RunColumn } from "./columns.ts";
import type { Run } from "./run.ts";

const SECOND_US = 1e6;
const TIMES: ReadonlySet<string> = new Set(["created", "started", "ended"]);

/** Columns are called by their ids; times are ISO 8601, durations seconds, what is nested JSON. */
export function tableCsv(runs: readonly Run[], columns: readonly RunColumn[]): string {
  const heading = columns.map(({ id }) => (id === "duration" ? "duration_s" : id));
  const rows = runs.map((run) => [
    run.name,
    ...columns.map((column) => exportValue(cellValue(run, column), column)),
  ]);
  return [["name", ...heading], ...rows].map(csvLine).join("");
}

function exportValue(value: unknown, column: RunColumn): unknown {
  if (typeof value !== "number") return value;
  if (column.id === "duration") return value / SECOND_US;
  return TIMES.has(column.id) ? new Date(value / 1000).toISOString() : value;
}
