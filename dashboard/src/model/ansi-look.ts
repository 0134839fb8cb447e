/** What a terminal's colours look like in a theme: as they were meant, but always readable. */
import type { ThemeName } from "../base/color.ts";
import { hexOf, type Rgb, readableOn } from "../base/contrast.ts";
import type { AnsiColor, AnsiStyle } from "./ansi.ts";

export interface AnsiLook {
  readonly color?: string;
  readonly background?: string;
}

const PAGE: Readonly<Record<ThemeName, Rgb>> = { light: [255, 255, 255], dark: [20, 23, 28] };
const TEXT: Readonly<Record<ThemeName, Rgb>> = { light: [27, 32, 41], dark: [230, 233, 238] };

/** Black, red, green, yellow, blue, magenta, cyan, white; then the same, bright. */
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [197, 33, 33],
  [26, 138, 68],
  [176, 125, 0],
  [42, 98, 219],
  [160, 58, 178],
  [14, 137, 150],
  [190, 195, 203],
  [110, 118, 130],
  [239, 83, 80],
  [60, 190, 104],
  [234, 179, 8],
  [88, 150, 250],
  [206, 106, 224],
  [45, 190, 205],
  [255, 255, 255],
];

const BRIGHT = 8;

/** The colours of a span; those that the page has anyway are left out. */
export function ansiLook(style: AnsiStyle, theme: ThemeName): AnsiLook {
  const { color, background, inverse, bold } = style;
  if (color === null && background === null && !inverse) return {};
  // Bold has meant bright since terminals had eight colours.
  const raised = bold && typeof color === "number" && color < BRIGHT ? color + BRIGHT : color;
  const front = raised === null ? TEXT[theme] : rgbOf(raised);
  const back = background === null ? PAGE[theme] : rgbOf(background);
  const [ink, paper] = inverse ? [back, front] : [front, back];
  const isOnPage = background === null && !inverse;
  const shown = hexOf(readableOn(ink, isOnPage ? PAGE[theme] : paper));
  return isOnPage ? { color: shown } : { color: shown, background: hexOf(paper) };
}

function rgbOf(color: AnsiColor): Rgb {
  return typeof color === "number" ? SIXTEEN[color] : color;
}
