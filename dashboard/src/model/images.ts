/** Images of one name in several runs, by step. */
import type { ImageItem } from "./catalog.ts";
import { stepOf } from "./gallery.ts";

/** The steps at which any run has an image, in order. Images without a step count from 0. */
export function imageSteps(byRun: readonly (readonly ImageItem[])[]): number[] {
  const steps = new Set(byRun.flatMap((images) => images.map(stepOf)));
  return [...steps].sort((a, b) => a - b);
}

export interface ImageAt {
  /** The newest image at the very step. */
  readonly image: ImageItem | null;
  /** Where there is none: the last step before it that has one. */
  readonly earlier: number | null;
}

export function imageAt(images: readonly ImageItem[], step: number): ImageAt {
  const image = images.findLast((one, i) => stepOf(one, i) === step) ?? null;
  const before = images.map(stepOf).filter((one) => one < step);
  return { image, earlier: image || before.length === 0 ? null : Math.max(...before) };
}

/** The step of the list that is nearest to the wanted one; the last when none is wanted. */
export function nearestStep(steps: readonly number[], wanted: number | null): number | null {
  if (steps.length === 0) return null;
  if (wanted === null) return steps[steps.length - 1];
  return steps.reduce((best, one) =>
    Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best,
  );
}
