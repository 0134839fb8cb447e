/**
 * A line of a terminal as spans of styled text.
 *
 * Colours (`ESC [ … m`) are understood in all three forms: 16 by name, 256 by number, and 16.7 M
 * by their parts. Every other sequence, such as one that moves the cursor or sets a title, is
 * left out, and so are control characters: what remains is text and can do nothing.
 */
import type { Rgb } from "../base/contrast.ts";

/** One of the terminal's 16 colours, whose look is the theme's, or a colour of its own. */
export type AnsiColor = number | Rgb;

export interface AnsiStyle {
  readonly color: AnsiColor | null;
  readonly background: AnsiColor | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: AnsiStyle;
  readonly marked?: boolean;
}

export const PLAIN: AnsiStyle = {
  color: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

// Colours; then other control sequences; then those that end in BEL or ST; then single escapes.
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b\[([0-9;:]*)m|\x1b\[[0-9;:?<=>!]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** The spans of a line; styles begin anew with every line. Neighbours differ in style. */
export function parseAnsi(line: string): Span[] {
  const spans: Span[] = [];
  let style = PLAIN;
  let at = 0;
  const add = (text: string) => {
    const shown = text.replace(CONTROL, "");
    if (!shown) return;
    const last = spans[spans.length - 1];
    if (last?.style === style) spans[spans.length - 1] = { text: last.text + shown, style };
    else spans.push({ text: shown, style });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(at, match.index));
    if (match[1] !== undefined) style = styled(style, match[1]);
    at = match.index + match[0].length;
  }
  add(line.slice(at));
  return spans;
}

/** The text alone, which is what a search looks at. */
export function plainText(line: string): string {
  return parseAnsi(line)
    .map((span) => span.text)
    .join("");
}

/** The same spans, cut where a range of characters begins or ends, with those inside marked. */
export function markSpans(
  spans: readonly Span[],
  ranges: readonly (readonly [number, number])[],
): Span[] {
  if (ranges.length === 0) return [...spans];
  const marked: Span[] = [];
  let offset = 0;
  for (const { text, style } of spans) {
    const end = offset + text.length;
    let at = offset;
    for (const [from, to] of ranges) {
      if (to <= at || from >= end) continue;
      const start = Math.max(from, at);
      if (start > at) marked.push({ text: text.slice(at - offset, start - offset), style });
      at = Math.min(to, end);
      marked.push({ text: text.slice(start - offset, at - offset), style, marked: true });
    }
    if (at < end) marked.push({ text: text.slice(at - offset), style });
    offset = end;
  }
  return marked;
}

function styled(before: AnsiStyle, parameters: string): AnsiStyle {
  // `38:2::r:g:b` names a colour space, mostly none; `38;2;r;g;b` never does.
  const codes = parameters
    .replace(/([34]8):2:\d*:(\d+:\d+:\d+)/g, "$1:2:$2")
    .split(/[;:]/)
    .map(Number);
  let style = before;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(i + 1));
      if (color !== null) {
        style = code === 38 ? { ...style, color } : { ...style, background: color };
      }
      i += used;
    } else style = changed(style, code);
  }
  return style;
}

function changed(style: AnsiStyle, code: number): AnsiStyle {
  if (code >= 30 && code <= 37) return { ...style, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  const change = CHANGES[code];
  return code === 0 ? PLAIN : change ? { ...style, ...change } : style;
}

const CHANGES: Readonly<Record<number, Partial<AnsiStyle>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { color: null },
  49: { background: null },
};

/** The colour after 38 or 48, and how many codes it took. */
function extendedColor(codes: readonly number[]): [AnsiColor | null, number] {
  if (codes[0] === 5 && isByte(codes[1])) return [ofTable(codes[1]), 2];
  if (codes[0] === 2 && codes.slice(1, 4).length === 3) {
    const [r, g, b] = codes.slice(1, 4);
    return [isByte(r) && isByte(g) && isByte(b) ? [r, g, b] : null, 4];
  }
  return [null, codes.length > 0 ? 1 : 0];
}

const CUBE = [0, 95, 135, 175, 215, 255];

function ofTable(index: number): AnsiColor {
  if (index < 16) return index;
  if (index > 231) {
    const grey = 8 + 10 * (index - 232);
    return [grey, grey, grey];
  }
  const at = index - 16;
  return [CUBE[Math.floor(at / 36)], CUBE[Math.floor(at / 6) % 6], CUBE[at % 6]];
}

function isByte(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
}
