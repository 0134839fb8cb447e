import fc from "fast-check";
import { expect, test } from "vitest";
import { evenTicks, formatTick, formatX, logTicks, tickLabels } from "../../src/chart/axes.ts";

test("a log axis of any span has a few ticks within it", () => {
  const exponent = fc.double({ min: -300, max: 300, noNaN: true });
  fc.assert(
    fc.property(exponent, fc.double({ min: 0.001, max: 300, noNaN: true }), (from, span) => {
      const [low, high] = [10 ** from, 10 ** Math.min(305, from + span)];
      const ticks = logTicks(low, high);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(10);
      expect(ticks.every((tick) => tick >= low * 0.99 && tick <= high * 1.01)).toBe(true);
    }),
  );
});

test("decades are labelled by their powers", () => {
  expect(logTicks(0.003, 40)).toEqual([0.01, 0.1, 1, 10]);
});

test.each([
  [0, "0"],
  [2500, "2500"],
  [20_000, "20k"],
  [1_500_000, "1.5M"],
  [0.25, "0.25"],
  [0.00001, "1e-5"],
  [2e12, "2e12"],
])("the tick %d reads %s", (value, want) => {
  expect(formatTick(value)).toBe(want);
});

test("uPlot labels wall time itself", () => {
  expect(tickLabels("time")).toBeNull();
});

test.each([
  ["step", 1234, "1,234"],
  ["relative", 90_000_000, "1 min 30 s"],
  ["number", 0.123456, "0.1235"],
] as const)("x on the %s axis, %d, reads %s", (axis, x, want) => {
  expect(formatX(axis, x)).toBe(want);
});

test("even ticks are a few multiples of a round step, within the span", () => {
  const low = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(low, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (from, span) => {
      const ticks = evenTicks(from, from + span, 6);
      expect(ticks.length).toBeLessThanOrEqual(7);
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(from - span * 1e-6);
        expect(tick).toBeLessThanOrEqual(from + span * (1 + 1e-6));
      }
    }),
  );
});

test("steps between ticks are those of the axis, where it has some", () => {
  expect(evenTicks(0, 100, 4, [15, 30, 60])).toEqual([0, 30, 60, 90]);
});
