/**
 * Series of the HTTP API. Their columns are text of megabytes when many runs are asked for at once,
 * so a worker reads and decodes them, and hands over the arrays without copying.
 */
import type { Series, XAxis } from "../model/series.ts";
import type { Range } from "../model/viewport.ts";
import { ApiError } from "./client.ts";
import type { WorkerAnswer, WorkerCall } from "./series-worker.ts";

export interface SeriesRequest {
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
  readonly x: XAxis;
  /** Both ends are seen. */
  readonly range: Range | null;
  readonly maxPoints: number;
}

export interface SeriesAnswer {
  readonly position: string;
  readonly series: readonly {
    readonly run: string;
    readonly metric: string;
    readonly series: Series;
    /** Points without a value of the metric that is x. */
    readonly withoutX: number;
  }[];
}

interface Waiter {
  readonly resolve: (answer: SeriesAnswer) => void;
  readonly reject: (error: Error) => void;
}

let worker: Worker | null = null;
let calls = 0;
const waiters = new Map<number, Waiter>();

export function fetchSeries(request: SeriesRequest, signal?: AbortSignal): Promise<SeriesAnswer> {
  worker ??= startWorker();
  const port = worker;
  const id = ++calls;
  return new Promise((resolve, reject) => {
    waiters.set(id, { resolve, reject });
    signal?.addEventListener("abort", () => {
      if (waiters.delete(id)) port.postMessage({ id, abort: true } satisfies WorkerCall);
      reject(signal.reason);
    });
    port.postMessage({ id, request } satisfies WorkerCall);
  });
}

function startWorker(): Worker {
  const started = new Worker(new URL("./series-worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    const waiter = waiters.get(data.id);
    waiters.delete(data.id);
    if ("answer" in data) waiter?.resolve(data.answer);
    else waiter?.reject(new ApiError(data.status, data.code, data.message));
  };
  // A script that cannot be loaded never answers; the next call tries anew.
  started.onerror = (event) => {
    worker = null;
    for (const { reject } of waiters.values()) reject(new ApiError(0, "offline", event.message));
    waiters.clear();
  };
  return started;
}
