/**
 * The series' colours. Ten hues that colour-blind people tell apart by hue or lightness (they
 * start from Okabe and Ito's eight), one list a theme, each at least 3:1 against its background.
 */

export type ThemeName = "light" | "dark";

export const BACKGROUND: Readonly<Record<ThemeName, string>> = {
  light: "#ffffff",
  dark: "#14171c",
};

export const SERIES_COLORS: Readonly<Record<ThemeName, readonly string[]>> = {
  light: [
    "#0072b2",
    "#d55e00",
    "#00845f",
    "#b5528a",
    "#a97400",
    "#3690cc",
    "#6b4fbb",
    "#8a5a2b",
    "#5f6b7a",
    "#a8324a",
  ],
  dark: [
    "#4aa8e8",
    "#f0823a",
    "#2ec79a",
    "#e08abf",
    "#e9b949",
    "#9bd7ff",
    "#a48bf0",
    "#c99a6b",
    "#a3b0c2",
    "#f07089",
  ],
};

export const SERIES_COUNT = 10;

/** Dash patterns in CSS pixels, for when several lines of one picture share a colour. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

/** An index below `count` that depends on the text alone (FNV-1a). */
export function hashIndex(text: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % count;
}

/** WCAG contrast of two `#rrggbb` colours: 1 for equal ones, 21 for black on white. */
export function contrastRatio(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (light + 0.05) / (dark + 0.05);
}

/** viridis at `t` in [0, 1], as `rgb(r, g, b)`; outside values are clamped. */
export function viridis(t: number): string {
  const at = Math.min(1, Math.max(0, t)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = VIRIDIS[low].map((c, i) => Math.round(c + (VIRIDIS[low + 1][i] - c) * (at - low)));
  return `rgb(${mix.join(", ")})`;
}

const VIRIDIS: readonly (readonly number[])[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
