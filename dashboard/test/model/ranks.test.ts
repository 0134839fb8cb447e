import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { associations, correlation, groupEffect, pearson, ranks } from "../../src/model/ranks.ts";

const whole = fc.integer({ min: -1000, max: 1000 });
const column = fc.array(whole, { minLength: 3, maxLength: 40 });
const pair = fc.array(fc.tuple(whole, whole), { minLength: 3, maxLength: 40 });

describe("ranks", () => {
  test("have the sum of 1 to n, whatever is equal", () => {
    fc.assert(
      fc.property(column, (values) => {
        const sum = ranks(values).reduce((a, b) => a + b, 0);
        expect(sum).toBe((values.length * (values.length + 1)) / 2);
      }),
    );
  });

  test("are in the order of the values, and equal where those are", () => {
    fc.assert(
      fc.property(column, (values) => {
        const rank = ranks(values);
        for (let i = 1; i < values.length; i++) {
          expect(Math.sign(rank[i] - rank[i - 1])).toBe(Math.sign(values[i] - values[i - 1]));
        }
      }),
    );
  });
});

describe("correlation", () => {
  test("lies between -1 and 1 and does not mind which side is which", () => {
    fc.assert(
      fc.property(pair, (pairs) => {
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const one = correlation(x, y);
        expect(correlation(y, x)).toEqual(one);
        for (const measure of [one.pearson, one.spearman]) {
          if (measure !== null) expect(Math.abs(measure)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("by rank does not change when a side is stretched in its order", () => {
    fc.assert(
      fc.property(pair, (pairs) => {
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const cubes = y.map((value) => value ** 3);
        expect(correlation(x, cubes).spearman).toBe(correlation(x, y).spearman);
      }),
    );
  });

  test("of a line is 1, of a falling one -1", () => {
    const x = [1, 2, 3, 4];

    expect(pearson(x, [3, 5, 7, 9])).toBeCloseTo(1, 12);
    expect(pearson(x, [9, 7, 5, 3])).toBeCloseTo(-1, 12);
  });

  test("counts only runs that have both as finite numbers", () => {
    const { n } = correlation([1, 2, null, 4, 5], [1, "NaN", 3, "big", 5]);

    expect(n).toBe(2);
  });

  test.each([
    ["two runs", [1, 2], [3, 4]],
    ["a constant side", [7, 7, 7], [1, 2, 3]],
    ["a constant that does not add up exactly", [0.1, 0.1, 0.1], [1, 2, 3]],
  ])("cannot be said of %s", (_, x, y) => {
    expect(correlation(x, y)).toMatchObject({ pearson: null, spearman: null });
  });

  test("of values near the end of the numbers is one all the same", () => {
    expect(pearson([1e308, 1.5e308, 5e307], [1, 1.5, 0.5])).toBeCloseTo(1, 12);
  });
});

describe("the effect of groups", () => {
  const labels = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), whole), {
    minLength: 3,
    maxLength: 40,
  });

  test("lies between 0 and 1, whatever the groups are called", () => {
    fc.assert(
      fc.property(labels, (drawn) => {
        const [names, values] = [drawn.map(([name]) => name), drawn.map(([, value]) => value)];
        const effect = groupEffect(names, values);
        const renamed = groupEffect(
          names.map((name) => `${name}!`),
          values,
        );
        expect(renamed).toBe(effect);
        if (effect === null) return;
        expect(effect).toBeGreaterThanOrEqual(0);
        expect(effect).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("is high when groups are apart and nothing when they are mixed", () => {
    const apart = groupEffect(["a", "a", "a", "b", "b", "b"], [1, 2, 3, 11, 12, 13]) ?? 0;
    const mixed = groupEffect(["a", "b", "a", "b", "a", "b"], [1, 2, 6, 5, 3, 4]);

    expect(apart).toBeGreaterThan(0.8);
    expect(mixed).toBe(0);
  });

  test("is not claimed where every run is a group of its own", () => {
    expect(groupEffect(["a", "b", "c"], [1, 2, 3])).toBeNull();
  });
});

test("keys are listed by strength, with what cannot be said last", () => {
  const target = [1, 2, 3, 4];
  const listed = associations(
    [
      { key: "same", values: [5, 5, 5, 5] },
      { key: "weak", values: [1, 3, 2, 4] },
      { key: "falls", values: [4, 3, 2, 1] },
      { key: "kind", values: ["x", null, "x", "y"] },
    ],
    target,
  );

  expect(listed.map(({ key, n, measure }) => [key, n, measure])).toEqual([
    ["falls", 4, "spearman"],
    ["weak", 4, "spearman"],
    ["kind", 3, "groups"],
    ["same", 4, "spearman"],
  ]);
  expect(listed[0].value).toBeCloseTo(-1, 12);
  expect(listed[3].value).toBeNull();
});
