/** Colours made readable: WCAG AA is 4.5:1 for text. */
import { contrastRatio } from "./color.ts";

export type Rgb = readonly [number, number, number];

const READABLE = 4.5;
const STEPS = 20;

export function hexOf(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** `color`, moved towards black or white no further than it takes to be read on `background`. */
export function readableOn(color: Rgb, background: Rgb): Rgb {
  const back = hexOf(background);
  const end: Rgb =
    contrastRatio("#ffffff", back) > contrastRatio("#000000", back) ? [255, 255, 255] : [0, 0, 0];
  for (let step = 0; step < STEPS; step++) {
    const mixed = mix(color, end, step / STEPS);
    if (contrastRatio(hexOf(mixed), back) >= READABLE) return mixed;
  }
  return end;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share);
  return [part(0), part(1), part(2)];
}
