import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { xExtent } from "../../src/model/curve.ts";
import { bucketsOfPoints } from "../../src/model/series.ts";
import { panned, type Range, scaled, scaleOf, xRange } from "../../src/model/viewport.ts";
import { seriesOf } from "../strategies.ts";

const range = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([low, width]): Range => [low, low + width]);
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe.each([
  ["even", false],
  ["log", true],
])("on an %s axis", (_, log) => {
  const scale = scaleOf(log);

  test("moving there and back is where it was", () => {
    fc.assert(
      fc.property(range, share, (from, by) => {
        const [low, high] = panned(panned(from, by, scale), -by, scale);
        expect(low).toBeCloseTo(from[0], 4);
        expect(high).toBeCloseTo(from[1], 4);
      }),
    );
  });

  test("zooming leaves what is under the pointer there", () => {
    fc.assert(
      fc.property(
        range,
        share,
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (from, at, factor) => {
          const placeOf = ([low, high]: Range) =>
            scale.value(scale.place(low) + (scale.place(high) - scale.place(low)) * at);
          expect(placeOf(scaled(from, factor, at, scale))).toBeCloseTo(placeOf(from), 4);
        },
      ),
    );
  });
});

test("a log axis begins at the first place above zero", () => {
  const drawn = [-5, 0, 3, 80].map((step) => ({ step, value: 1 }));

  expect(xRange([seriesOf(drawn)], true)).toEqual([3, 80]);
  expect(xExtent(bucketsOfPoints(seriesOf(drawn), 64), true)).toEqual([3, 80]);
});

test("nothing above zero has no place on a log axis", () => {
  const drawn = [-5, 0].map((step) => ({ step, value: 1 }));

  expect(xRange([seriesOf(drawn)], true)).toBeNull();
  expect(xExtent(bucketsOfPoints(seriesOf(drawn), 64), true)).toBeNull();
});
