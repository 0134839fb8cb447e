import { describe, expect, test } from "vitest";
import {
  BACKGROUND,
  contrastRatio,
  hashIndex,
  SERIES_COLORS,
  viridis,
} from "../../src/base/color.ts";
import { formatBytes, formatCell, formatNumber } from "../../src/base/format.ts";
import { compareNames, groupByPrefix, pathTree } from "../../src/base/names.ts";
import {
  type DurationUs,
  type EpochUs,
  epochUs,
  formatAgo,
  formatAxisSeconds,
  formatDuration,
} from "../../src/base/time.ts";

describe("numbers", () => {
  test.each([
    [0, "0"],
    [-0.5, "−0.5"],
    [3295.7123, "3296"],
    [12345, "12345"],
    [0.123456, "0.1235"],
    [0.00001234, "1.234e-5"],
    [0.4, "0.4"],
    [1234567, "1.235e+6"],
    [99999.5, "1e+5"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("%d reads %s", (value, want) => {
    expect(formatNumber(value)).toBe(want);
  });

  test.each([
    [null, "–"],
    [true, "true"],
    ["Infinity", "∞"],
    [[1, 2], "[1,2]"],
  ])("the cell %j reads %s", (value, want) => {
    expect(formatCell(value)).toBe(want);
  });

  test.each([
    [812, "812 B"],
    [1500, "1.5 kB"],
    [20_000_000, "20 MB"],
  ])("%d bytes read %s", (bytes, want) => {
    expect(formatBytes(bytes)).toBe(want);
  });
});

describe("time", () => {
  test.each([
    [0, "0 s"],
    [400_000, "400 ms"],
    [2_500_000, "2.5 s"],
    [200_000_000, "3 min 20 s"],
    [7_500_000_000, "2 h 5 min"],
    [3_600_000_000, "1 h"],
  ])("%d µs last %s", (length, want) => {
    expect(formatDuration(length as DurationUs)).toBe(want);
  });

  test.each([
    [-5, "now"],
    [40, "40 s ago"],
    [200, "3 min ago"],
    [90_000, "1 d ago"],
  ])("%d s past is %s", (seconds, want) => {
    expect(formatAgo(epochUs(0), epochUs(seconds * 1e6))).toBe(want);
  });

  test.each([
    [0, "0"],
    [0.25, "0.25s"],
    [90, "1m30s"],
    [-5400, "-1h30m"],
  ])("%d s along an axis is %s", (seconds, want) => {
    expect(formatAxisSeconds(seconds)).toBe(want);
  });

  test("a duration is not an instant", () => {
    const length = 5 as DurationUs;
    // @ts-expect-error a duration is not an instant
    const instant: EpochUs = length;

    expect(instant).toBe(5);
  });
});

describe("colours", () => {
  test.each(["light", "dark"] as const)("all series stand out on the %s background", (theme) => {
    const weakest = Math.min(
      ...SERIES_COLORS[theme].map((c) => contrastRatio(c, BACKGROUND[theme])),
    );

    expect(weakest).toBeGreaterThanOrEqual(3);
  });

  test("a text always has the same colour", () => {
    expect(hashIndex("run-1", 10)).toBe(hashIndex("run-1", 10));
  });

  test.each([
    [-1, "rgb(68, 1, 84)"],
    [2, "rgb(253, 231, 37)"],
  ])("viridis at %d is clamped to %s", (t, want) => {
    expect(viridis(t)).toBe(want);
  });
});

describe("names", () => {
  test("numbers in names are ordered by size", () => {
    expect(["layer10", "layer2", "Layer1"].sort(compareNames)).toEqual([
      "Layer1",
      "layer2",
      "layer10",
    ]);
  });

  test("names are grouped by what stands before the slash", () => {
    const groups = groupByPrefix(
      ["val/loss", "epoch", "train/b", "train/a", "/odd"],
      (name) => name,
    );

    expect(groups.map(({ prefix, items }) => [prefix, items])).toEqual([
      ["", ["/odd", "epoch"]],
      ["train", ["train/a", "train/b"]],
      ["val", ["val/loss"]],
    ]);
  });

  test("paths become a tree", () => {
    const tree = pathTree(["outputs/a/x.txt", "outputs/b.txt", "top.txt"], (path) => path);

    expect(tree.files.map(({ name }) => name)).toEqual(["top.txt"]);
    expect(tree.folders[0].folders[0].path).toBe("outputs/a/");
  });
});
