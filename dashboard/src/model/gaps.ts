/**
 * Where a curve was silent. A gap is a distance between neighbours that is more than four times
 * the distance that nine in ten of them stay below: a steady rhythm, an alternating one and one
 * that slows down have none, a run that was away has one. Of buckets the distance is that from
 * the last point of one to the first point of the next, and a gap is wider than a bucket too.
 */
import type { Curve } from "./curve.ts";

const USUAL_SHARE = 0.9;
const FACTOR = 4;
/** Fewer distances than this are no rhythm. */
const DISTANCES_MIN = 4;

/** The greatest distance that is no gap; infinite for curves too short to tell. */
export function gapThreshold(curve: Curve): number {
  const n = curve.x.length;
  const distances = new Float64Array(Math.max(0, n - 1));
  let known = 0;
  for (let i = 1; i < n; i++) {
    const distance = distanceBefore(curve, i);
    if (distance > 0) distances[known++] = distance;
  }
  if (known < DISTANCES_MIN) return Number.POSITIVE_INFINITY;
  const sorted = distances.subarray(0, known).sort();
  const usual = sorted[Math.floor((known - 1) * USUAL_SHARE)];
  return Math.max(FACTOR * usual, curve.kind === "buckets" ? curve.width : 0);
}

/** How far the item at `i` is from the one before it; NaN where one of them has no finite point. */
export function distanceBefore(curve: Curve, i: number): number {
  if (curve.kind === "buckets") return curve.firstX[i] - curve.lastX[i - 1];
  return curve.x[i] - curve.x[i - 1];
}
