import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  COMPLETIONS_MAX,
  completed,
  completionsAt,
  contextAt,
  errorPlace,
  isWhole,
} from "../../src/model/completion.ts";
import { tokensOf } from "../../src/model/filter-tokens.ts";
import { field } from "../strategies.ts";

const known = {
  fields: [
    field("config", "lr", { kind: "number", values: ["0.1", "0.2"] }),
    field("config", "nested.flag", { kind: "bool" }),
    field("tags", "team", { values: ["a", 'b "c"'] }),
    field("tags", "odd name", {}),
    field("metrics", "loss", { kind: "number" }),
    field("metrics", "train/loss", { kind: "number" }),
  ],
  statuses: ["running", "failed"],
  days: ["2026-11-25"],
};

/** What is offered where the text has a bar. */
function offered(marked: string): string[] {
  const caret = marked.indexOf("|");
  return completionsAt(marked.replace("|", ""), caret, known).items.map(({ label }) => label);
}

/** Fragments that make sentences, sense or not. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."()=<>~!\"'. \\é".split("")),
      fc.constantFrom("status", "and", "or", "not", "metrics.loss.last", '"a b"', "0.5", "tags."),
      fc.string({ maxLength: 3, unit: "grapheme" }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("words", () => {
  test("stand in order, do not overlap, and leave out nothing but blanks", () => {
    fc.assert(
      fc.property(text, (typed) => {
        let at = 0;
        for (const token of tokensOf(typed)) {
          expect(typed.slice(at, token.start).trim()).toBe("");
          expect(token.text).toBe(typed.slice(token.start, token.end));
          expect(token.end).toBeGreaterThan(token.start);
          at = token.end;
        }
        expect(typed.slice(at).trim()).toBe("");
      }),
    );
  });
});

describe("completion", () => {
  test.each([
    ["|", "status"],
    ["stat|", "status"],
    ["status = running and tags.|", "tags.team"],
    ["not (metrics.lo|", "metrics.loss.last"],
    ["loss|", "metrics.loss.last"],
    ["tags.o|", 'tags."odd name"'],
    ["status |", "="],
    ["metrics.loss.last |", "<"],
    ["status = |", "running"],
    ["status = fa|", "failed"],
    ["tags.team = |", '"a"'],
    ["tags.team = |", '"b \\"c\\""'],
    ['tags.team = "a|', '"a"'],
    ["config.lr > |", "0.1"],
    ["config.nested.flag = |", "true"],
    ["created > |", '"2026-11-25"'],
    ["status = running |", "and"],
    ["(status = running |", ")"],
  ])("at %s there could be %s", (marked, want) => {
    expect(offered(marked)).toContain(want);
  });

  test.each([
    ["metrics.loss.last |", "~"],
    ["status = running |", ")"],
    ["created |", "~"],
    ["name |", "<"],
  ])("at %s nobody is led to %s", (marked, unfit) => {
    expect(offered(marked)).not.toContain(unfit);
  });

  test("the last value of every metric comes before its other statistics", () => {
    expect(offered("metrics.|").slice(0, 3)).toEqual([
      "metrics.loss.last",
      "metrics.train/loss.last",
      "metrics.loss.min",
    ]);
  });

  test("nothing is offered in the middle of what is no expression", () => {
    expect(offered("calm reef |")).toEqual([]);
  });

  test("taking any of them leaves the rest of the text as it was, and a word more", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (typed, place, choice) => {
        const caret = place % (typed.length + 1);
        const found = completionsAt(typed, caret, known);
        expect(found.items.length).toBeLessThanOrEqual(COMPLETIONS_MAX);
        expect(found.start).toBeLessThanOrEqual(caret);
        expect(found.end).toBeGreaterThanOrEqual(caret);
        const item = found.items[choice % (found.items.length || 1)];
        if (!item) return;
        const next = completed(typed, found, item);
        expect(next.text.startsWith(typed.slice(0, found.start) + item.insert)).toBe(true);
        expect(next.text.endsWith(typed.slice(found.end).trimStart())).toBe(true);
        const words = tokensOf(item.insert).map((token) => token.text);
        expect(words).toEqual([item.insert]);
      }),
    );
  });

  test("an expression can be built from completions alone", () => {
    let built = { text: "", caret: 0 };
    for (const want of ["status", "=", "running", "and", "tags.team", "!=", '"a"']) {
      const found = completionsAt(built.text, built.caret, known);
      const item = found.items.find(({ label }) => label === want);
      expect(item).toBeDefined();
      if (item) built = completed(built.text, found, item);
    }

    expect(built.text).toBe('status = running and tags.team != "a" ');
    expect(isWhole(built.text)).toBe(true);
  });
});

describe("an expression", () => {
  test.each([
    ["", true],
    ["calm reef", true],
    ['status = running and metrics.loss.last < 0.2 and tags.team = "a"', true],
    ["status =", false],
    ["status = running and", false],
    ["(status = running", false],
    ['tags.team = "a', false],
    ["metrics.loss.last <", false],
    ["status = running bogus = 3", true],
    ["status = run", false],
    ["status = Running", true],
    ["status = dancing", true],
    ["tags.team = run", true],
  ])("%j can be asked for: %j", (typed, want) => {
    expect(isWhole(typed, known.statuses)).toBe(want);
  });

  test("what is being typed is told from what stands before it", () => {
    expect(contextAt("status = run", 12)).toMatchObject({ expects: "value", field: "status" });
    expect(contextAt("status", 0)).toMatchObject({ expects: "field", typed: null });
  });
});

test.each([
  ["filter has 'x' at character 7: want", 6],
  ["filter compares null with `<` before character 8: want", 7],
  ["filter is nested deeper than 50 levels: split it", null],
])("%j is at %j", (message, place) => {
  expect(errorPlace(message)).toBe(place);
});
