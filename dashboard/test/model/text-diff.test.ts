import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  configText,
  diffLines,
  EDITS_MAX,
  foldedDiff,
  pairedLines,
} from "../../src/model/text-diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 });
const text = (drawn: readonly string[]) => drawn.map((line) => `${line}\n`).join("");
const difference = fc
  .tuple(lines, lines)
  .map(([a, b]) => ({ a, b, diff: diffLines(text(a), text(b)) ?? [] }));

describe("a difference", () => {
  test("gives both texts back, line by line and numbered", () => {
    fc.assert(
      fc.property(difference, ({ a, b, diff }) => {
        const left = diff.filter((line) => line.kind !== "added");
        const right = diff.filter((line) => line.kind !== "removed");
        expect(left.map((line) => line.text)).toEqual(a);
        expect(right.map((line) => line.text)).toEqual(b);
        expect(left.map((line) => line.left)).toEqual(a.map((_, i) => i + 1));
        expect(right.map((line) => line.right)).toEqual(b.map((_, i) => i + 1));
      }),
    );
  });

  test("of equal texts has nothing in it, whatever ends their lines", () => {
    const diff = diffLines("a\r\nb", "a\nb\n");

    expect(diff?.map((line) => line.kind)).toEqual(["same", "same"]);
  });

  test("that would take for ever is not given", () => {
    const numbered = (from: number) =>
      text(Array.from({ length: EDITS_MAX }, (_, i) => String(from + i)));

    expect(diffLines(numbered(0), numbered(1e6))).toBeNull();
  });

  test("side by side has each line once, on its own side", () => {
    fc.assert(
      fc.property(difference, ({ a, b, diff }) => {
        const rows = pairedLines(diff);
        expect(rows.flatMap((row) => row.left?.text ?? [])).toEqual(a);
        expect(rows.flatMap((row) => row.right?.text ?? [])).toEqual(b);
        for (const { left, right } of rows) expect(left ?? right).not.toBeNull();
      }),
    );
  });

  test("folded leaves out no line, and folds none that changed", () => {
    fc.assert(
      fc.property(difference, ({ diff }) => {
        const parts = foldedDiff(diff);
        expect(parts.flatMap((part) => part.lines)).toEqual(diff);
        const folded = parts.filter((part) => part.kind === "folded").flatMap((part) => part.lines);
        expect(folded.every((line) => line.kind === "same")).toBe(true);
      }),
    );
  });

  test("keeps three lines around a change in view, and folds no single line", () => {
    const before = Array.from({ length: 14 }, (_, i) => String(i));
    const parts = foldedDiff(diffLines(text(before), text(before.with(9, "x"))) ?? []);

    expect(parts.map((part) => [part.kind, part.lines.length])).toEqual([
      ["folded", 6],
      ["lines", 8],
      ["lines", 1],
    ]);
  });
});

test("a config reads as sorted text, whatever order it was logged in", () => {
  const want = 'a: [1,"b"]\nopt:\n  lr: 0.1\n  name: "sgd"\n';

  expect(configText({ opt: { name: "sgd", lr: 0.1 }, a: [1, "b"] })).toBe(want);
  expect(configText({ none: null, empty: {} })).toBe("empty: {}\nnone: null\n");
});
