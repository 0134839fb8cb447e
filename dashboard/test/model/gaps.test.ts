import { expect, test } from "vitest";
import { gapThreshold } from "../../src/model/gaps.ts";
import { bucketsOfPoints } from "../../src/model/series.ts";
import { seriesOf } from "../strategies.ts";

const at = (steps: readonly number[]) => seriesOf(steps.map((step) => ({ step, value: 1 })));
const from = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);

function gaps(curve: ReturnType<typeof at>): number[] {
  const limit = gapThreshold(curve);
  return [...curve.x].filter((x, i) => i > 0 && x - curve.x[i - 1] > limit);
}

test.each([
  ["a steady rhythm", from(0, 50)],
  ["an alternating one", from(0, 50).map((i) => i * 10 + (i % 2) * 3)],
  ["one that slows down", [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]],
  ["many ranks at one step", from(0, 50).flatMap((i) => [i, i, i])],
  ["three points", [0, 1, 1000]],
])("%s has no gap", (_, steps) => {
  expect(gaps(at(steps))).toEqual([]);
});

test("a run that was away has one, up to where it goes on", () => {
  expect(gaps(at([...from(0, 50), ...from(300, 50)]))).toEqual([300]);
});

test("a gap narrower than a bucket is none between buckets", () => {
  const limit = gapThreshold(bucketsOfPoints(at(from(0, 1000)), 64));

  expect(limit).toBe(64);
});
