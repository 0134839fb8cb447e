/** An axis of values of any kind: where each value stands between 0 and 1, and what is labelled. */
import { formatNumber } from "../base/format.ts";
import { compareNames } from "../base/names.ts";
import { formatInstant, fromEpochMs } from "../base/time.ts";
import { numbersOf } from "./dimensions.ts";
import { type Cell, numberOf } from "./tables.ts";

export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

export interface Scale {
  readonly kind: "linear" | "log" | "category";
  /** In [0, 1]; null for what has no place: nothing, NaN, and on a log axis what is not positive. */
  readonly place: (value: Cell) => number | null;
  /** The value of a place, as the brush keeps it: of categories the place in their list. */
  readonly valueAt: (place: number) => number;
  /** Where a value of the brush stands; the inverse of `valueAt`. */
  readonly placeOf: (value: number) => number;
  readonly ticks: readonly AxisTick[];
}

/** An axis of numbers is logarithmic by itself when all are positive, span this much, … */
const LOG_SPAN = 100;
/** … and half of them would crowd into this share of a linear axis. */
const CROWDED_SHARE = 0.2;
const CATEGORY_TICKS_MAX = 24;

/**
 * Whether a log axis shows the values better: learning rates of 0.1, 0.01, 0.001; not numbers drawn
 * evenly between 0 and 1, of which one happens to be small.
 */
export function prefersLog(values: readonly Cell[]): boolean {
  const finite = finiteOf(values);
  if (finite.length === 0 || numbersOf(values) === null) return false;
  const [low, high] = extent(finite);
  const middle = finite.sort((a, b) => a - b)[(finite.length - 1) >> 1];
  return low > 0 && high / low >= LOG_SPAN && middle - low < CROWDED_SHARE * (high - low);
}

/** The scale of `values`; text makes it one of categories, in natural order. */
export function scaleFor(values: readonly Cell[], isLog: boolean, isInstant = false): Scale {
  if (numbersOf(values) === null) return categories(values);
  const finite = finiteOf(values);
  const positive = finite.filter((value) => value > 0);
  if (isLog && positive.length > 0) return logarithmic(extent(positive));
  return linear(extent(finite), isInstant);
}

function linear([low, high]: readonly [number, number], isInstant: boolean): Scale {
  const [from, to] = low < high ? [low, high] : [low - 1, high + 1];
  const placeOf = (value: number) => (value - from) / (to - from);
  const label = isInstant
    ? (value: number) => formatInstant(fromEpochMs(value * 1000))
    : formatNumber;
  return {
    kind: "linear",
    place: (value) => placeIf(numberOf(value), Number.isFinite, placeOf),
    placeOf,
    valueAt: (place) => from + place * (to - from),
    ticks: (isInstant ? [from, to] : roundNumbers(from, to)).map((value) => ({
      at: placeOf(value),
      label: label(value),
    })),
  };
}

function logarithmic([low, high]: readonly [number, number]): Scale {
  const [from, to] = low < high ? [low, high] : [low / 2, high * 2];
  const [a, b] = [Math.log10(from), Math.log10(to)];
  const placeOf = (value: number) => (Math.log10(value) - a) / (b - a);
  const isPositive = (value: number) => Number.isFinite(value) && value > 0;
  return {
    kind: "log",
    place: (value) => placeIf(numberOf(value), isPositive, placeOf),
    placeOf,
    valueAt: (place) => 10 ** (a + place * (b - a)),
    ticks: powers(a, b).map((value) => ({ at: placeOf(value), label: formatNumber(value) })),
  };
}

function categories(values: readonly Cell[]): Scale {
  const names = [...new Set(values.filter((value) => value !== null).map(String))];
  const indexOf = new Map(names.sort(compareNames).map((name, i) => [name, i]));
  const last = Math.max(1, names.length - 1);
  const single = names.length === 1;
  const placeOf = (index: number) => (single ? 0.5 : index / last);
  const stride = Math.ceil(names.length / CATEGORY_TICKS_MAX);
  return {
    kind: "category",
    place: (value) => {
      const index = value === null ? undefined : indexOf.get(String(value));
      return index === undefined ? null : placeOf(index);
    },
    placeOf,
    valueAt: (place) => (single ? place - 0.5 : place * last),
    ticks: names.map((label, i) => ({ at: placeOf(i), label })).filter((_, i) => i % stride === 0),
  };
}

function placeIf(
  value: number | null,
  fits: (value: number) => boolean,
  placeOf: (value: number) => number,
): number | null {
  return value !== null && fits(value) ? placeOf(value) : null;
}

function finiteOf(values: readonly Cell[]): number[] {
  return values
    .map(numberOf)
    .filter((value) => value !== null && Number.isFinite(value)) as number[];
}

/** `[0, 1]` of nothing. */
function extent(values: readonly number[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

const TICKS = 5;

/** Round numbers within `[from, to]`. */
function roundNumbers(from: number, to: number): number[] {
  const rough = (to - from) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((digit) => digit * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Multiplying by an inverse keeps 0.30000000000000004 off the axis.
  const inverse = Math.round(1 / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    step < 1 ? (first + i) / inverse : (first + i) * step,
  );
}

/** Powers of ten within, and the ends where there is not more than one. */
function powers(a: number, b: number): number[] {
  const stride = Math.max(1, Math.ceil((b - a) / TICKS));
  const found: number[] = [];
  for (let exponent = Math.ceil(a - 1e-9); exponent <= b + 1e-9; exponent += stride) {
    found.push(Number(`1e${exponent}`));
  }
  return found.length > 1 ? found : [10 ** a, 10 ** b];
}
