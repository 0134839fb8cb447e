import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type LogPages,
  lineAt,
  missingPage,
  NO_PAGES,
  PAGE_LINES,
  used,
  withWindow,
} from "../../src/model/log-pages.ts";
import {
  endScrollTop,
  isAtEnd,
  LINE_HEIGHT,
  scrollHeight,
  scrollTopOf,
  visibleLines,
} from "../../src/model/log-scroll.ts";
import { ERROR_QUERY, firstFrom, matchRanges } from "../../src/model/log-search.ts";

/** What a server with `lineCount` lines answers. */
function answer(lineCount: number, from: number, limit: number) {
  const line = from < 0 ? Math.max(0, lineCount + from) : Math.min(from, lineCount);
  const count = Math.min(limit, lineCount - line);
  return { lineCount, line, lines: Array.from({ length: count }, (_, i) => `${line + i}`) };
}

function fill(log: LogPages, lineCount: number, start: number, end: number): LogPages {
  let filled = log;
  for (let rounds = 0; rounds < 10; rounds++) {
    const page = missingPage(filled, start, end);
    if (page === null) return filled;
    const window = answer(lineCount, page * PAGE_LINES, PAGE_LINES);
    filled = withWindow(used(filled, start, end), window);
  }
  throw new Error("never full");
}

describe("the pages of a log", () => {
  test("hold every line that was wanted, as long as it is wanted", () => {
    const window = fc.tuple(fc.nat(60_000), fc.integer({ min: 1, max: 700 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.array(window), (lineCount, windows) => {
        let log = withWindow(NO_PAGES, answer(lineCount, -200, 200));
        for (const [start, size] of windows) {
          log = fill(log, lineCount, start, start + size);
          for (let line = start; line < Math.min(start + size, lineCount); line++) {
            expect(lineAt(log, line)).toBe(String(line));
          }
          expect(log.pages.size).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("ask again for the last line when the log has grown past it", () => {
    const before = withWindow(NO_PAGES, { lineCount: 1, line: 0, lines: ["half a li"] });

    const after = withWindow(before, { lineCount: 900, line: 899, lines: ["new"] });

    expect(lineAt(after, 0)).toBeUndefined();
    expect(missingPage(after, 0, 1)).toBe(0);
    expect(lineAt(after, 899)).toBe("new");
  });

  test("are not thrown away by an answer that is late", () => {
    const log = withWindow(NO_PAGES, answer(900, -10, 10));

    expect(withWindow(log, answer(800, 0, 10)).lineCount).toBe(900);
  });
});

describe("a scrolled log", () => {
  const box = fc.record({
    lineCount: fc.integer({ min: 1, max: 20_000_000 }),
    boxHeight: fc.integer({ min: 100, max: 2000 }),
    wraps: fc.boolean(),
  });

  test("can be scrolled to every line, and a browser can draw its height", () => {
    fc.assert(
      fc.property(box, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
        const line = Math.floor(share * (one.lineCount - 1));
        const height = Math.max(one.boxHeight, scrollHeight(one));
        const top = Math.min(scrollTopOf(one, line), height - one.boxHeight);
        const { start, end } = visibleLines(one, top);

        expect(scrollHeight(one)).toBeLessThanOrEqual(15_000_000);
        expect(line).toBeGreaterThanOrEqual(start);
        expect(line).toBeLessThan(end);
        expect(end - start).toBeLessThan(one.boxHeight / LINE_HEIGHT + 30);
      }),
    );
  });

  test("shows the last line at its end", () => {
    fc.assert(
      fc.property(box, (one) => {
        const top = endScrollTop(one);

        expect(visibleLines(one, top).end).toBe(one.lineCount);
        expect(isAtEnd(one, top)).toBe(true);
      }),
    );
  });

  test("is not at its end a screen above it", () => {
    const one = { lineCount: 1000, boxHeight: 500, wraps: false };

    expect(isAtEnd(one, endScrollTop(one) - 500)).toBe(false);
  });
});

describe("a search", () => {
  const plain = { regex: false, matchCase: false };

  test.each([
    [
      "a.b",
      { ...plain, pattern: "a.b" },
      "xa.bA.Baxb",
      [
        [1, 4],
        [4, 7],
      ],
    ],
    ["capitals", { ...plain, matchCase: true, pattern: "A" }, "aAa", [[1, 2]]],
    [
      "an expression",
      { ...plain, regex: true, pattern: "\\d+" },
      "a12b3",
      [
        [1, 3],
        [4, 5],
      ],
    ],
    ["what JavaScript cannot read", { ...plain, regex: true, pattern: "(?P<x>a)" }, "ba", [[0, 2]]],
    ["nothing", { ...plain, pattern: "" }, "ba", []],
    ["an empty match", { ...plain, regex: true, pattern: "x*" }, "ba", []],
  ])("marks %s", (_, query, text, want) => {
    expect(matchRanges(text, query)).toEqual(want);
  });

  test.each([
    ["2026-11-25 ERROR out of disk", true],
    ["Traceback (most recent call last):", true],
    ["torch.cuda.OutOfMemoryError: CUDA out of memory", true],
    ["ValueError: boom", true],
    ["thread 'main' panicked at src/main.rs", true],
    ["rmse error_rate is 0.1", false],
    ["epoch 3, validation error: 0.12", false],
    ["error: no such file", true],
    ["terror and mirrors", false],
  ])("for errors: %s", (line, want) => {
    expect(matchRanges(line, ERROR_QUERY).length > 0).toBe(want);
  });

  test("begins at the first match from where one looks", () => {
    expect([0, 5, 6, 100].map((line) => firstFrom([2, 5, 9], line))).toEqual([0, 1, 2, 0]);
  });
});
