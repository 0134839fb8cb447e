/** Units along the x-axis: how series' x becomes what uPlot counts in, and how it is written. */
import { formatCount, formatNumber } from "../base/format.ts";
import {
  type DurationUs,
  epochUs,
  formatAxisSeconds,
  formatDuration,
  formatInstant,
} from "../base/time.ts";
import { axisMetric } from "../model/axis.ts";
import type { XAxis } from "../model/series.ts";

/** `number` is a table's own first column. */
export type ChartAxis = XAxis | "number";

/** uPlot counts time in milliseconds and elapsed time in seconds here; series count in µs. */
export function axisFactor(axis: ChartAxis): number {
  if (axis === "time") return 1e-3;
  return axis === "relative" ? 1e-6 : 1;
}

export function formatX(axis: ChartAxis, x: number): string {
  if (axis === "time") return formatInstant(epochUs(x));
  if (axis === "relative") return formatDuration(x as DurationUs);
  return axis === "step" ? formatCount(x) : formatNumber(x);
}

/** Whether places on the axis are values of any kind, and not counted in whole units. */
export function isFractional(axis: ChartAxis): boolean {
  return axis === "number" || axisMetric(axis) !== null;
}

/** Tick labels for the axes that uPlot does not label by itself. */
export function tickLabels(axis: ChartAxis): ((splits: readonly number[]) => string[]) | null {
  if (axis === "time") return null;
  if (axis === "relative") return (splits) => splits.map(formatAxisSeconds);
  return (splits) => splits.map(formatTick);
}

/** `0`, `250`, `20k`, `1.5M`: short, because neighbours share the space. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-3)) {
    return value.toExponential(2).replace(/\.?0+e\+?/, "e");
  }
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(6))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(6))}k`;
  return String(Number(value.toPrecision(6)));
}

/** Steps between ticks of elapsed time that fall on whole seconds, minutes, hours and days. */
export const RELATIVE_STEPS_S: number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
  1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];

const LOG_TICKS_MAX = 6;

/**
 * Ticks of a log axis from `low` to `high`, both positive: powers of ten, every so many where
 * they are many; 1, 2 and 5 of each where they are few; and plain steps within less than that.
 * uPlot's own never end below 1e-16, where it rounds its step to zero.
 */
export function logTicks(low: number, high: number): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const stride = Math.max(1, Math.ceil((to - from) / LOG_TICKS_MAX));
  const digits = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let exponent = from; exponent <= to; exponent += stride) {
    for (const digit of digits) ticks.push(Number(`${digit}e${exponent}`));
  }
  const seen = ticks.filter((tick) => tick >= low && tick <= high);
  if (seen.length > 1) return seen;
  return [0.1, 0.5, 0.9].map((share) => Number((low + (high - low) * share).toPrecision(3)));
}

/** Ticks of steps are whole numbers: 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, … */
export const WHOLE_STEPS: number[] = [
  1,
  2,
  5,
  ...Array.from({ length: 15 }, (_, exponent) =>
    [10, 20, 25, 50].map((digits) => digits * 10 ** exponent),
  ).flat(),
];

/** Even ticks from `low` to `high`, `count` at most, at multiples of 1, 2 or 5 or of one of `steps`. */
export function evenTicks(
  low: number,
  high: number,
  count: number,
  steps: readonly number[] = [],
): number[] {
  const least = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(least));
  const plain = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least);
  const step = steps.find((one) => one >= least) ?? plain ?? least;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}
