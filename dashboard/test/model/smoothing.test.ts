import fc from "fast-check";
import { expect, test } from "vitest";
import { exponentialAverage } from "../../src/model/smoothing.ts";

const weight = fc.double({ min: 0, max: 0.99, noNaN: true });

test("a constant stays itself", () => {
  fc.assert(
    fc.property(weight, (w) => {
      for (const y of exponentialAverage(Float64Array.of(3, 3, 3, 3), w)) expect(y).toBeCloseTo(3);
    }),
  );
});

test("averages lie between the least and the greatest value so far", () => {
  fc.assert(
    fc.property(
      weight,
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1 }),
      (w, values) => {
        exponentialAverage(Float64Array.from(values), w).forEach((y, i) => {
          const seen = values.slice(0, i + 1);
          expect(y).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-9);
          expect(y).toBeLessThanOrEqual(Math.max(...seen) + 1e-9);
        });
      },
    ),
  );
});

test("weight 0 returns the values", () => {
  expect([...exponentialAverage(Float64Array.of(1, -5, 9), 0)]).toEqual([1, -5, 9]);
});

test("a gap stays a gap and changes nothing after it", () => {
  const [a, gap, b] = exponentialAverage(Float64Array.of(2, Number.NaN, 4), 0.5);
  const [, without] = exponentialAverage(Float64Array.of(2, 4), 0.5);

  expect([a, gap, b]).toEqual([2, Number.NaN, without]);
});
