import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochUs } from "../../src/base/time.ts";
import { parseColumn } from "../../src/model/columns.ts";
import { type GroupLine, groupText, type TableLine, tableLines } from "../../src/model/grouping.ts";
import { isInOrder } from "../../src/model/order.ts";
import { replacedRuns } from "../../src/model/rows.ts";
import { rangeOf, withRange, withToggled } from "../../src/model/selection.ts";
import { bucketsOfPoints, pointSeries } from "../../src/model/series.ts";
import { sparkPath } from "../../src/model/spark.ts";
import { tableCsv } from "../../src/model/table-csv.ts";
import { run, seriesOf } from "../strategies.ts";

const columnsOf = (...ids: string[]) => ids.flatMap((id) => parseColumn(id) ?? []);

const someRuns = fc
  .array(fc.record({ lr: fc.constantFrom(1, 2, null), team: fc.constantFrom("a", "b") }), {
    maxLength: 12,
  })
  .map((all) =>
    all.map(({ lr, team }, i) =>
      run({ runId: `r${i}`, config: lr === null ? {} : { lr }, tags: { team } }),
    ),
  );

const runsIn = (lines: readonly TableLine[]) =>
  lines.flatMap((line) => (line.kind === "run" ? [line.run] : []));
const groupsIn = (lines: readonly TableLine[]) =>
  lines.filter((line): line is GroupLine => line.kind === "group");

describe("groups", () => {
  const grouping = { columns: columnsOf("config.lr", "tags.team"), folded: new Set<string>() };

  test("every run stands once, below a group of its own values, in the order it had", () => {
    fc.assert(
      fc.property(someRuns, (runs) => {
        const lines = tableLines(
          runs.map((one) => ({ run: one, depth: 0 })),
          grouping,
        );
        expect(runsIn(lines).toSorted(byId)).toEqual(runs.toSorted(byId));
        for (const group of groupsIn(lines)) {
          const column = grouping.columns[group.depth];
          expect(group.runs.every((one) => groupText(one, column) === group.text)).toBe(true);
          expect(group.runs).toEqual(runs.filter((one) => group.runs.includes(one)));
        }
      }),
    );
  });

  test("a closed group hides what is in it, and nothing else", () => {
    fc.assert(
      fc.property(someRuns, (runs) => {
        const rows = runs.map((one) => ({ run: one, depth: 0 }));
        const open = tableLines(rows, grouping);
        const [first] = groupsIn(open);
        if (!first) return;
        const closed = tableLines(rows, { ...grouping, folded: new Set([first.key]) });
        expect(runsIn(closed)).toEqual(runsIn(open).filter((one) => !first.runs.includes(one)));
        expect(groupsIn(closed)[0].isFolded).toBe(true);
      }),
    );
  });

  test("keys of groups differ", () => {
    fc.assert(
      fc.property(someRuns, (runs) => {
        const rows = runs.map((one) => ({ run: one, depth: 0 }));
        const keys = groupsIn(tableLines(rows, grouping)).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test("children stay with their parent", () => {
    const [parent, child] = [run({ runId: "p", config: { lr: 1 } }), run({ runId: "c" })];
    const rows = [
      { run: parent, depth: 0 },
      { run: child, depth: 1 },
    ];
    const lines = tableLines(rows, { columns: columnsOf("config.lr"), folded: new Set() });

    expect(lines.map(({ key, depth }) => [key, depth])).toEqual([
      ["config.lr%3D1", 0],
      ["p", 1],
      ["c", 2],
    ]);
  });

  test.each([
    ["created", "2026-11-23"],
    ["ended", "–"],
    ["duration", "2 s"],
    ["tags", "k, team: a"],
    ["config.lr", "–"],
    ["status", "Running"],
  ])("runs are put together by %s as %s", (id, want) => {
    const at = epochUs(1_795_450_000_000_000);
    const one = run({
      createdUs: at,
      seenUs: epochUs(at + 2e6),
      endedUs: null,
      tags: { team: "a", k: null },
    });

    expect(groupText(one, columnsOf(id)[0])).toBe(want);
  });
});

describe("the export", () => {
  test("a reader of CSV gets every cell back", () => {
    // What begins like a formula is marked as text, for spreadsheets.
    const text = fc
      .oneof(fc.string({ minLength: 1, unit: "grapheme" }), fc.constantFrom('"', ",", "a\r\nb"))
      .filter((one) => !/^[=+\-@\t\r]/.test(one));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.option(text))), (cells) => {
        const runs = cells.map(([name, user]) => run({ name, user }));
        const [, ...rows] = parseCsv(tableCsv(runs, columnsOf("user")));
        expect(rows).toEqual(cells);
      }),
    );
  });

  test("numbers are whole, times are ISO and what is nested is JSON", () => {
    const one = run({
      name: "n",
      createdUs: epochUs(0),
      endedUs: epochUs(1_500_000),
      config: { lr: -0.1234567, nested: [1] },
    });
    const columns = columnsOf("created", "duration", "config.lr", "config.nested", "user");

    expect(tableCsv([one], columns)).toBe(
      "name,created,duration_s,config.lr,config.nested,user\r\n" +
        "n,1970-01-01T00:00:00.000Z,1.5,-0.1234567,[1],\r\n",
    );
  });
});

describe("selecting", () => {
  const order = ["a", "b", "c", "d"];

  test("toggling twice leaves the same runs", () => {
    fc.assert(
      fc.property(fc.subarray(order), fc.subarray(order, { minLength: 1 }), (selected, ids) => {
        const once = withToggled(selected, ids);
        expect(ids.every((id) => once.includes(id)) || !ids.some((id) => once.includes(id))).toBe(
          true,
        );
        expect(new Set(once).size).toBe(once.length);
      }),
    );
  });

  test("a range is what lies between, whichever end comes first", () => {
    expect(rangeOf(order, "c", "a")).toEqual(["a", "b", "c"]);
    expect(rangeOf(order, null, "b")).toEqual(["b"]);
    expect(rangeOf(order, "gone", "b")).toEqual(["b"]);
    expect(rangeOf(order, "a", "gone")).toEqual([]);
  });

  test("a range takes the state that the run under the pointer takes", () => {
    expect(withRange(["a"], ["a", "b", "c"], "c")).toEqual(["a", "b", "c"]);
    expect(withRange(["a", "c", "d"], ["a", "b", "c"], "c")).toEqual(["d"]);
  });
});

describe("the order", () => {
  const of = (...values: (number | null)[]) =>
    values.map((last, i) =>
      run({
        runId: `r${i}`,
        metrics: {
          loss: { first: last, last, min: last, max: last, lastStep: 0 },
        },
      }),
    );

  test.each([
    ["metrics.loss.last", [1, 2, 2, null], true],
    ["-metrics.loss.last", [3, 1, null], true],
    ["metrics.loss.last", [2, 1], false],
    ["metrics.loss.last", [null, 1], false],
    ['-metrics."loss".last', [1, 2], false],
    ["-duration", [1, 2], true],
    ["name", [2, 1], true],
  ])("%s over %j holds: %j", (sort, values, want) => {
    expect(isInOrder(of(...values), sort)).toBe(want);
  });
});

test("runs that changed are replaced, and a list without them is the same list", () => {
  const runs = [run({ runId: "a" }), run({ runId: "b" })];
  const newer = run({ runId: "b", name: "new" });

  expect(replacedRuns(runs, new Map([["b", newer]]))).toEqual([runs[0], newer]);
  expect(replacedRuns(runs, new Map([["c", newer]]))).toBe(runs);
});

describe("a sparkline", () => {
  test("reaches from edge to edge", () => {
    const series = seriesOf([
      { step: 0, value: 5 },
      { step: 5, value: 0 },
      { step: 10, value: 10 },
    ]);

    expect(sparkPath(series, 40, 10)).toBe("M0.0 5.0L20.0 10.0L40.0 0.0");
  });

  test("keeps a spike that a bucket hides between its first and last point", () => {
    const points = pointSeries({
      x: Float64Array.of(0, 1, 2, 3, 8),
      step: Float64Array.of(0, 1, 2, 3, 8),
      tsUs: Float64Array.of(0, 1, 2, 3, 8),
      value: Float64Array.of(0, 0, 99, 0, 0),
    });

    expect(sparkPath(bucketsOfPoints(points, 4), 40, 10)).toContain(" 0.0");
  });

  test("is nothing without two finite values", () => {
    const one = seriesOf([{ step: 1, value: 1 }]);
    const odd = {
      ...seriesOf([
        { step: 1, value: 1 },
        { step: 2, value: 1 },
      ]),
    };

    expect(sparkPath(one, 40, 10)).toBe("");
    expect(sparkPath({ ...odd, value: Float64Array.of(Number.NaN, 1) }, 40, 10)).toBe("");
    expect(sparkPath(odd, 40, 10)).toBe("M0.0 5.0L40.0 5.0");
  });
});

function byId(a: { runId: string }, b: { runId: string }): number {
  return a.runId < b.runId ? -1 : 1;
}

/** A reader of its own, so that the writer is not held to itself. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (let at = 0; at < text.length; ) {
    let cell: string | null = null;
    if (text[at] === '"') {
      cell = "";
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1;
        cell += text[at];
      }
      at += 1;
    } else {
      const end = text.slice(at).search(/,|\r\n/);
      cell = end === 0 ? null : text.slice(at, at + end);
      at += end;
    }
    row.push(cell);
    if (text[at] === ",") at += 1;
    else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}
