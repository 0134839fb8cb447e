import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contrastRatio } from "../../src/base/color.ts";
import { markSpans, PLAIN, parseAnsi, plainText } from "../../src/model/ansi.ts";
import { ansiLook } from "../../src/model/ansi-look.ts";

const BACK = { light: "#ffffff", dark: "#14171c" } as const;

const piece = fc.oneof(
  fc.constantFrom("\x1b[31m", "\x1b[0m", "\x1b[38;5;208m", "\x1b[2K", "\x1b]0;t\x07", "\x1b", "\t"),
  fc.array(fc.integer({ min: 0, max: 260 }), { maxLength: 7 }).map((c) => `\x1b[${c.join(";")}m`),
  fc.string({ maxLength: 5 }),
);
const line = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));

describe("a terminal's line", () => {
  test("has no control character left but the tab, whatever was in it", () => {
    fc.assert(
      fc.property(line, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
        expect(plainText(text)).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f]/);
      }),
    );
  });

  test("without an escape is its own text", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~äé🙂\t]*$/u), (text) => {
        expect(plainText(text)).toBe(text);
      }),
    );
  });

  test("is marked without a change of its text or its styles", () => {
    const cuts = fc.uniqueArray(fc.nat(30), { maxLength: 6 }).map((ends) => {
      const sorted = ends.sort((a, b) => a - b);
      return sorted.flatMap((end, i) => (i % 2 ? [[sorted[i - 1], end] as const] : []));
    });
    fc.assert(
      fc.property(line, cuts, (text, ranges) => {
        const spans = parseAnsi(text);
        const marked = markSpans(spans, ranges);
        const letters = (list: typeof spans) =>
          list.flatMap((span) => [...span.text].map((letter) => [letter, span.style]));
        expect(letters(marked).length).toBe(letters(spans).length);
        expect(marked.map((s) => s.text).join("")).toBe(spans.map((s) => s.text).join(""));
        const inside = marked.filter((s) => s.marked).reduce((n, s) => n + s.text.length, 0);
        const size = plainText(text).length;
        const want = ranges.reduce((n, [a, b]) => n + Math.max(0, Math.min(b, size) - a), 0);
        expect(inside).toBe(want);
      }),
    );
  });

  test.each([
    ["31", { color: 1 }],
    ["91", { color: 9 }],
    ["42", { background: 2 }],
    ["107", { background: 15 }],
    ["38;5;9", { color: 9 }],
    ["38;5;208", { color: [255, 135, 0] }],
    ["48;5;232", { background: [8, 8, 8] }],
    ["38;2;1;2;3", { color: [1, 2, 3] }],
    ["38:2::1:2:3", { color: [1, 2, 3] }],
    ["38:2:1:2:3", { color: [1, 2, 3] }],
    ["38;2;1;2;300", {}],
    ["38;7;4", { underline: true }],
    ["38", {}],
    ["1;3;4;9;7", { bold: true, italic: true, underline: true, strike: true, inverse: true }],
    ["1;2;22", {}],
    ["31;39;42;49", {}],
    ["31;0", {}],
    ["", {}],
    ["999", {}],
  ])("ESC[%sm", (codes, want) => {
    const [span] = parseAnsi(`\x1b[${codes}mx`);

    expect(span.style).toEqual({ ...PLAIN, ...want });
  });

  test("is cleared of sequences that are no colours", () => {
    expect(plainText("\x1b[2Ka\x1b[1;1Hb\x1b]8;;http://x\x1b\\c\x1b(Bd\x1bMe")).toBe("abcde");
  });
});

describe("a colour of a terminal", () => {
  const byte = fc.nat(255);
  const color = fc.oneof(fc.nat(15), fc.tuple(byte, byte, byte), fc.constant(null));

  test("can be read in either theme, on any ground", () => {
    fc.assert(
      fc.property(
        color,
        color,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom("light", "dark"),
        (front, background, inverse, bold, theme) => {
          const look = ansiLook({ ...PLAIN, color: front, background, inverse, bold }, theme);
          if (look.color === undefined) return;
          expect(contrastRatio(look.color, look.background ?? BACK[theme])).toBeGreaterThan(4.49);
        },
      ),
    );
  });

  test("that can be read stays as it is", () => {
    expect(ansiLook({ ...PLAIN, color: [200, 0, 0] }, "light")).toEqual({ color: "#c80000" });
    expect(ansiLook(PLAIN, "dark")).toEqual({});
  });
});
