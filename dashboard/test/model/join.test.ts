import fc from "fast-check";
import { expect, test } from "vitest";
import { LiveJoin } from "../../src/model/join.ts";
import type { Delta } from "../../src/model/live.ts";

const delta = (metric: string, drawn: readonly (readonly [number, number])[]): Delta => ({
  run: "r",
  metric,
  step: Float64Array.from(drawn, ([step]) => step),
  tsUs: Float64Array.from(drawn, ([step]) => step * 1000),
  value: Float64Array.from(drawn, ([, value]) => value),
});

const series = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -9, max: 9 })),
  { selector: ([step]) => step, maxLength: 20 },
);

test("every point with a place appears once at it, in whatever order things arrive", () => {
  const arrivals = fc
    .tuple(series, series)
    .chain(([epochs, losses]) =>
      fc.tuple(
        fc.constant([epochs, losses] as const),
        fc.shuffledSubarray(
          [
            ...epochs.map((one) => delta("epoch", [one])),
            ...losses.map((one) => delta("loss", [one])),
          ],
          { minLength: epochs.length + losses.length },
        ),
      ),
    );
  fc.assert(
    fc.property(arrivals, ([[epochs, losses], deltas]) => {
      const join = new LiveJoin("epoch");
      const got = deltas
        .flatMap((one) => join.add(one))
        .filter((one) => one.metric === "loss")
        .flatMap((one) => Array.from(one.step, (step, i) => [one.x[i], step, one.value[i]]));
      const places = new Map(epochs);
      const want = losses.flatMap(([step, value]) =>
        places.has(step) ? [[places.get(step), step, value]] : [],
      );
      expect(got.sort()).toEqual(want.sort());
    }),
  );
});

test("a place that is no number is none, and the next one counts", () => {
  const join = new LiveJoin("epoch");

  expect(join.add(delta("epoch", [[1, Number.NaN]]))).toEqual([]);
  join.add(delta("loss", [[1, 5]]));
  const [, loss] = join.add(delta("epoch", [[1, 2]]));

  expect([loss.metric, loss.x[0], loss.value[0]]).toEqual(["loss", 2, 5]);
});

test("the axis over itself is a diagonal", () => {
  const [epoch] = new LiveJoin("epoch").add(delta("epoch", [[3, 7]]));

  expect([epoch.metric, epoch.x[0], epoch.value[0]]).toEqual(["epoch", 7, 7]);
});

test("what waits for too long makes room", () => {
  const join = new LiveJoin("epoch", 10);
  const many = Array.from({ length: 100 }, (_, step) => [step, step] as const);
  join.add(delta("loss", many));

  const got = join.add(delta("epoch", many)).find((one) => one.metric === "loss");

  expect([...(got?.step ?? [])]).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
});
