/** The HTTP API of a run's machines and states. */
import type { EpochUs } from "../base/time.ts";
import type { RunState } from "../model/phases.ts";
import { pointSeries, type Series } from "../model/series.ts";
import type { Measured } from "../model/system.ts";
import type { Range } from "../model/viewport.ts";
import { AS_IT_IS, getJson, queryString, runPath } from "./client.ts";
import {
  asArray,
  asNumber,
  asObject,
  asText,
  bucketSeries,
  type Json,
  numberColumn,
  textOrNull,
} from "./decode.ts";

export interface SystemQuery {
  /** Microseconds since 1970, both ends included; null is all of it. */
  readonly range: Range | null;
  readonly maxPoints: number;
}

export async function getSystem(
  runId: string,
  { range, maxPoints }: SystemQuery,
  asking = AS_IT_IS,
): Promise<readonly Measured[]> {
  const query = queryString({
    encoding: "columns",
    max_points: String(maxPoints),
    start: range ? String(Math.max(0, Math.floor(range[0]))) : "",
    end: range ? String(Math.floor(range[1]) + 1) : "",
  });
  const answer = asObject(await getJson(`${runPath(runId)}/system?${query}`, asking), "system");
  return asArray(answer.series, "system.series").map((value) => {
    const item = asObject(value, "system.series");
    return {
      host: asText(item.host, "system.host"),
      name: asText(item.name, "system.name"),
      series: seriesOf(item),
    };
  });
}

/** Measurements have no steps: their places stand for them, which no picture shows. */
function seriesOf(item: Json): Series {
  const column = (name: string) => numberColumn(item[name], `system.${name}`);
  if (item.kind !== "points") return bucketSeries(column, "x");
  const x = column("x");
  return pointSeries({ x, step: x, tsUs: x, value: column("value") });
}

/** The states that counted, in the order of the log. */
export async function listStates(runId: string, asking = AS_IT_IS): Promise<readonly RunState[]> {
  const answer = asObject(await getJson(`${runPath(runId)}/states`, asking), "states");
  return asArray(answer.items, "states.items")
    .map((value) => asObject(value, "state"))
    .filter((state) => state.accepted === true)
    .map((state) => ({
      status: asText(state.status, "state.status"),
      at: asNumber(state.ts_us, "state.ts_us") as EpochUs,
      by: textOrNull(state.by),
      reason: textOrNull(state.reason),
    }));
}
