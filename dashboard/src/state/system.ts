/** What was measured of a run's machines: for the charts of its page, and as a file. */
import { getSystem } from "../api/system.ts";
import { csvLine } from "../base/csv.ts";
import { isoInstant } from "../model/points-csv.ts";
import type { Measured } from "../model/system.ts";
import type { Range } from "../model/viewport.ts";
import type { CsvFile } from "./chart-export.ts";
import { createResource, type Resource } from "./resource.ts";

/** A chart is seldom wider than this many pixels. */
const POINTS_MAX = 600;

/** The server's own limit for a series in one answer. */
const CSV_POINTS_MAX = 20_000;

export function createSystem(runId: string, range: Range | null): Resource<readonly Measured[]> {
  return createResource((asking) => getSystem(runId, { range, maxPoints: POINTS_MAX }, asking));
}

/** Every measurement of some quantities, as it was made: in bytes, where a chart counts in larger units. */
export async function exportSystem(
  runId: string,
  ids: ReadonlySet<string>,
  range: Range | null,
): Promise<CsvFile> {
  const lines = [csvLine(["run_id", "host", "name", "time", "value"])];
  for await (const { host, name, series } of everyMeasurement(runId, range)) {
    if (series.kind !== "points" || !ids.has(`${host}\n${name}`)) continue;
    for (const [i, x] of series.x.entries()) {
      lines.push(csvLine([runId, host, name, isoInstant(x), series.value[i]]));
    }
  }
  const blob = new Blob(lines, { type: "text/csv" });
  return { blob, rowCount: lines.length - 1, isCut: false };
}

/** A span that comes in buckets is halved until it is points. */
async function* everyMeasurement(runId: string, range: Range | null): AsyncGenerator<Measured> {
  const found = await getSystem(runId, { range, maxPoints: CSV_POINTS_MAX });
  const long = found.find(({ series }) => series.kind === "buckets")?.series;
  if (long?.kind !== "buckets") {
    yield* found;
    return;
  }
  const [from, to] = range ?? [long.firstX[0], long.lastX[long.x.length - 1]];
  const middle = Math.floor((from + to) / 2);
  yield* everyMeasurement(runId, [from, middle]);
  yield* everyMeasurement(runId, [middle + 1, to]);
}
