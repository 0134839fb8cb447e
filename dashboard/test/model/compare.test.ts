import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochUs } from "../../src/base/time.ts";
import type { ImageItem } from "../../src/model/catalog.ts";
import { toggled } from "../../src/model/choice.ts";
import { comparedRows, deltaFrom, differingCells } from "../../src/model/differences.ts";
import {
  dimensionValue,
  flatConfig,
  metricsOf,
  parseDimension,
  pickMetrics,
  varyingKeys,
} from "../../src/model/dimensions.ts";
import { groupRuns } from "../../src/model/groups.ts";
import { imageAt, imageSteps, nearestStep } from "../../src/model/images.ts";
import { isConstant, type Run } from "../../src/model/run.ts";
import { nameSearch } from "../../src/model/search.ts";
import type { Cell } from "../../src/model/tables.ts";

function run(change: Partial<Run>): Run {
  const empty = { runId: "r", status: "Completed", config: {}, tags: {}, metrics: {} };
  return { ...empty, createdUs: epochUs(1), startedUs: null, endedUs: null, ...change } as Run;
}

const NOW = epochUs(5_000_001);
const plottedOf = (one: Run, id: string) => {
  const dimension = parseDimension(id);
  return dimension && dimensionValue(one, dimension, NOW);
};

describe("rows side by side", () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(fc.constantFrom(null, "a", Number.NaN), fc.nat(3));
  const maps = fc.array(fc.dictionary(fc.constantFrom("a", "b", "c", "d"), cell), {
    minLength: 1,
    maxLength: 5,
  });

  test("hold every value of every run once, those that differ first", () => {
    fc.assert(
      fc.property(maps, (drawn) => {
        const runs = drawn.map((one) => new Map(Object.entries(one)));
        const rows = comparedRows(runs);
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
        for (const [i, one] of runs.entries()) {
          const own = rows.filter((row) => row.cells[i] !== undefined);
          expect(new Map(own.map((row) => [row.key, row.cells[i]]))).toEqual(one);
        }
        const flags = rows.map((row) => row.differs);
        expect(flags).toEqual([...flags].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  test("differ exactly when two runs do", () => {
    fc.assert(
      fc.property(maps, (drawn) => {
        const runs = drawn.map((one) => new Map(Object.entries(one)));
        for (const { cells, differs } of comparedRows(runs)) {
          expect(differingCells(cells, 0).includes(true)).toBe(differs);
        }
      }),
    );
  });

  test("mark what is unlike the baseline, or else unlike most", () => {
    expect(differingCells([1, 2, 2], 0)).toEqual([false, true, true]);
    expect(differingCells([1, 2, 2], -1)).toEqual([true, false, false]);
  });

  test.each([
    [2, 3, { absolute: 1, relative: 0.5 }],
    [-2, -3, { absolute: -1, relative: -0.5 }],
    [0, 3, { absolute: 3, relative: null }],
    [Number.NaN, 3, null],
    ["a", 3, null],
    [null, 3, null],
  ])("from %j to %j is %j", (from, to, want) => {
    expect(deltaFrom(from, to)).toEqual(want);
  });
});

describe("what can be plotted of a run", () => {
  const one = run({
    config: { lr: 0.1, opt: { name: "sgd", betas: [0.9, 0.99] } },
    tags: { team: "a", best: null },
    metrics: { "a.last": { first: 3, last: 1, min: 1, max: 3, lastStep: 9 } },
    endedUs: epochUs(2_000_001),
  });

  test.each([
    ["config.lr", 0.1],
    ["config.opt.name", "sgd"],
    ["config.opt.betas", "[0.9,0.99]"],
    ["config.nothing", null],
    ["tags.team", "a"],
    ["tags.best", true],
    ["metrics.a.last.max", 3],
    ["metrics.a.min", null],
    ["duration", 2],
    ["mass", null],
  ])("%s is %j", (id, want) => {
    expect(plottedOf(one, id)).toEqual(want);
  });

  test("needs the summaries of the metrics alone, each once", () => {
    expect(metricsOf(["config.lr", "metrics.a.last", "metrics.a.min", ""])).toEqual(["a"]);
  });

  test("is the config that varies; a key that some runs lack does", () => {
    const runs = [run({ config: { a: 1, b: 1 } }), run({ config: { a: 1, b: 2, c: 1 } })];

    expect(varyingKeys(runs)).toEqual(["b", "c"]);
  });

  test("is above all how well it does on held-out data", () => {
    expect(pickMetrics(["grad", "loss", "val/loss", "zeal"])).toEqual(["val/loss", "loss"]);
  });

  test("keeps a key with a dot apart from no other", () => {
    expect([...flatConfig({ "a.b": 1, c: {} }).entries()]).toEqual([["a.b", 1]]);
  });
});

describe("groups", () => {
  const seeds = [1, 2, 1, 2].map((seed, i) =>
    run({ runId: `r${i}`, config: { lr: i < 2 ? 0.1 : 0.01, seed, same: 7 } }),
  );

  test("of all but the seed are named by what tells them apart", () => {
    const groups = groupRuns(seeds, "-config.seed", NOW);

    expect(groups.map(({ label, runs }) => [label, runs.map((one) => one.runId)])).toEqual([
      ["lr 0.01", ["r2", "r3"]],
      ["lr 0.1", ["r0", "r1"]],
    ]);
  });

  test.each(["config.lr", "config.none", "status", "-config.seed", "tags.x"])(
    "by %s hold each run once",
    (by) => {
      const members = groupRuns(seeds, by, NOW).flatMap((group) => group.runs);

      expect(new Set(members)).toEqual(new Set(seeds));
      expect(members.length).toBe(seeds.length);
    },
  );
});

describe("images", () => {
  const at = (step: number | null, path = `${step}`) => ({ step, path }) as ImageItem;

  test("are at the steps that any run has", () => {
    expect(imageSteps([[at(10), at(0)], [], [at(5), at(10)]])).toEqual([0, 5, 10]);
  });

  test("that are missing say where the last before is", () => {
    const images = [at(0), at(10)];

    expect(imageAt(images, 10)).toEqual({ image: images[1], earlier: null });
    expect(imageAt(images, 15)).toEqual({ image: null, earlier: 10 });
    expect(imageAt([at(10)], 5)).toEqual({ image: null, earlier: null });
  });

  test("logged twice at a step are the newer one", () => {
    expect(imageAt([at(3, "old"), at(3, "new")], 3).image?.path).toBe("new");
  });

  test("without a step are in order of logging", () => {
    expect(imageSteps([[at(null), at(null)]])).toEqual([0, 1]);
  });

  test.each([
    [null, 9],
    [4, 5],
    [-3, 0],
  ])("at step %j are those of step %d", (wanted, want) => {
    expect(nearestStep([0, 5, 9], wanted)).toBe(want);
  });
});

describe("a search", () => {
  test.each([
    ["loss", "train/LOSS", true],
    ["lo.s", "train/loss", false],
    ["/lo.s$/", "train/Loss", true],
    ["/^loss/", "train/loss", false],
    ["", "anything", true],
  ])("for %s finds %s: %s", (typed, name, want) => {
    expect(nameSearch(typed).matches(name)).toBe(want);
  });

  test("for a broken pattern says so and hides nothing", () => {
    const search = nameSearch("/(/");

    expect(search.error).toContain("Unterminated");
    expect(search.matches("loss")).toBe(true);
  });
});

test.each([
  [{ first: 1, last: 1, min: 1, max: 1 }, true],
  [{ first: Number.NaN, last: Number.NaN, min: null, max: null }, true],
  [{ first: 1, last: 1, min: 0, max: 1 }, false],
  [{ first: 1, last: 2, min: 1, max: 2 }, false],
  [{ first: Number.NaN, last: Number.NaN, min: 1, max: 1 }, false],
])("%j has one value: %s", (summary, want) => {
  expect(isConstant({ ...summary, lastStep: 1 })).toBe(want);
});

test("what is chosen twice is not chosen", () => {
  expect(toggled(["b"], "a")).toEqual(["b", "a"]);
  expect(toggled(toggled(["b"], "a"), "a")).toEqual(["b"]);
});
