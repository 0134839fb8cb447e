import { describe, expect, test } from "vitest";
import { cellColumn, decodeRunChange, decodeSeries, numberColumn } from "../../src/api/decode.ts";

const base64 = (numbers: Float64Array | BigInt64Array) =>
  Buffer.from(numbers.buffer).toString("base64");

describe("columns", () => {
  test("doubles come back exactly, NaN and the infinities among them", () => {
    const values = [1.5, Number.NaN, Number.NEGATIVE_INFINITY, -0];

    expect([...numberColumn({ f64: base64(Float64Array.from(values)) }, "c")]).toEqual(values);
  });

  test("64-bit integers come back exactly up to 2^53, negative ones too", () => {
    const values = [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 1_795_450_000_123_456];
    const wire = { i64: base64(BigInt64Array.from(values.map(BigInt))) };

    expect([...numberColumn(wire, "c")]).toEqual(values);
  });

  test("plain arrays may hold words for what JSON lacks", () => {
    expect([...numberColumn([1, "NaN", "-Infinity", null], "c")]).toEqual([
      1,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test("cells keep their kinds", () => {
    const wire = ["a", true, null, { float: "inf" }, { int: "12345678901234567890" }];

    expect(cellColumn(wire, 5, "c")).toEqual([
      "a",
      true,
      null,
      Number.POSITIVE_INFINITY,
      "12345678901234567890",
    ]);
  });

  test("a range is counted out", () => {
    expect(cellColumn({ range: [5, 2] }, 3, "c")).toEqual([5, 7, 9]);
  });

  test.each([[null], [{ f32: "" }], ["text"]])("%j is refused with the field's name", (wire) => {
    expect(() => numberColumn(wire, "series.x")).toThrow("series.x");
  });
});

test("buckets know their width", () => {
  const columns = [
    "first",
    "first_x",
    "last",
    "last_x",
    "min",
    "min_x",
    "min_step",
    "max",
    "max_x",
    "max_step",
    "nonfinite",
  ];
  const wire = Object.fromEntries(columns.map((name) => [name, [0, 0]]));
  const answer = { run: "r", metric: "m", kind: "buckets", x: [0, 64], x_end: [64, 128], ...wire };
  const { series } = decodeSeries(answer);

  expect(series.kind === "buckets" && series.width).toBe(64);
});

test("a change of a run holds only what changed", () => {
  expect(decodeRunChange({ run_id: "r", status: "Failed", ended_us: 5, unheard: 1 })).toEqual({
    runId: "r",
    status: "Failed",
    endedUs: 5,
  });
});
