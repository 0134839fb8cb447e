/**
 * The series of a widget: those that the kernel fetched, grown by its tail of live points. The tail
 * is told whole each time, so what was merged of it before is skipped by count. Pure.
 */
import { asArray, decodeSeries, type Json, numberColumn, numberOrNull } from "../src/api/decode.ts";
import { mergeDelta } from "../src/model/live.ts";
import { EMPTY_POINTS, type Series } from "../src/model/series.ts";

export interface Drawn {
  /** Which reading of the series this is; a tail belongs to one. */
  readonly generation: number;
  /** By metric, in order of first logging. */
  readonly series: ReadonlyMap<string, Series>;
  /** How many points of the tail each metric has merged. */
  readonly merged: ReadonlyMap<string, number>;
  /** Metrics that are not drawn, because there are too many. */
  readonly leftOut: number;
}

export const NOTHING_DRAWN: Drawn = {
  generation: 0,
  series: new Map(),
  merged: new Map(),
  leftOut: 0,
};

/** The series as they were fetched; `old` itself when it has them already. */
export function withSeries(old: Drawn, wire: Json): Drawn {
  const generation = numberOrNull(wire.generation) ?? 0;
  if (generation === old.generation) return old;
  const decoded = asArray(wire.series, "series").map(decodeSeries);
  return {
    generation,
    series: new Map(decoded.map(({ metric, series }) => [metric, series])),
    merged: new Map(),
    leftOut: numberOrNull(wire.left_out) ?? 0,
  };
}

/** With the points of the tail that are new; a tail of another reading changes nothing. */
export function withTail(old: Drawn, wire: Json): Drawn {
  if (wire.generation !== old.generation) return old;
  const counts = asArray(wire.n, "tail.n").map((n) => numberOrNull(n) ?? 0);
  const metrics = asArray(wire.metrics, "tail.metrics").map(String);
  const [step, tsUs, value] = ["step", "ts_us", "value"].map((name) =>
    numberColumn(wire[name], `tail.${name}`),
  );
  const series = new Map(old.series);
  const merged = new Map(old.merged);
  let start = 0;
  metrics.forEach((metric, i) => {
    const [from, to] = [start + (merged.get(metric) ?? 0), start + counts[i]];
    start = to;
    if (from >= to) return;
    const delta = {
      run: "",
      metric,
      step: step.subarray(from, to),
      tsUs: tsUs.subarray(from, to),
      value: value.subarray(from, to),
    };
    series.set(metric, mergeDelta(series.get(metric) ?? EMPTY_POINTS, delta, BY_STEP));
    merged.set(metric, counts[i]);
  });
  return { ...old, series, merged };
}

const BY_STEP = { axis: "step", originUs: 0, range: null } as const;
