/** Tables as CSV after RFC 4180: lines end in CRLF, and what could be misread is quoted. */
import { cellValue, type RunColumn } from "./columns.ts";
import type { Run } from "./run.ts";

export function csvOf(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

const SECOND_US = 1e6;
const TIMES: ReadonlySet<string> = new Set(["created", "started", "ended"]);

/** What the table shows of the runs, whole: a heading, then a row a run. Times are ISO 8601. */
export function exportRows(runs: readonly Run[], columns: readonly RunColumn[]): unknown[][] {
  const heading = columns.map(({ id }) => (id === "duration" ? "duration_s" : id));
  return [
    ["name", ...heading],
    ...runs.map((run) => [run.name, ...columns.map((column) => exportValue(run, column))]),
  ];
}

function exportValue(run: Run, column: RunColumn): unknown {
  const value = cellValue(run, column);
  if (typeof value !== "number") return value;
  if (column.id === "duration") return value / SECOND_US;
  return TIMES.has(column.id) ? new Date(value / 1000).toISOString() : value;
}

/** Nothing is empty; an empty text is quoted, so that both come back as they were. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text === "" || /[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
