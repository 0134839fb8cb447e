import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAt } from "../../src/chart/readout.ts";
import { groupBand } from "../../src/model/bands.ts";
import { bucketsOfPoints, HAS_NAN } from "../../src/model/series.ts";
import { points, seriesOf } from "../strategies.ts";

const values = (...all: number[]) => seriesOf(all.map((value, step) => ({ step, value })));

describe("what the pointer covers", () => {
  test("has its extremes read, however many points it hides", () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 5000 }), (drawn, from) => {
        const covered = drawn.filter(({ step }) => step >= from && step <= from + 500);
        fc.pre(covered.length > 1);
        const reading = readAt(seriesOf(drawn), covered[0].step, [from, from + 500]);
        const all = covered.map(({ value }) => value);
        const [low, high] = [Math.min(...all), Math.max(...all)];
        expect(reading?.low?.value ?? low).toBe(low);
        expect(reading?.high?.value ?? high).toBe(high);
        expect(reading?.low === null).toBe(low === high);
      }),
    );
  });

  test("is at least the bucket itself, whose spike the last value hides", () => {
    const reading = readAt(bucketsOfPoints(values(1, 9, 2), 8), 3, [3, 3]);

    expect(reading).toMatchObject({
      value: 2,
      low: { value: 1, step: 0 },
      high: { value: 9, step: 1 },
    });
  });

  test("finds a spike in the bucket beside the nearest one", () => {
    const series = values(...Array.from({ length: 64 }, (_, i) => (i === 13 ? 99 : 0)));

    expect(readAt(bucketsOfPoints(series, 4), 20, [12, 28])?.high).toMatchObject({
      value: 99,
      step: 13,
    });
  });

  test("says that no line can show some of it", () => {
    expect(readAt(values(1, Number.NaN, 3), 2, [0, 2])?.nonfinite).toBe(HAS_NAN);
  });
});

test("a single value says it all", () => {
  expect(readAt(values(5), 0, [0, 0])).toMatchObject({ value: 5, low: null, high: null });
});

test("a group says how many of its members are there", () => {
  const band = groupBand([values(1, 1), values(3)], "range");

  expect(readAt(band, 1, [1, 1])?.members).toEqual({ count: 1, of: 2 });
  expect(readAt(band, 0, [0, 0])).toMatchObject({
    value: 2,
    low: { value: 1 },
    high: { value: 3 },
  });
});
