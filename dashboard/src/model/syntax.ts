/** Text as spans of its language's syntax. The parsers are in `languages.ts`, and come when asked. */

export type Language = "json" | "markdown" | "python" | "shell" | "toml" | "yaml";

/** What a stretch of text is, as far as it is shown differently; a style is called `syntax-` and it. */
export const SYNTAX_KINDS = [
  "comment",
  "emphasis",
  "key",
  "keyword",
  "link",
  "mark",
  "name",
  "number",
  "string",
  "strong",
] as const;

export type SyntaxKind = (typeof SYNTAX_KINDS)[number];

/**
 * Stretches of a text that have a kind: where one starts, where it ends, and the index of its kind
 * in `SYNTAX_KINDS`, three numbers each. In order, without overlap; offsets are UTF-16 units.
 */
export type Marks = Uint32Array;

export interface Span {
  readonly text: string;
  /** Null: as the rest of the page. */
  readonly kind: SyntaxKind | null;
}

/** Characters of a text, and of one line, beyond which it is shown as it is. */
export const TEXT_LENGTH_MAX = 500_000;
export const LINE_LENGTH_MAX = 10_000;

const ENDINGS: readonly (readonly [Language, RegExp])[] = [
  ["json", /\.(json|ipynb)$|(^|\/)pipfile\.lock$/i],
  ["markdown", /\.(md|markdown)$/i],
  ["python", /\.(py|pyi|pyw)$/i],
  ["shell", /\.(sh|bash|zsh)$/i],
  ["toml", /\.toml$|(^|\/)(pipfile|(uv|poetry|cargo)\.lock)$/i],
  ["yaml", /\.ya?ml$/i],
];

/** The language of a text by the name of its file; null where it has none of ours or is too large. */
export function languageOf(path: string, text: string): Language | null {
  const language = ENDINGS.find(([, ending]) => ending.test(path))?.[0] ?? null;
  return language !== null && isSmall(text) ? language : null;
}

function isSmall(text: string): boolean {
  if (text.length > TEXT_LENGTH_MAX) return false;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    if (to - from > LINE_LENGTH_MAX) return false;
    from = to + 1;
  }
  return true;
}

/** The text from one offset up to another, cut where kinds change. The spans joined are the text. */
export function spansOf(text: string, marks: Marks, from = 0, to = text.length): Span[] {
  const spans: Span[] = [];
  let at = from;
  const take = (until: number, kind: SyntaxKind | null) => {
    const end = Math.min(until, to);
    if (end <= at) return;
    spans.push({ text: text.slice(at, end), kind });
    at = end;
  };
  for (let i = firstEndingAfter(marks, from); i < marks.length && marks[i] < to; i += 3) {
    take(marks[i], null);
    take(marks[i + 1], SYNTAX_KINDS[marks[i + 2]]);
  }
  take(to, null);
  return spans;
}

/** Where each line starts; a line end at the end of the text opens one more. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}

function firstEndingAfter(marks: Marks, offset: number): number {
  let [low, high] = [0, marks.length / 3];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[3 * middle + 1] > offset) high = middle;
    else low = middle + 1;
  }
  return 3 * low;
}
