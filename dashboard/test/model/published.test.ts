import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaUnder, CURVE_KINDS, parsePublished } from "../../src/model/published.ts";

/** Five of a class and five of the rest, told apart by the middle threshold. */
const PERFECT = [
  [
    [5, 5, 0, 0],
    [5, 0, 5, 0],
    [0, 0, 5, 5],
  ],
];

function accuracy(change: Record<string, unknown>) {
  const data = {
    class_labels: ["a"],
    probability_tables: PERFECT,
    percentile_tables: PERFECT,
    probability_thresholds: [0, 0.5, 1],
    ...change,
  };
  const chart = parsePublished({ schema_type: "accuracy_table", data });
  if (chart?.kind !== "accuracy_table") throw new Error("no chart");
  return chart;
}

describe("an accuracy table", () => {
  test("of a perfect classifier has an area of 1 under its ROC", () => {
    expect(areaUnder(accuracy({}).curves.roc[0].points)).toBe(1);
  });

  test("has each kind of curve where it is defined", () => {
    const points = Object.fromEntries(
      CURVE_KINDS.map((kind) => [kind, accuracy({}).curves[kind][0].points]),
    );

    expect(points).toEqual({
      roc: [
        [1, 1],
        [0, 1],
        [0, 0],
      ],
      precisionRecall: [
        [1, 0.5],
        [1, 1],
      ],
      lift: [
        [1, 1],
        [0.5, 2],
      ],
      gain: [
        [1, 1],
        [0.5, 1],
        [0, 0],
      ],
      calibration: [
        [0.25, 0],
        [0.75, 1],
      ],
    });
  });

  test("without thresholds has no calibration", () => {
    expect(accuracy({ probability_thresholds: null }).curves.calibration).toEqual([]);
  });

  test("stays within its axes, whatever was counted", () => {
    const count = fc.nat(50);
    const table = fc.array(fc.tuple(count, count, count, count), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(table, (rows) => {
        const { curves } = accuracy({ probability_tables: [rows], percentile_tables: null });
        for (const kind of ["roc", "precisionRecall", "gain"] as const) {
          for (const [x, y] of curves[kind].flatMap((curve) => curve.points)) {
            expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
          }
        }
      }),
    );
  });
});

test("a bin without samples may have null", () => {
  const data = {
    bin_averages: [1, null],
    bin_errors: [0.1, null],
    bin_counts: [3, 0],
    bin_edges: [0, 1, 2],
  };

  expect(parsePublished({ schema_type: "predictions", data })).toMatchObject({ counts: [3, 0] });
  expect(
    parsePublished({
      schema_type: "residuals",
      data: { bin_edges: [0, 1, 2], bin_counts: [1, null] },
    }),
  ).toMatchObject({ counts: [1, 0] });
});

test.each([
  ["nothing", null],
  ["an unknown type", { schema_type: "pie", data: {} }],
  [
    "a crooked matrix",
    { schema_type: "confusion_matrix", data: { class_labels: ["a"], matrix: [[1, 2]] } },
  ],
  ["too few edges", { schema_type: "residuals", data: { bin_edges: [1], bin_counts: [1] } }],
  [
    "text for numbers",
    { schema_type: "residuals", data: { bin_edges: ["1", "2"], bin_counts: [1] } },
  ],
  [
    "an outcome of three numbers",
    {
      schema_type: "accuracy_table",
      data: { class_labels: ["a"], probability_tables: [[[1, 2, 3]]] },
    },
  ],
])("%s is no chart", (_, document) => {
  expect(parsePublished(document)).toBeNull();
});
