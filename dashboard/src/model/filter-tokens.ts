/**
 * The words of the filter language, as far as typing help needs them. The server is the judge of
 * what a filter means; this only tells what a person is in the middle of.
 */

export type TokenKind = "word" | "number" | "text" | "op" | "(" | ")" | "other";

/** A word of the text, the half-open [start, end) of it. Blanks between words are no tokens. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const PART = String.raw`[\p{L}\p{N}_/\-:@%+]`;
const TEXT = String.raw`"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)`;
const PATTERNS: readonly (readonly [TokenKind | "blank", RegExp])[] = [
  ["blank", /\s+/uy],
  ["number", /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_.])/uy],
  ["text", new RegExp(TEXT, "suy")],
  ["op", /<=|>=|!=|==|=|<|>|~/uy],
  ["(", /\(/uy],
  [")", /\)/uy],
  // A word may end in a dot, or in quotes that do not end: that is what typing looks like.
  [
    "word",
    new RegExp(String.raw`[\p{L}_]${PART}*(?:\.(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|${PART}*))*`, "suy"),
  ],
  ["other", /./suy],
];

/** Every word in order; whatever stands in no token is blank. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at;
      const found = pattern.exec(text)?.[0];
      if (found === undefined) continue;
      const end = at + found.length;
      if (kind !== "blank") tokens.push({ kind, start: at, end, text: found });
      at = end;
      break;
    }
  }
  return tokens;
}

/** The parts of a dotted name without their quotes. */
export function partsOf(path: string): string[] {
  const parts = path.match(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[^.]+/gsu) ?? [];
  return parts.map((part) => (part.startsWith('"') ? unquoted(part) : part));
}

function unquoted(text: string): string {
  const closed = text.length > 1 && text.endsWith('"');
  return text.slice(1, closed ? -1 : undefined).replace(/\\(.)/gsu, "$1");
}
