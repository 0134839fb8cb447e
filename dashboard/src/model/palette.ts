/** What the command palette offers, in order of how well it fits what was typed. */

export type PaletteKind = "action" | "experiment" | "run";

export interface PaletteItem {
  readonly kind: PaletteKind;
  /** Unique within its kind. */
  readonly id: string;
  readonly title: string;
  /** What tells it from others of the same title: a run's experiment, an action's key. */
  readonly detail: string;
}

const WHOLE = 4;
const WORD_START = 3;
const WITHIN = 2;
const SCATTERED = 1;

/**
 * How well `text` fits all words of `typed`, whatever the case; null when one of them does not fit.
 *
 * A word that begins a word of the text counts more than one within it, and that more than one whose
 * letters only come in this order. The mean over the words, so adding a fitting word never loses a
 * text; every text fits an empty query equally.
 */
export function similarity(text: string, typed: string): number | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 0;
  const scores = words.map((word) => similarityOfWord(text.toLowerCase(), word));
  if (scores.includes(0)) return null;
  return scores.reduce((sum, score) => sum + score, 0) / words.length;
}

/** The items that fit, the best first, of each kind at most `most`; equally good ones keep their order. */
export function ranked<T extends PaletteItem>(
  items: readonly T[],
  typed: string,
  most: number,
): readonly T[] {
  const fitting = items.flatMap((item) => {
    const score = similarity(`${item.title} ${item.detail}`, typed);
    return score === null ? [] : [{ item, score }];
  });
  const left = new Map<PaletteKind, number>();
  return fitting
    .sort((a, b) => b.score - a.score)
    .flatMap(({ item }) => {
      const count = left.get(item.kind) ?? 0;
      left.set(item.kind, count + 1);
      return count < most ? [item] : [];
    });
}

function similarityOfWord(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at >= 0) {
    if (word.length === text.length) return WHOLE;
    return startsWord(text, word) ? WORD_START : WITHIN;
  }
  return isScattered(text, word) ? SCATTERED : 0;
}

function startsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1])) return true;
  }
  return false;
}

function isScattered(text: string, word: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}
