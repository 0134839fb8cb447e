/** A series as a line the size of a word. */
import type { Series } from "./series.ts";

/** An SVG path in a box; empty without two finite values. Gaps stay gaps. */
export function sparkPath(series: Series, width: number, height: number): string {
  const values = series.kind === "points" ? series.value : series.last;
  const lows = series.kind === "points" ? series.value : series.min;
  const highs = series.kind === "points" ? series.value : series.max;
  let [low, high, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(lows[i]) || !Number.isFinite(highs[i])) continue;
    low = Math.min(low, lows[i]);
    high = Math.max(high, highs[i]);
    count += 1;
  }
  if (count < 2) return "";
  const { x } = series;
  const span = x[x.length - 1] - x[0] || 1;
  const px = (at: number) => (((at - x[0]) / span) * width).toFixed(1);
  const py = (value: number) =>
    (high > low ? height - ((value - low) / (high - low)) * height : height / 2).toFixed(1);
  let path = "";
  let pen = "M";
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      pen = "M";
      continue;
    }
    if (series.kind === "buckets") {
      path += `${pen}${px(x[i])} ${py(lows[i])}L${px(x[i])} ${py(highs[i])}`;
      path += `L${px(x[i])} ${py(values[i])}`;
    } else path += `${pen}${px(x[i])} ${py(values[i])}`;
    pen = "L";
  }
  return path;
}
