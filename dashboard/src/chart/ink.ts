/** The tokens' colours, which a canvas cannot read by name. */
import { BACKGROUND, SERIES_COLORS, type ThemeName } from "../base/color.ts";

export interface Ink {
  readonly text: string;
  readonly axis: string;
  readonly grid: string;
  readonly accent: string;
  readonly background: string;
  readonly font: string;
}

const FONT = "12px system-ui, sans-serif";

export const INK: Readonly<Record<ThemeName, Ink>> = {
  light: {
    text: "#5b6472",
    axis: "#8a93a1",
    grid: "#eceef1",
    accent: SERIES_COLORS.light[0],
    background: BACKGROUND.light,
    font: FONT,
  },
  dark: {
    text: "#9aa4b2",
    axis: "#5a6473",
    grid: "#252b34",
    accent: SERIES_COLORS.dark[0],
    background: BACKGROUND.dark,
    font: FONT,
  },
};
