import { describe, expect, test } from "vitest";
import { epochUs } from "../../src/base/time.ts";
import { dimensionTitle, parseDimension } from "../../src/model/dimensions.ts";
import type { Run } from "../../src/model/run.ts";
import { pickStep, stepEdges, stepsOf } from "../../src/model/steps.ts";
import { rankingOf, sweepAxes, sweepOf } from "../../src/model/sweep.ts";

function run(runId: string, change: Partial<Run>): Run {
  const empty = { runId, number: 0, status: "Completed", runType: null, metrics: {}, config: {} };
  return { ...empty, properties: {}, createdUs: epochUs(0), ...change } as Run;
}

function stepRun(runId: string, name: string, at: number, status: string, after?: string): Run {
  const properties = {
    "runtide.step": name,
    ...(after === undefined ? {} : { "runtide.step.after": after }),
  };
  return run(runId, { properties, createdUs: epochUs(at), status });
}

const PLAN = JSON.stringify([
  { name: "prepare", after: [] },
  { name: "train", after: ["prepare"] },
  { name: "report", after: ["prepare", "train"] },
]);
const parent = run("p", { runType: "pipeline", properties: { "runtide.pipeline.steps": PLAN } });

describe("the steps of a pipeline", () => {
  test("stand in the order of the plan, with the newest run of each", () => {
    const children = [
      stepRun("t2", "train", 3, "Running", "prepare"),
      stepRun("t1", "train", 2, "Failed", "prepare"),
      stepRun("p1", "prepare", 1, "Completed", ""),
      run("other", {}),
    ];

    const steps = stepsOf(parent, children);

    expect(steps.map(({ name, run, runCount }) => [name, run?.runId ?? null, runCount])).toEqual([
      ["prepare", "p1", 1],
      ["train", "t2", 2],
      ["report", null, 0],
    ]);
    expect(stepEdges(steps)).toEqual([
      ["prepare", "train"],
      ["prepare", "report"],
      ["train", "report"],
    ]);
  });

  test.each([undefined, "{", "{}", '[null, 7, {"after": []}]'])(
    "are those of the runs where the plan is %j",
    (plan) => {
      const properties: Record<string, string> =
        plan === undefined ? {} : { "runtide.pipeline.steps": plan };

      const steps = stepsOf({ properties }, [stepRun("a1", "a", 1, "Running", "b,c")]);

      expect(steps.map(({ name, after }) => [name, after])).toEqual([["a", ["b", "c"]]]);
    },
  );

  test.each([
    [["Completed", "Running"], "train"],
    [["Failed", "Completed"], "prepare"],
    [["Completed", "Completed"], "train"],
  ])("of %j the first to look at is %s", ([first, second], want) => {
    const children = [stepRun("a", "prepare", 1, first), stepRun("b", "train", 2, second)];

    expect(pickStep(stepsOf(parent, children))?.name).toBe(want);
  });

  test("without any run the first to look at is the first", () => {
    expect(pickStep(stepsOf(parent, []))?.name).toBe("prepare");
    expect(pickStep([])).toBe(null);
  });
});

function child(runId: string, number: number, lr: number, min: number | null, max = min): Run {
  const loss = { first: min, last: max, min, max, lastStep: 0 };
  const config = { "runtide.sweep.parameters": { lr, net: { width: 8 } } };
  return run(runId, { number, config, metrics: min === null ? {} : { loss } });
}

describe("the children of a sweep", () => {
  const children = [
    child("a", 1, 0.1, null),
    child("b", 2, 0.2, 0.5, 9),
    child("c", 3, 0.3, 0.25),
    child("d", 4, 0.4, null),
    child("e", 5, 0.5, 0.5, 0.5),
  ];

  test("come by their best value, then by number; those without one last", () => {
    const order = (goal: "minimize" | "maximize") =>
      rankingOf({ metric: "loss", goal }, children).children.map(({ run }) => run.runId);

    expect(order("minimize")).toEqual(["c", "b", "e", "a", "d"]);
    expect(order("maximize")).toEqual(["b", "e", "c", "a", "d"]);
  });

  test("are plotted over exactly what was drawn for them", () => {
    const sweep = { metric: "loss", goal: "maximize" } as const;

    const axes = sweepAxes(sweep, rankingOf(sweep, children));

    const dimensions = axes.map(parseDimension);
    expect(dimensions.map((one) => one && dimensionTitle(one))).toEqual([
      "lr",
      "net.width",
      "loss max",
    ]);
  });

  test("belong to a sweep only where the parent says what is sought", () => {
    const properties = { "runtide.sweep.metric": "loss" };

    expect(sweepOf(run("p", { runType: "sweep", properties }))).toEqual({
      metric: "loss",
      goal: "minimize",
    });
    expect(sweepOf(run("p", { runType: "sweep" }))).toBe(null);
    expect(sweepOf(run("p", { properties }))).toBe(null);
  });
});
