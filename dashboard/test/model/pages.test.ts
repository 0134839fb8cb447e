import { describe, expect, test } from "vitest";
import { durationUs, epochUs } from "../../src/base/time.ts";
import { filterQuery, idOrNameQuery } from "../../src/model/filter.ts";
import { runLines } from "../../src/model/lines.ts";
import { isBefore } from "../../src/model/position.ts";
import { runRows } from "../../src/model/rows.ts";
import { type Run, runDuration, shortName, statusLook } from "../../src/model/run.ts";
import { draggedRange, xRange, yRange } from "../../src/model/viewport.ts";
import { seriesOf } from "../strategies.ts";

function run(change: Partial<Run>): Run {
  const empty = {
    runId: "r",
    name: "n",
    number: 1,
    status: "Running",
    parentId: null,
    config: {},
    tags: {},
  };
  return { ...empty, createdUs: epochUs(1), startedUs: null, endedUs: null, ...change } as Run;
}

describe("the filter box", () => {
  test.each([
    ["", ""],
    ["ridge 0.4", 'name ~ "ridge 0.4"'],
    ['say "hi"', 'name ~ "say \\"hi\\""'],
    ["metrics.loss.last < 2", "metrics.loss.last < 2"],
  ])("%j asks for %j", (typed, want) => {
    expect(filterQuery(typed)).toBe(want);
  });
});

describe("the palette's search", () => {
  test.each([
    ["  ", ""],
    ["reef", '(name ~ "reef" or experiment ~ "reef") or run_id = "reef"'],
    [
      'a "b',
      '(name ~ "a" or experiment ~ "a") and (name ~ "\\"b" or experiment ~ "\\"b") or run_id = "a \\"b"',
    ],
  ])("%j asks for %j", (typed, want) => {
    expect(idOrNameQuery(typed)).toBe(want);
  });
});

describe("rows", () => {
  const parent = run({ runId: "p" });
  const child = run({ runId: "c", parentId: "p", name: "p>alpha 0.5" });

  test("children stand under their open parent, indented", () => {
    const rows = runRows([parent], new Set(["p"]), new Map([["p", [child]]]));

    expect(rows.map((row) => [row.run.runId, row.depth])).toEqual([
      ["p", 0],
      ["c", 1],
    ]);
  });

  test("a child is called by what tells it from its siblings", () => {
    expect([shortName(child), shortName(run({ name: "a>b" }))]).toEqual(["alpha 0.5", "a>b"]);
  });
});

describe("a run", () => {
  test("lasts from its start to its end", () => {
    const ended = run({ startedUs: epochUs(10), endedUs: epochUs(25) });

    expect(runDuration(ended, epochUs(99))).toBe(durationUs(epochUs(10), epochUs(25)));
  });

  test("that goes on lasts up to now", () => {
    expect(runDuration(run({}), epochUs(99))).toBe(98);
  });

  test("in a status of a newer server is still shown", () => {
    expect(statusLook("Dreaming").tone).toBe("quiet");
  });

  test("that shares its colour with an earlier one is dashed", () => {
    const lines = runLines([
      run({ runId: "b", number: 11, createdUs: epochUs(2) }),
      run({ runId: "a", number: 1, createdUs: epochUs(1) }),
      run({ runId: "c", number: 2, createdUs: epochUs(3) }),
    ]);

    expect(lines.map(({ id, dashIndex }) => [id, dashIndex])).toEqual([
      ["b", 1],
      ["a", 0],
      ["c", 0],
    ]);
  });
});

describe("what is seen", () => {
  const series = seriesOf([1, 2, 3].map((step) => ({ step, value: step * 10 })));

  test("is all of x, and y with a margin", () => {
    const [low, high] = yRange([series], [1, 3], false);

    expect(xRange([series])).toEqual([1, 3]);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(30);
  });

  test("on a log axis leaves out what is not positive", () => {
    const [low] = yRange(
      [
        seriesOf([
          { step: 0, value: -5 },
          { step: 1, value: 4 },
        ]),
      ],
      [0, 1],
      true,
    );

    expect(low).toBeGreaterThan(0);
  });

  test.each([
    [8, 2, [2, 8]],
    [5, 5, null],
    [5, 5.000001, null],
  ])("a drag from %d to %d zooms to %j", (a, b, want) => {
    expect(draggedRange(a, b, [0, 10])).toEqual(want);
  });
});

test.each([
  ["0:5", "0:6", true],
  ["0:6", "0:6", false],
  ["0:6,1:2", "0:3,1:3", true],
  ["0:9", "", false],
  ["", "0:1", true],
])("%j lies before %j: %s", (a, b, want) => {
  expect(isBefore(a, b)).toBe(want);
});
