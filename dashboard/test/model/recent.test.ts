import fc from "fast-check";
import { expect, test } from "vitest";
import type { Delta } from "../../src/model/live.ts";
import { RecentDeltas } from "../../src/model/recent.ts";

/** What a delta of one number takes, by the class's own count. */
const ONE_BYTES = 474;

function deltaOf(run: string, metric: string, count = 1): Delta {
  const column = new Float64Array(count);
  return { run, metric, step: column, tsUs: column, value: column };
}

test("what was told of a run, and of a metric of it, is there in order", () => {
  const recent = new RecentDeltas(1_000_000);
  const told = [deltaOf("a", "loss"), deltaOf("b", "loss"), deltaOf("a", "lr")];

  recent.add(told.slice(0, 2), "0:1");
  recent.add(told.slice(2), "0:2");

  expect(recent.of("a")).toEqual([told[0], told[2]]);
  expect(recent.of("a", "lr")).toEqual([told[2]]);
  expect(recent.of("c")).toEqual([]);
  expect(recent.forgottenUpTo).toBe("");
});

test("the oldest are forgotten, of all runs alike, and it is known up to where", () => {
  const runs = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 40 });
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 10 }), (drawn, room) => {
      const recent = new RecentDeltas(room * ONE_BYTES);
      const told = drawn.map((run, i) => deltaOf(run, String(i)));
      told.forEach((delta, i) => {
        recent.add([delta], `0:${i + 1}`);
      });

      const kept = told.slice(-room);
      for (const run of ["a", "b", "c"]) {
        expect(recent.of(run)).toEqual(kept.filter((delta) => delta.run === run));
      }
      const forgotten = told.length - kept.length;
      expect(recent.forgottenUpTo).toBe(forgotten > 0 ? `0:${forgotten}` : "");
    }),
  );
});

test("many deltas of one number are as bounded as few of many", () => {
  const small = new RecentDeltas(100 * ONE_BYTES);
  const large = new RecentDeltas(100 * ONE_BYTES);

  for (let i = 0; i < 10_000; i++) small.add([deltaOf("a", "loss")], `0:${i}`);
  for (let i = 0; i < 10; i++) large.add([deltaOf("a", "loss", 1_000)], `0:${i}`);

  expect(small.of("a").length).toBe(100);
  expect(large.of("a").length).toBe(1);
});

test("a stream that begins anew begins with nothing", () => {
  const recent = new RecentDeltas(ONE_BYTES);
  recent.add([deltaOf("a", "loss"), deltaOf("a", "loss")], "0:2");

  recent.clear();

  expect(recent.of("a")).toEqual([]);
  expect(recent.forgottenUpTo).toBe("");
});
