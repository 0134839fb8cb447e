/** A series in the space of a word. */
import type { Series } from "./series.ts";

/**
 * The path of a line from left to right in a box of `width` × `height`, min and max of each bucket
 * kept; null when fewer than two finite values can be drawn.
 */
export function sparkPath(series: Series, width: number, height: number): string | null {
  const [xs, ys] = finitePoints(series);
  if (xs.length < 2) return null;
  const left = xs[0];
  const span = xs[xs.length - 1] - left || 1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const y of ys) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const rise = high - low;
  const at = (i: number) => {
    const x = ((xs[i] - left) / span) * width;
    const y = rise > 0 ? height - ((ys[i] - low) / rise) * height : height / 2;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return `M${Array.from(xs.keys(), at).join("L")}`;
}

function finitePoints(series: Series): [number[], number[]] {
  const xs: number[] = [];
  const ys: number[] = [];
  const add = (x: number, y: number) => {
    if (!Number.isFinite(y)) return;
    xs.push(x);
    ys.push(y);
  };
  if (series.kind === "points") {
    for (let i = 0; i < series.x.length; i++) add(series.x[i], series.value[i]);
    return [xs, ys];
  }
  for (let i = 0; i < series.x.length; i++) {
    add(series.firstX[i], series.first[i]);
    const lowFirst = series.minX[i] <= series.maxX[i];
    add(series[lowFirst ? "minX" : "maxX"][i], series[lowFirst ? "min" : "max"][i]);
    add(series[lowFirst ? "maxX" : "minX"][i], series[lowFirst ? "max" : "min"][i]);
    add(series.lastX[i], series.last[i]);
  }
  return [xs, ys];
}
