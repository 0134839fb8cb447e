import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PaletteItem, ranked, similarity } from "../../src/model/palette.ts";

function item(title: string, kind: PaletteItem["kind"] = "action"): PaletteItem {
  return { kind, id: title, title, detail: "" };
}

describe("how well a text fits", () => {
  test.each([
    ["calm-reef", "calm-reef", "reef"],
    ["calm reef", "reef", "cal"],
    ["train/loss", "loss", "rain"],
    ["wall time", "all", "wlt"],
  ])("%s fits %j better than or as well as %j", (text, better, worse) => {
    expect(similarity(text, better) ?? -1).toBeGreaterThanOrEqual(similarity(text, worse) ?? -1);
  });

  test.each(["x", "feer", "calm x"])("calm-reef does not fit %j", (typed) => {
    expect(similarity("calm-reef", typed)).toBeNull();
  });

  test("any part of a text fits it, whatever the case", () => {
    const parts = fc
      .tuple(fc.stringMatching(/^[a-zA-Z0-9 /_-]{1,30}$/), fc.nat(), fc.nat())
      .map(([text, a, b]) => [text, text.slice(a % text.length, (b % text.length) + 1)] as const);
    fc.assert(
      fc.property(parts, ([text, part]) => {
        expect(similarity(text, part.toUpperCase())).not.toBeNull();
      }),
    );
  });
});

describe("ranking", () => {
  test("nothing typed keeps the order", () => {
    const items = [item("b"), item("a")];

    expect(ranked(items, "", 9)).toEqual(items);
  });

  test("the best comes first and what does not fit is left out", () => {
    const items = [item("slow reef"), item("loss"), item("l-o-s-s")];

    expect(ranked(items, "loss", 9).map(({ title }) => title)).toEqual(["loss", "l-o-s-s"]);
  });

  test("no kind crowds out another", () => {
    const items = [item("a1", "run"), item("a2", "run"), item("a3", "run"), item("a4")];

    expect(ranked(items, "a", 2).map(({ title }) => title)).toEqual(["a1", "a2", "a4"]);
  });
});
