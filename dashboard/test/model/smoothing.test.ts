import fc from "fast-check";
import { expect, test } from "vitest";
import { exponentialAverage as averageAt } from "../../src/model/smoothing.ts";

/** At places one unit apart. */
const exponentialAverage = (values: Float64Array, weight: number) =>
  averageAt(
    values,
    weight,
    values.map((_, i) => i),
    1,
  );

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

test("a value that is no number stays out, and only its place counts", () => {
  const [a, gap, b] = averageAt(
    Float64Array.of(2, Number.NaN, 4),
    0.5,
    Float64Array.of(0, 1, 2),
    1,
  );
  const [, without] = averageAt(Float64Array.of(2, 4), 0.5, Float64Array.of(0, 2), 1);

  expect([a, gap, b]).toEqual([2, Number.NaN, without]);
});

test("what is twice as far fades twice as much", () => {
  const [, near] = averageAt(Float64Array.of(0, 1), 0.25, Float64Array.of(0, 1), 1);
  const [, far] = averageAt(Float64Array.of(0, 1), 0.5, Float64Array.of(0, 2), 1);

  expect(far).toBeCloseTo(near);
});

test("places one unit apart give TensorBoard's average", () => {
  // Its formula: last = last · w + (1 − w) · value, divided by 1 − w^n.
  const values = [4, 1, 7, 7, 2];
  let last = 0;
  const want = values.map((value, i) => {
    last = last * 0.6 + 0.4 * value;
    return last / (1 - 0.6 ** (i + 1));
  });

  exponentialAverage(Float64Array.from(values), 0.6).forEach((y, i) => {
    expect(y).toBeCloseTo(want[i]);
  });
});

test("many values at one place all count", () => {
  const [, , y] = averageAt(Float64Array.of(0, 3, 3), 0.5, Float64Array.of(1, 1, 1), 1);

  expect(y).toBeCloseTo(2, 1);
});
