/** Colours of runs by what they have on an axis: a hue a category, or a place on a ramp. */
import { SERIES_COLORS, type ThemeName, viridis } from "../base/color.ts";
import type { ParallelAxis } from "../model/parallel.ts";

export function runColors(axis: ParallelAxis, theme: ThemeName): string[] {
  const { scale, values } = axis;
  const colors = SERIES_COLORS[theme];
  const isNamed = scale.kind === "category" && scale.ticks.length <= colors.length;
  return values.map((value) => {
    const place = scale.place(value);
    if (place === null) return NO_COLOR[theme];
    return isNamed ? colors[Math.round(scale.valueAt(place))] : sequential(place, theme);
  });
}

const NO_COLOR: Readonly<Record<ThemeName, string>> = { light: "#9aa1ad", dark: "#6b7484" };

/** viridis without the end that the background swallows. */
export function sequential(place: number, theme: ThemeName): string {
  return viridis(theme === "light" ? place * 0.92 : 0.16 + place * 0.84);
}
