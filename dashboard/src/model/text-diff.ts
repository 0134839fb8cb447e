/** Two texts line by line. */
import { diffArrays } from "diff";

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  /** Line numbers from 1; null on the side that lacks the line. */
  readonly left: number | null;
  readonly right: number | null;
}

/** Lines beyond this many removed and added ones take seconds, and nobody reads them. */
export const EDITS_MAX = 2000;

/** The lines of both texts in order, removed ones before added ones; null: too different to say. */
export function diffLines(left: string, right: string): DiffLine[] | null {
  const parts = diffArrays(linesOf(left), linesOf(right), { maxEditLength: EDITS_MAX });
  if (!parts) return null;
  let [leftAt, rightAt] = [0, 0];
  return parts.flatMap(({ value, added, removed }) =>
    value.map((text): DiffLine => {
      if (!added) leftAt += 1;
      if (!removed) rightAt += 1;
      return {
        kind: added ? "added" : removed ? "removed" : "same",
        text,
        left: added ? null : leftAt,
        right: removed ? null : rightAt,
      };
    }),
  );
}

/** Lines that are shown, or how many equal ones are folded between them. */
export type DiffPart =
  | { readonly kind: "lines"; readonly lines: readonly DiffLine[] }
  | { readonly kind: "folded"; readonly lines: readonly DiffLine[] };

const CONTEXT = 3;

/** Equal lines further than three from a change are folded, unless that would hide but one. */
export function foldedDiff(lines: readonly DiffLine[]): DiffPart[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, i) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
  });
  const parts: { kind: "lines" | "folded"; lines: DiffLine[] }[] = [];
  lines.forEach((line, i) => {
    const kind = near[i] ? "lines" : "folded";
    const last = parts.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else parts.push({ kind, lines: [line] });
  });
  return parts.map((part) => (part.lines.length === 1 ? { ...part, kind: "lines" } : part));
}

export interface DiffRow {
  readonly left: DiffLine | null;
  readonly right: DiffLine | null;
}

/** Side by side: a removed line stands beside the added one that took its place. */
export function pairedLines(lines: readonly DiffLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      rows.push({ left: removed[i] ?? null, right: added[i] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") removed.push(line);
    else if (line.kind === "added") added.push(line);
    else {
      flush();
      rows.push({ left: line, right: line });
    }
  }
  flush();
  return rows;
}

/** A config as text with a key a line, sorted, nested keys indented: it reads as YAML. */
export function configText(config: Readonly<Record<string, unknown>>, indent = ""): string {
  return Object.entries(config)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        const nested = configText(value as Readonly<Record<string, unknown>>, `${indent}  `);
        return nested ? `${indent}${key}:\n${nested}` : `${indent}${key}: {}\n`;
      }
      return `${indent}${key}: ${JSON.stringify(value) ?? "null"}\n`;
    })
    .join("");
}

/** A last line without an end counts; an end of the text opens no further line. */
function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
