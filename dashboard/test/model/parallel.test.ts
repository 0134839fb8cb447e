import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  brushedRuns,
  NOWHERE,
  nearestLine,
  type ParallelAxis,
  placesOf,
  withBrush,
} from "../../src/model/parallel.ts";
import { prefersLog, scaleFor } from "../../src/model/scale.ts";
import type { Cell } from "../../src/model/tables.ts";

const positive = fc.integer({ min: 1, max: 1e6 }).map((n) => n / 64);
const numbers = fc.array(positive, { minLength: 1, maxLength: 30 });

function axis(id: string, values: readonly Cell[], isLog = false): ParallelAxis {
  return { id, title: id, values, scale: scaleFor(values, isLog) };
}

describe("an axis", () => {
  test.each([false, true])("has every number within it, in order (log: %s)", (isLog) => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { place } = scaleFor(values, isLog);
        const sorted = [...values].sort((a, b) => a - b).map((value) => place(value) ?? Number.NaN);
        expect(sorted.every((at) => at >= -1e-9 && at <= 1 + 1e-9)).toBe(true);
        for (let i = 1; i < sorted.length; i++) {
          expect(sorted[i]).toBeGreaterThanOrEqual(sorted[i - 1]);
        }
      }),
    );
  });

  test.each([false, true])("gives back the value of a place (log: %s)", (isLog) => {
    fc.assert(
      fc.property(numbers, (values) => {
        const scale = scaleFor(values, isLog);
        const back = scale.valueAt(scale.place(values[0]) ?? Number.NaN);
        expect(Math.abs(back / values[0] - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  test("has its labels within it", () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), (values, isLog) => {
        const { ticks } = scaleFor(values, isLog);
        expect(ticks.length).toBeGreaterThan(0);
        for (const { at } of ticks) expect(Math.abs(at - 0.5)).toBeLessThan(0.5 + 1e-6);
      }),
    );
  });

  test("of texts has them in natural order, booleans too", () => {
    const { kind, ticks, place } = scaleFor(["layer10", "layer2", null, true], false);

    expect([kind, ticks.map(({ label }) => label)]).toEqual([
      "category",
      ["layer2", "layer10", "true"],
    ]);
    expect([place("layer10"), place(null), place("none")]).toEqual([0.5, null, null]);
  });

  test("has no place for NaN, and a log axis none for zero", () => {
    const values = [1, 100, "NaN", 0];

    expect(scaleFor(values, false).place("NaN")).toBeNull();
    expect(scaleFor(values, true).place(0)).toBeNull();
  });

  test.each([
    [[0.001, 0.1], true],
    [[1, 2], false],
    [[0.001, 0.2, 0.3, 0.4, 0.5], false],
    [[0, 100], false],
    [["a"], false],
    [[], false],
  ])("of %j is logarithmic by itself: %s", (values, want) => {
    expect(prefersLog(values)).toBe(want);
  });
});

describe("brushes", () => {
  const axes = [axis("lr", [0.1, 0.2, 0.3, null]), axis("opt", ["sgd", "adam", "sgd", "sgd"])];
  const places = placesOf(axes, 4);
  const kept = (...brushes: Parameters<typeof brushedRuns>[1]) =>
    brushedRuns(axes, brushes, places);

  test("keep the runs that all of them hold", () => {
    expect(kept()).toEqual([true, true, true, true]);
    expect(kept({ axis: "lr", from: 0.15, to: 0.3 })).toEqual([false, true, true, false]);
    expect(kept({ axis: "lr", from: 0.15, to: 0.3 }, { axis: "opt", from: 0.5, to: 1.5 })).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test("on an axis that is not shown hold nobody back", () => {
    expect(kept({ axis: "gone", from: 0, to: 0 })).toEqual([true, true, true, true]);
  });

  test("made by a drag keep exactly what lies within it", () => {
    fc.assert(
      fc.property(
        numbers,
        fc.double({ min: 0, max: 1 }),
        fc.double({ min: 0, max: 1 }),
        (v, a, b) => {
          const one = axis("x", v);
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          fc.pre(high - low > 0.01);
          const own = placesOf([one], v.length);
          const inside = brushedRuns([one], withBrush([], one, a, b), own);
          // What is kept in the address has no more digits than it needs.
          const far = [...own.keys()].filter(
            (i) => Math.min(Math.abs(own[i] - low), Math.abs(own[i] - high)) > 1e-3,
          );
          for (const i of far) expect(inside[i]).toBe(own[i] >= low && own[i] <= high);
        },
      ),
    );
  });

  test("on an axis of much alike values are as exact as on any other", () => {
    const one = axis("x", [824.140625]);
    const [brush] = withBrush([], one, 0.501, 0);

    expect(Math.abs(one.scale.placeOf(brush.to) - 0.501)).toBeLessThan(1e-4);
  });

  test("too short to be meant take the axis' brush away", () => {
    const brushes = [{ axis: "lr", from: 0.1, to: 0.2 }];

    expect(withBrush(brushes, axes[0], 0.5, 0.502)).toEqual([]);
  });

  test("can keep the runs without a value", () => {
    const brushes = withBrush([], axes[0], NOWHERE - 0.02, -0.01);

    expect(brushedRuns(axes, brushes, places)).toEqual([false, false, false, true]);
  });
});

test("the line nearest to a point is found, of those that are kept", () => {
  const axes = [axis("a", [0, 1]), axis("b", [1, 0])];
  const places = placesOf(axes, 2);

  expect(nearestLine(places, 2, 0.25, 0.26, 0.05, [true, true])).toBe(0);
  expect(nearestLine(places, 2, 0.25, 0.74, 0.05, [true, true])).toBe(1);
  expect(nearestLine(places, 2, 0.25, 0.74, 0.05, [true, false])).toBe(-1);
});
