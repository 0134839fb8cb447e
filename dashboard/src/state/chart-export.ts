/**
 * The exact points behind a chart, as CSV. The server answers with points up to a number for each
 * series, and with buckets beyond it; a span that came in buckets is halved until it is points.
 */
import { fetchSeries } from "../api/series.ts";
import { axisMetric } from "../model/axis.ts";
import { csvHeader, csvRows } from "../model/points-csv.ts";
import type { Series, XAxis } from "../model/series.ts";
import type { Range } from "../model/viewport.ts";

/** The server's own limit for a series in one answer. */
const POINTS_MAX = 20_000;
/** Rows of one file; a spreadsheet takes a million. */
export const CSV_ROWS_MAX = 1_000_000;

export interface CsvRequest {
  readonly metric: string;
  readonly runs: readonly { readonly id: string; readonly label: string }[];
  readonly axis: XAxis;
  readonly range: Range | null;
}

export interface CsvFile {
  readonly blob: Blob;
  readonly rowCount: number;
  /** Not everything fitted: the file holds the first `CSV_ROWS_MAX` rows. */
  readonly isCut: boolean;
}

/** Fetch and write run after run; what is written is the browser's to keep, not the page's. */
export async function exportCsv(request: CsvRequest, signal: AbortSignal): Promise<CsvFile> {
  const { metric, axis, range } = request;
  const xName = axisMetric(axis);
  let blob = new Blob([csvHeader(xName)], { type: "text/csv" });
  let rowCount = 0;
  for (const { id, label } of request.runs) {
    for await (const points of pointsOf(id, metric, axis, range, signal)) {
      const room = CSV_ROWS_MAX - rowCount;
      const kept = points.x.length > room ? cut(points, room) : points;
      const rows = csvRows({ runId: id, run: label, metric, points: kept }, xName !== null);
      blob = new Blob([blob, rows], { type: "text/csv" });
      rowCount += kept.x.length;
      if (kept !== points) return { blob, rowCount, isCut: true };
    }
  }
  return { blob, rowCount, isCut: false };
}

type Points = Extract<Series, { kind: "points" }>;

async function* pointsOf(
  run: string,
  metric: string,
  x: XAxis,
  range: Range | null,
  signal: AbortSignal,
): AsyncGenerator<Points> {
  const question = { runs: [run], metrics: [metric], x, range, maxPoints: POINTS_MAX };
  const series = (await fetchSeries(question, signal)).series[0]?.series;
  if (!series) return;
  if (series.kind === "points") {
    yield series;
    return;
  }
  const whole = range ?? [series.firstX[0], series.lastX[series.x.length - 1]];
  const [left, right] = halves(whole, axisMetric(x) === null);
  yield* pointsOf(run, metric, x, left, signal);
  yield* pointsOf(run, metric, x, right, signal);
}

/** Two ranges that share no place; both ends of a range belong to it. */
function halves([from, to]: Range, isWhole: boolean): [Range, Range] {
  if (!(from < to)) {
    throw new Error(
      `more than ${POINTS_MAX} points stand at ${from}: read them with get_metrics() or as SQL`,
    );
  }
  const middle = isWhole ? Math.floor(from + (to - from) / 2) : from + (to - from) / 2;
  const next = isWhole ? middle + 1 : middle + Math.max(Math.abs(middle) * 2 ** -52, 2 ** -1074);
  return [
    [from, middle],
    [next, to],
  ];
}

function cut(points: Points, count: number): Points {
  return {
    kind: "points",
    x: points.x.slice(0, count),
    step: points.step.slice(0, count),
    tsUs: points.tsUs.slice(0, count),
    value: points.value.slice(0, count),
  };
}
