import fc from "fast-check";
import { expect, test } from "vitest";
import {
  deltaPoints,
  mergeDelta,
  mergeRun,
  mergeSummary,
  type XView,
} from "../../src/model/live.ts";
import type { Run } from "../../src/model/run.ts";
import { EMPTY_POINTS, type Series } from "../../src/model/series.ts";
import { deltaOf, pieces, points, seriesOf } from "../strategies.ts";

const STEPS: XView = { axis: "step", originUs: 0, range: null };
const cuts = fc.array(fc.nat(), { maxLength: 6 });

test("deltas that overlap the answer add each point once", () => {
  fc.assert(
    fc.property(points, fc.nat(), fc.nat(), (drawn, a, b) => {
      const known = drawn.slice(0, a % (drawn.length + 1));
      const delta = drawn.slice(Math.min(b % (drawn.length + 1), known.length));
      const merged = mergeDelta(seriesOf(known), deltaOf(delta), STEPS);
      expect(merged).toEqual(seriesOf(drawn));
    }),
  );
});

test("any cutting of the stream gives the same series", () => {
  fc.assert(
    fc.property(points, cuts, (drawn, at) => {
      const merged = pieces(drawn, at).reduce<Series>(
        (series, piece) => mergeDelta(series, deltaOf(piece), STEPS),
        EMPTY_POINTS,
      );
      expect(merged).toEqual(seriesOf(drawn));
    }),
  );
});

test("points outside of the zoom are left out", () => {
  const delta = deltaOf([1, 5, 9].map((step) => ({ step, value: step })));

  expect([...deltaPoints(delta, { ...STEPS, range: [2, 9] }).x]).toEqual([5, 9]);
});

test.each([
  ["time", 3_000_000],
  ["relative", 2_000_000],
  ["step", 3],
] as const)("x on the %s axis is %d", (axis, want) => {
  const view: XView = { axis, originUs: 1_000_000, range: null };

  expect(deltaPoints(deltaOf([{ step: 3, value: 0 }]), view).x[0]).toBe(want);
});

test("a summary that sees its points again stays the same", () => {
  fc.assert(
    fc.property(points, (drawn) => {
      const ordered = [...drawn].sort((a, b) => a.step - b.step);
      const once = mergeSummary(undefined, deltaOf(ordered));
      expect(mergeSummary(once, deltaOf(ordered))).toEqual(once);
    }),
  );
});

test("a late point moves the extremes and not the last value", () => {
  const summary = mergeSummary(undefined, deltaOf([{ step: 9, value: 1 }]));

  expect(mergeSummary(summary, deltaOf([{ step: 2, value: 50 }]))).toMatchObject({
    last: 1,
    lastStep: 9,
    max: 50,
  });
});

test("the first terminal status stays", () => {
  const run = { status: "Completed", name: "a" } as Run;

  expect(mergeRun(run, { status: "Running", name: "b" })).toEqual({
    status: "Completed",
    name: "b",
  });
});

test("tags that were set and removed are merged into those that the run has", () => {
  const run = { tags: { a: "1", b: "2" }, properties: { p: "first" } } as unknown as Run;
  const change = { tags: { c: "3" }, tagsRemoved: ["a"], properties: { p: "later", q: "x" } };

  expect(mergeRun(run, change)).toEqual({
    tags: { b: "2", c: "3" },
    properties: { p: "first", q: "x" },
  });
});
