/** Rows of points as CSV. */
import { csvLine } from "../base/csv.ts";
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
  return csvLine([...names, "value"]);
}

/** One row a point, in the series' order. */
export function csvRows({ runId, run, metric, points }: CsvSeries, hasX: boolean): string {
  let text = "";
  for (let i = 0; i < points.x.length; i++) {
    const time = points.tsUs[i] > 0 ? isoInstant(points.tsUs[i]) : null;
    const x = hasX ? [points.x[i]] : [];
    text += csvLine([runId, run, metric, points.step[i], time, ...x, points.value[i]]);
  }
  return text;
}

/** To the microsecond, which a `Date` cannot hold. */
export function isoInstant(us: number): string {
  const seconds = new Date(Math.floor(us / 1e6) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1e6).padStart(6, "0")}Z`;
}
