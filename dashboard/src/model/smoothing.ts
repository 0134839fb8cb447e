/** Exponential moving averages, as the smoothing slider wants them. */

/**
 * Smooth `values` with weight `weight` in [0, 1) for the past; 0 returns the values.
 *
 * The average is debiased, so that it starts at the first value and a constant stays itself:
 * `[1, 1, 1]` is `[1, 1, 1]` at every weight. Non-finite values come back as NaN and leave the
 * average as it was.
 */
export function exponentialAverage(values: Float64Array, weight: number): Float64Array {
  const smooth = new Float64Array(values.length);
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      smooth[i] = Number.NaN;
      continue;
    }
    sum = weight * sum + (1 - weight) * values[i];
    mass = weight * mass + (1 - weight);
    smooth[i] = sum / mass;
  }
  return smooth;
}
