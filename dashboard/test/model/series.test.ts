import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { xExtent, yExtent } from "../../src/model/curve.ts";
import {
  bucketsOfPoints,
  bucketWidth,
  EMPTY_POINTS,
  HAS_NAN,
  HAS_NEGATIVE_INFINITY,
  HAS_POSITIVE_INFINITY,
  mergePoints,
  nearestIndex,
  pointSeries,
  type Series,
  withinBudget,
} from "../../src/model/series.ts";
import { points, seriesOf } from "../strategies.ts";

const TIGHT = { pointsMax: 40, bucketsMax: 20 };

describe("merging points", () => {
  test("a point seen twice is one point", () => {
    fc.assert(
      fc.property(points, (drawn) => {
        const once = mergePoints(EMPTY_POINTS, seriesOf(drawn));
        expect(mergePoints(once, seriesOf(drawn))).toBe(once);
      }),
    );
  });

  test("arrival order does not change a series", () => {
    const shuffled = points.chain((drawn) =>
      fc.tuple(fc.constant(drawn), fc.shuffledSubarray(drawn, { minLength: drawn.length })),
    );
    fc.assert(
      fc.property(shuffled, ([drawn, arrived]) => {
        const merged = arrived.reduce<Series>(
          (s, p) => mergePoints(s, seriesOf([p])),
          EMPTY_POINTS,
        );
        expect(merged).toEqual(seriesOf([...drawn].sort((a, b) => a.step - b.step)));
      }),
    );
  });

  test("two values of one step are both kept, in order of arrival", () => {
    const merged = mergePoints(
      seriesOf([{ step: 3, value: 1 }]),
      seriesOf([{ step: 3, value: 2 }]),
    );

    expect([...(merged.kind === "points" ? merged.value : [])]).toEqual([1, 2]);
  });

  test("NaN equals itself", () => {
    const series = seriesOf([{ step: 0, value: Number.NaN }]);

    expect(mergePoints(series, series)).toBe(series);
  });

  test("the old series stays as it was", () => {
    const old = seriesOf([{ step: 0, value: 1 }]);

    mergePoints(old, seriesOf([{ step: 1, value: 2 }]));

    expect([...old.x]).toEqual([0]);
  });
});

describe("a series that outgrew its budget", () => {
  test("is within it, and keeps its extremes and its ends", () => {
    fc.assert(
      fc.property(points, (drawn) => {
        fc.pre(drawn.length > 0);
        const grown = drawn.reduce<Series>(
          (s, p) => mergePoints(s, seriesOf([p]), TIGHT),
          EMPTY_POINTS,
        );
        const all = seriesOf(drawn);
        expect(grown.x.length).toBeLessThanOrEqual(TIGHT.pointsMax);
        expect(yExtent(grown, 0, 5000, false)).toEqual(yExtent(all, 0, 5000, false));
        if (grown.kind === "buckets") {
          expect(grown.first[0]).toBe(all.value[0]);
          expect(grown.last.at(-1)).toBe(all.value.at(-1));
          expect(grown.x.length).toBeLessThanOrEqual(TIGHT.bucketsMax);
        }
      }),
    );
  });

  test("does not change when points come again", () => {
    fc.assert(
      fc.property(points, (drawn) => {
        const width = 64;
        const once = bucketsOfPoints(seriesOf(drawn), width);
        const again = mergePoints(once, seriesOf(drawn), { pointsMax: 1e6, bucketsMax: 1e6 });
        expect(again).toEqual(once);
      }),
    );
  });

  test("stays within it however long it goes on growing at its end", () => {
    const steps = Array.from({ length: 5000 }, (_, step) => ({ step, value: step }));
    const grown = steps.reduce<Series>(
      (s, p) => mergePoints(s, seriesOf([p]), TIGHT),
      EMPTY_POINTS,
    );

    expect(grown.x.length).toBeLessThanOrEqual(TIGHT.bucketsMax);
    expect(xExtent(grown)).toEqual([0, 4999]);
  });

  test("shows where the spike was", () => {
    const step = Float64Array.from({ length: 10_000 }, (_, i) => i);
    const value = step.map((s) => (s === 7777 ? 99 : 0));
    const series = withinBudget(pointSeries({ x: step, step, tsUs: step, value }), TIGHT);
    const buckets = series.kind === "buckets" ? series : null;
    const at = buckets?.max.indexOf(99) ?? -1;

    expect(buckets?.maxX[at]).toBe(7777);
  });
});

test("a bucket remembers each kind of value that no line can show", () => {
  const drawn = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2].map(
    (value, step) => ({ step, value }),
  );
  const buckets = bucketsOfPoints(seriesOf(drawn), 16);

  expect(buckets.nonfinite[0]).toBe(HAS_NAN | HAS_POSITIVE_INFINITY | HAS_NEGATIVE_INFINITY);
  expect([buckets.min[0], buckets.max[0]]).toEqual([2, 2]);
});

test("a bucket of NaN alone takes the extremes of the first number that comes", () => {
  const buckets = bucketsOfPoints(seriesOf([{ step: 0, value: Number.NaN }]), 16);
  const merged = mergePoints(buckets, seriesOf([{ step: 1, value: 5 }]));

  expect(yExtent(merged, 0, 16, false)).toEqual([5, 5]);
});

test("bucket widths are powers of two that need at most the wanted count", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.integer({ min: 2, max: 2000 }),
      (span, count) => {
        const width = bucketWidth(span, count);
        expect(Math.log2(width) % 1).toBeCloseTo(0);
        expect(Math.floor(span / width) + 1).toBeLessThanOrEqual(count);
      },
    ),
  );
});

test.each([
  [0, 0],
  [4, 0],
  [6, 1],
  [99, 2],
])("nearest to %d is item %d of 0, 10, 20", (at, want) => {
  expect(nearestIndex(Float64Array.of(0, 10, 20), at)).toBe(want);
});

test("an empty series has no extent", () => {
  expect([xExtent(EMPTY_POINTS), nearestIndex(EMPTY_POINTS.x, 1)]).toEqual([null, -1]);
});
