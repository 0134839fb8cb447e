import { expect, test } from "vitest";
import { listSeries, tableLines, valueCounts } from "../../src/model/tables.ts";

test("the first column of numbers is x, and every other a line", () => {
  const drawn = tableLines([
    { name: "label", values: ["a", "b"] },
    { name: "x", values: [1, 2] },
    { name: "y", values: [0.5, "NaN"] },
    { name: "z", values: [3, null] },
  ]);

  expect(drawn?.xName).toBe("x");
  expect(drawn?.lines.map(({ name, series }) => [name, [...series.value]])).toEqual([
    ["y", [0.5, Number.NaN]],
    ["z", [3]],
  ]);
});

test.each([
  ["one column of numbers", [{ name: "x", values: [1, 2] }]],
  [
    "text alone",
    [
      { name: "a", values: ["p"] },
      { name: "b", values: ["q"] },
    ],
  ],
  [
    "no rows",
    [
      { name: "a", values: [] },
      { name: "b", values: [] },
    ],
  ],
])("%s makes no chart", (_, columns) => {
  expect(tableLines(columns)).toBeNull();
});

test("a list lies over its index, without the cells that are no number", () => {
  expect([...listSeries([4, "word", 6]).x]).toEqual([0, 2]);
});

test("texts are counted, most frequent first", () => {
  expect(valueCounts(["b", "a", "b", null])).toEqual([
    { text: "b", count: 2 },
    { text: "a", count: 1 },
    { text: "null", count: 1 },
  ]);
});
