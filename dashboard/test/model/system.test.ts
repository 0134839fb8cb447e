import { describe, expect, test } from "vitest";
import { epochUs } from "../../src/base/time.ts";
import { parseHost } from "../../src/model/origin.ts";
import { phasesOf, type RunState } from "../../src/model/phases.ts";
import type { Run } from "../../src/model/run.ts";
import { bucketsOfPoints, pointSeries } from "../../src/model/series.ts";
import { systemCharts } from "../../src/model/system.ts";

const column = (...values: number[]) => Float64Array.from(values);

function measured(name: string, host = "a", values = [1e9, 3e9]) {
  const x = Float64Array.from(values.keys());
  return { host, name, series: pointSeries({ x, step: x, tsUs: x, value: column(...values) }) };
}

describe("the charts of a machine", () => {
  test("hold every quantity once, whatever its name", () => {
    const names = ["cpu_percent", "gpu10_percent", "gpu0_fan", "weird", "process_cpu_percent"];

    const charts = systemCharts(names.map((name) => measured(name)));

    expect(charts.map(({ kind, name, lines }) => [kind, name, lines.map((l) => l.what)])).toEqual([
      ["gpu", "", ["GPU 10"]],
      ["cpu", "", ["machine", "processes"]],
      ["other", "gpu0_fan", ["gpu0_fan"]],
      ["other", "weird", ["weird"]],
    ]);
  });

  test("name the hosts where there are several", () => {
    const one = systemCharts([measured("cpu_percent", "a")]);
    const two = systemCharts([measured("cpu_percent", "a"), measured("cpu_percent", "b")]);

    expect(one[0].lines.map((line) => line.host)).toEqual([null]);
    expect(two[0].lines.map((line) => line.host)).toEqual(["a", "b"]);
    expect(new Set(two[0].lines.map((line) => line.id)).size).toBe(2);
  });

  test("count bytes in gigabytes, in points and in buckets", () => {
    const { series, ...one } = measured("memory_used_bytes");
    const buckets = bucketsOfPoints(series as ReturnType<typeof pointSeries>, 10);

    const [points] = systemCharts([{ ...one, series }])[0].lines;
    const [summary] = systemCharts([{ ...one, series: buckets }])[0].lines;

    expect(points.series).toMatchObject({ kind: "points", value: column(1, 3) });
    expect(summary.series).toMatchObject({ min: column(1), max: column(3), maxX: column(1) });
  });
});

describe("the timeline of a run", () => {
  const run = (change: Partial<Run>): Run =>
    ({ status: "Running", createdUs: epochUs(1), user: "ada", seenUs: null, ...change }) as Run;
  const state = (status: string, at: number, by: string | null = null): RunState => ({
    status,
    at: epochUs(at),
    by,
    reason: null,
  });
  const now = epochUs(20);

  test("lasts from one state to the next, and says who brought it there", () => {
    const states = [state("Queued", 2, "ada"), state("Running", 7), state("Canceled", 9, "eve")];

    const phases = phasesOf(run({ status: "Canceled" }), states, now);

    expect(phases.map(({ status, length, by }) => [status, length, by])).toEqual([
      [null, 1, "ada"],
      ["Queued", 5, "ada"],
      ["Running", 2, null],
      ["Canceled", null, "eve"],
    ]);
    expect(phases.some((phase) => phase.isNow)).toBe(false);
  });

  test("goes on to now", () => {
    const phases = phasesOf(run({}), [state("Running", 7)], now);

    expect(phases.at(-1)).toMatchObject({ status: "Running", length: 13, isNow: true });
  });

  test("knows of a run that was silent and is heard of again", () => {
    const states = [state("Running", 2), state("NotResponding", 5)];

    const phases = phasesOf(run({ seenUs: epochUs(9) }), states, now);

    expect(phases.slice(2).map(({ status, at, isNow }) => [status, at, isNow])).toEqual([
      ["NotResponding", 5, false],
      ["Running", 9, true],
    ]);
  });

  test("shows what is known before the states are there", () => {
    const ended = run({ status: "Failed", endedUs: epochUs(9), statusReason: "why" });

    expect(phasesOf(ended, [], now)).toMatchObject([
      { status: null, at: 1, length: 8 },
      { status: "Failed", at: 9, length: null, reason: "why" },
    ]);
    expect(phasesOf(run({ status: "NotStarted" }), [], now)).toHaveLength(1);
  });
});

test("host facts are read from any document", () => {
  expect(parseHost("{")).toBeNull();
  expect(parseHost("3")).toBeNull();
  expect(parseHost('{"command": 3, "cpu": {"count": 4}, "gpus": [{"name": "A"}, null]}')).toEqual({
    command: [],
    python: "",
    executable: "",
    os: "",
    cpuModel: "",
    cpuCount: 4,
    usableCpuCount: 4,
    memoryBytes: 0,
    gpus: ["A", ""],
  });
});
