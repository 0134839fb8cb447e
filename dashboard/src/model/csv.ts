/** Rows of points as CSV (RFC 4180), every number with all of its digits. */
import type { PointSeries } from "./series.ts";

export interface CsvSeries {
  readonly runId: string;
  readonly run: string;
  readonly metric: string;
  readonly points: PointSeries;
}

/** The first row. `xName` is the metric that is x, or null where step and time say it all. */
export function csvHeader(xName: string | null): string {
  const names = ["run_id", "run", "metric", "step", "time", ...(xName === null ? [] : [xName])];
  return row([...names.map(cell), "value"]);
}

/** One row a point, in the series' order. */
export function csvRows({ runId, run, metric, points }: CsvSeries, hasX: boolean): string {
  const head = [runId, run, metric].map(cell);
  let text = "";
  for (let i = 0; i < points.x.length; i++) {
    const time = points.tsUs[i] > 0 ? isoInstant(points.tsUs[i]) : "";
    const x = hasX ? [String(points.x[i])] : [];
    text += row([...head, String(points.step[i]), time, ...x, String(points.value[i])]);
  }
  return text;
}

/** To the microsecond, which a `Date` cannot hold. */
function isoInstant(us: number): string {
  const seconds = new Date(Math.floor(us / 1e6) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1e6).padStart(6, "0")}Z`;
}

function row(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}

function cell(text: string): string {
  // A spreadsheet would run what begins like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
