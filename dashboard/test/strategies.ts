/** How to draw points and series. Values are integers as floats, so that laws hold exactly. */
import fc from "fast-check";
import { epochUs } from "../src/base/time.ts";
import type { FieldSource, RunField } from "../src/model/fields.ts";
import type { Delta } from "../src/model/live.ts";
import type { Run } from "../src/model/run.ts";
import { type PointSeries, pointSeries } from "../src/model/series.ts";

export interface DrawnPoint {
  readonly step: number;
  readonly value: number;
}

/** Points of distinct steps, in any order. */
export const points = fc
  // Without a size fast-check rarely draws more than ten, and no budget would be reached.
  .uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 200, size: "max" })
  .chain((steps) =>
    fc
      .array(fc.integer({ min: -1000, max: 1000 }), {
        minLength: steps.length,
        maxLength: steps.length,
      })
      .map((values) => steps.map((step, i): DrawnPoint => ({ step, value: values[i] }))),
  );

/** The points as a series over steps; the time of a point follows from its step. */
export function seriesOf(drawn: readonly DrawnPoint[]): PointSeries {
  const step = Float64Array.from(drawn, (p) => p.step);
  return pointSeries({
    x: step,
    step,
    tsUs: step.map((s) => 1_000_000 * s),
    value: Float64Array.from(drawn, (p) => p.value),
  });
}

export function deltaOf(drawn: readonly DrawnPoint[]): Delta {
  const { step, tsUs, value } = seriesOf(drawn);
  return { run: "r", metric: "m", step, tsUs, value };
}

/** The same items cut into consecutive pieces. */
export function pieces<T>(items: readonly T[], cuts: readonly number[]): T[][] {
  const ends = [...new Set(cuts.map((cut) => cut % (items.length + 1)))].sort((a, b) => a - b);
  return [...ends, items.length].map((end, i) => items.slice(ends[i - 1] ?? 0, end));
}

/** A run that is nothing but what the test says. */
export function run(change: Partial<Run> = {}): Run {
  const empty = { runId: "r", name: "n", number: 1, status: "Running", parentId: null };
  const nothing = { startedUs: null, endedUs: null, seenUs: null, user: null, childCount: 0 };
  const entries = { config: {}, tags: {}, properties: {}, metrics: {} };
  return { ...empty, ...nothing, ...entries, createdUs: epochUs(1), ...change } as Run;
}

export function field(source: FieldSource, name: string, change: Partial<RunField>): RunField {
  return { source, name, kind: "text", runCount: 1, values: [], ...change };
}
