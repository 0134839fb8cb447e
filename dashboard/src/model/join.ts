/**
 * Live points on an axis that is itself a metric: a point stands where the other metric was at its
 * step. A point waits until that value comes, and a value until its points come; nothing is
 * guessed. What came before the page looked is the server's to join, and what has waited for too
 * long is shown when the chart is fetched again.
 *
 * Of several values of the axis at one step the first that is finite counts here, since points
 * that were drawn stay where they are; the server takes the last.
 */
import type { Delta } from "./live.ts";

/** A delta with the places of its points. */
export interface PlacedDelta extends Delta {
  readonly x: Float64Array;
}

interface Waiting {
  readonly metric: string;
  readonly step: number;
  readonly tsUs: number;
  readonly value: number;
}

/** Steps that are remembered and points that wait, each; some 2 MB. */
const MEMORY_MAX = 20_000;

/** The live points of one run over one of its metrics. */
export class LiveJoin {
  private readonly places = new Map<number, number>();
  private waiting = new Map<number, Waiting[]>();
  private waitingCount = 0;

  constructor(
    private readonly axisMetric: string,
    private readonly memoryMax = MEMORY_MAX,
  ) {}

  /** The points that have a place now: the delta's own, or those that waited for it. */
  add(delta: Delta): PlacedDelta[] {
    const found: [number, Waiting][] = [];
    const { metric } = delta;
    for (let i = 0; i < delta.step.length; i++) {
      const step = delta.step[i];
      const value = delta.value[i];
      if (metric === this.axisMetric) this.place(step, value, found);
      const point = { metric, step, tsUs: delta.tsUs[i], value };
      const x = this.places.get(step);
      if (x !== undefined) found.push([x, point]);
      else this.wait(point);
    }
    return grouped(delta.run, found);
  }

  private place(step: number, x: number, found: [number, Waiting][]): void {
    if (!Number.isFinite(x) || this.places.has(step)) return;
    this.places.set(step, x);
    const waited = this.waiting.get(step) ?? [];
    this.waiting.delete(step);
    this.waitingCount -= waited.length;
    for (const point of waited) found.push([x, point]);
    if (this.places.size > this.memoryMax) this.places.delete(oldest(this.places));
  }

  private wait(point: Waiting): void {
    const others = this.waiting.get(point.step);
    if (others) others.push(point);
    else this.waiting.set(point.step, [point]);
    this.waitingCount += 1;
    while (this.waitingCount > this.memoryMax) {
      const step = oldest(this.waiting);
      this.waitingCount -= this.waiting.get(step)?.length ?? 0;
      this.waiting.delete(step);
    }
  }
}

/** The key that was put in first. */
function oldest(map: ReadonlyMap<number, unknown>): number {
  return map.keys().next().value as number;
}

function grouped(run: string, found: readonly [number, Waiting][]): PlacedDelta[] {
  const byMetric = new Map<string, [number, Waiting][]>();
  for (const one of found) {
    const others = byMetric.get(one[1].metric);
    if (others) others.push(one);
    else byMetric.set(one[1].metric, [one]);
  }
  return [...byMetric].map(([metric, points]) => ({
    run,
    metric,
    x: Float64Array.from(points, ([x]) => x),
    step: Float64Array.from(points, ([, point]) => point.step),
    tsUs: Float64Array.from(points, ([, point]) => point.tsUs),
    value: Float64Array.from(points, ([, point]) => point.value),
  }));
}
