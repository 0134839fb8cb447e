import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellWidth, groupBand } from "../../src/model/bands.ts";
import { type BandSeries, yExtent } from "../../src/model/curve.ts";
import { bucketsOfPoints, EMPTY_POINTS, HAS_NAN } from "../../src/model/series.ts";
import { points, seriesOf } from "../strategies.ts";

const seeds = (values: readonly number[], every = 1) =>
  seriesOf(values.map((value, i) => ({ step: i * every, value })));

const member = fc.oneof(
  points.map(seriesOf),
  points.filter((drawn) => drawn.length > 0).map((drawn) => bucketsOfPoints(seriesOf(drawn), 64)),
);
const members = fc.array(member, { maxLength: 6 });

function rows(band: BandSeries): (number | string)[][] {
  return Array.from(band.x, (x, i) => [x, band.mean[i], band.low[i], band.high[i], band.count[i]]);
}

describe("a group of runs", () => {
  test("shows no more and no less than the extremes of its members", () => {
    fc.assert(
      fc.property(members, (group) => {
        const band = groupBand(group, "range");
        const extents = group.flatMap((one) => [...(yExtent(one, -1e9, 1e9, false) ?? [])]);
        expect([...(yExtent(band, -1e9, 1e9, false) ?? [])]).toEqual(
          extents.length > 0 ? [Math.min(...extents), Math.max(...extents)] : [],
        );
      }),
    );
  });

  test("has a mean within its range, and never more members than there are", () => {
    fc.assert(
      fc.property(members, (group) => {
        const band = groupBand(group, "range");
        for (const [, mean, low, high, count] of rows(band) as number[][]) {
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(group.length);
          expect(mean).toBeGreaterThanOrEqual(low - 1e-9);
          expect(mean).toBeLessThanOrEqual(high + 1e-9);
        }
      }),
    );
  });

  test("does not depend on the order of its members", () => {
    fc.assert(
      fc.property(members, (group) => {
        const band = groupBand(group, "deviation");
        const turned = groupBand([...group].reverse(), "deviation");
        expect([...turned.count]).toEqual([...band.count]);
        turned.mean.forEach((mean, i) => {
          expect(mean).toBeCloseTo(band.mean[i], 6);
        });
      }),
    );
  });

  test("of one is that one, without a deviation", () => {
    fc.assert(
      fc.property(points, (drawn) => {
        const only = seriesOf(drawn);
        const band = groupBand([only], "deviation");
        expect([...band.x]).toEqual([...only.x]);
        expect([...band.mean]).toEqual([...only.value]);
        expect(band.low.every(Number.isNaN)).toBe(true);
      }),
    );
  });
});

test("two seeds have the mean and the sample deviation of each step", () => {
  expect(rows(groupBand([seeds([1, 10]), seeds([3, 10])], "deviation"))).toEqual([
    [0, 2, 2 - Math.SQRT2, 2 + Math.SQRT2, 2],
    [1, 10, 10, 10, 2],
  ]);
});

test("a member that ended is missing from there on, and not carried on", () => {
  const band = groupBand([seeds([1, 1, 1]), seeds([3])], "range");

  expect(rows(band)).toEqual([
    [0, 2, 1, 3, 2],
    [1, 1, 1, 1, 1],
    [2, 1, 1, 1, 1],
  ]);
  expect(band.memberCount).toBe(2);
});

test("a member that logs rarely does not come and go", () => {
  const band = groupBand([seeds(new Array(91).fill(1)), seeds(new Array(10).fill(3), 10)], "range");

  expect(band.width).toBe(16);
  expect([...new Set(band.mean)]).toEqual([2]);
});

test("no number counts nobody, and is marked", () => {
  const band = groupBand([seeds([Number.NaN]), seeds([Number.NaN])], "range");

  expect([band.count[0], band.mean[0], band.nonfinite[0]]).toEqual([0, Number.NaN, HAS_NAN]);
});

test("buckets of other widths keep their spike in its own cell", () => {
  const values = Array.from({ length: 4096 }, (_, i) => (i === 3000 ? 99 : 0));
  const group = [bucketsOfPoints(seeds(values), 64), bucketsOfPoints(seeds(values), 16)];
  const band = groupBand(group, "range");
  const at = band.high.indexOf(99);

  expect(cellWidth(group)).toBe(64);
  expect(band.high.filter((high) => high === 99)).toHaveLength(1);
  expect(Math.abs(band.x[at] - 3000)).toBeLessThanOrEqual(32);
});

test("an empty group is empty", () => {
  expect(rows(groupBand([], "range"))).toEqual([]);
  expect(rows(groupBand([EMPTY_POINTS], "range"))).toEqual([]);
});
