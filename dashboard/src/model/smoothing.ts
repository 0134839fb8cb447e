/** Moving averages, as the smoothing slider wants them. */

/**
 * Smooth `values` with weight `weight` in [0, 1) for the past; 0 returns the values.
 *
 * The past fades with distance: by `weight` for every `unit` between two places. For places one
 * unit apart this is TensorBoard's average. It is debiased, so that it starts at the first value
 * and a constant stays itself: `[1, 1, 1]` is `[1, 1, 1]` at every weight. Non-finite values come
 * back as NaN and leave the average as it was.
 *
 * @param places Where the values stand, in order.
 * @param unit A positive distance.
 */
export function exponentialAverage(
  values: Float64Array,
  weight: number,
  places: Float64Array,
  unit: number,
): Float64Array {
  const smooth = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  let mass = 0;
  let before = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || !Number.isFinite(places[i])) continue;
    // Places that are equal still are two values, and neither may outweigh the other for ever.
    const kept = weight === 0 ? 0 : weight ** Math.max(1e-3, (places[i] - before) / unit || 0);
    sum = kept * sum + (1 - weight) * values[i];
    mass = kept * mass + (1 - weight);
    smooth[i] = sum / mass;
    before = places[i];
  }
  return smooth;
}
