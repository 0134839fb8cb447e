/** Runs in a worker: asks for series, decodes them, and hands the columns over. */
import { axisMetric } from "../model/axis.ts";
import type { Series } from "../model/series.ts";
import { ApiError, BASE, request } from "./client.ts";
import { asArray, asObject, decodeSeries, textOrNull } from "./decode.ts";
import type { SeriesAnswer, SeriesRequest } from "./series.ts";

export type WorkerCall =
  | { readonly id: number; readonly request: SeriesRequest }
  | { readonly id: number; readonly abort: true };

export type WorkerAnswer =
  | { readonly id: number; readonly answer: SeriesAnswer }
  | {
      readonly id: number;
      readonly status: number;
      readonly code: string;
      readonly message: string;
    };

const aborts = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<WorkerCall>) => {
  const { id } = data;
  if ("abort" in data) {
    aborts.get(id)?.abort();
    return;
  }
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    const answer = await ask(data.request, abort.signal);
    const columns = answer.series.flatMap(({ series }) => buffersOf(series));
    self.postMessage({ id, answer } satisfies WorkerAnswer, { transfer: columns });
  } catch (error) {
    const { status, code } = error instanceof ApiError ? error : { status: -1, code: "unknown" };
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage({ id, status, code, message } satisfies WorkerAnswer);
  } finally {
    aborts.delete(id);
  }
};

async function ask(asked: SeriesRequest, signal: AbortSignal): Promise<SeriesAnswer> {
  const { maxPoints, x, range, ...rest } = asked;
  const metric = axisMetric(x);
  const body = JSON.stringify({
    ...rest,
    x: metric === null ? x : { metric },
    range: range && [range[0], after(range[1], metric === null)],
    max_points: maxPoints,
    encoding: "columns",
  });
  const headers = { "Content-Type": "application/json" };
  const response = await request(`${BASE}/series`, { method: "POST", headers, body, signal });
  const answer = asObject(await response.json(), "series");
  return {
    position: textOrNull(answer.position) ?? "",
    series: asArray(answer.series, "series").map(decodeSeries),
  };
}

/** The server's ranges end before their end; this one's end is to be in it. */
function after(end: number, isWhole: boolean): number {
  return isWhole ? end + 1 : end + Math.max(Math.abs(end) * Number.EPSILON, Number.MIN_VALUE);
}

/** The memory of a series' columns; several columns may share one. */
function buffersOf(series: Series): ArrayBuffer[] {
  const columns = Object.values(series).filter((one) => one instanceof Float64Array);
  return [...new Set(columns.map((column) => column.buffer as ArrayBuffer))];
}
