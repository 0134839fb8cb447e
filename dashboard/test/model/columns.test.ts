import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellNumber, compareCells, entryOf, spreadOf } from "../../src/model/cells.ts";
import {
  cellValue,
  columnSort,
  fieldColumnId,
  isNumberColumn,
  neededMetrics,
  nextSort,
  parseColumn,
  pickColumns,
} from "../../src/model/columns.ts";
import { fieldPath, type RunField } from "../../src/model/fields.ts";
import { partsOf, tokensOf } from "../../src/model/filter-tokens.ts";
import {
  clampWidth,
  defaultWidth,
  movedBy,
  movedTo,
  placeColumns,
} from "../../src/model/table-layout.ts";
import { field, run } from "../strategies.ts";

const ids = ["status", "tags", "config.lr", "tags.team", "metrics.loss.last", "metrics.a.b.min"];
const columns = ids.flatMap((id) => parseColumn(id) ?? []);

describe("columns", () => {
  test.each(ids)("%s is a column that says so", (id) => {
    expect(parseColumn(id)?.id).toBe(id);
  });

  test.each(["metrics.loss", "metrics.loss.mean", "config.", "nope", ""])(
    "%j is no column",
    (id) => {
      expect(parseColumn(id)).toBeNull();
    },
  );

  test.each([
    ["status", "status"],
    ["tags", null],
    ["config.a.b c", 'config.a."b c"'],
    ["tags.team", "tags.team"],
    ["metrics.train/loss.last", "metrics.train/loss.last"],
    ["metrics.val loss.min", 'metrics."val loss".min'],
  ])("%s sorts by %s", (id, want) => {
    const column = parseColumn(id);

    expect(column && columnSort(column)).toBe(want);
  });

  test("config that varies comes before the first metrics, which are not config too", () => {
    const fields: RunField[] = [
      field("config", "seed", { values: ["7"] }),
      field("config", "lr", { values: ["1", "2"] }),
      field("tags", "team", {}),
      field("metrics", "lr", {}),
      field("metrics", "loss", {}),
    ];

    expect(pickColumns(fields)).toEqual([
      "status",
      "duration",
      "created",
      "config.lr",
      "metrics.loss.last",
      "tags",
    ]);
  });

  test("each metric is asked for once", () => {
    expect(neededMetrics([...columns, ...columns])).toEqual(["loss", "a.b"]);
  });

  test("numbers are told from text by the fields", () => {
    const fields = [field("config", "lr", { kind: "number" }), field("tags", "team", {})];

    expect(columns.filter((c) => isNumberColumn(c, fields)).map(({ id }) => id)).toEqual([
      "config.lr",
      "metrics.loss.last",
      "metrics.a.b.min",
    ]);
    expect(fieldColumnId(field("metrics", "loss", {}), "max")).toBe("metrics.loss.max");
  });

  test("three clicks on a heading lead back to the default", () => {
    const first = nextSort("-created", "name", "-created");
    const second = nextSort(first, "name", "-created");

    expect([first, second, nextSort(second, "name", "-created")]).toEqual([
      "-name",
      "name",
      "-created",
    ]);
  });

  test("a key that holds dots comes before a path into nested objects", () => {
    const entries = { "a.b": 1, a: { b: 2, c: { d: 3 } }, "e.f": { g: 4 } };

    expect(
      ["a.b", "a.c.d", "e.f.g", "a.x", "e.g", "toString"].map((name) => entryOf(entries, name)),
    ).toEqual([1, 3, 4, undefined, undefined, undefined]);
  });

  test("a cell is found wherever it is", () => {
    const one = run({ status: "Failed", config: { lr: 0.1 }, tags: { team: "a" } });

    expect(
      ["status", "config.lr", "tags.team", "metrics.loss.last"].map((id) => {
        const column = parseColumn(id);
        return column && cellValue(one, column);
      }),
    ).toEqual(["Failed", 0.1, "a", undefined]);
  });
});

test("a name as filters take it is one word, whose parts are the name again", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
      const path = `config.${fieldPath(name)}`;
      const tokens = tokensOf(path);
      expect(tokens.map(({ kind, text }) => [kind, text])).toEqual([["word", path]]);
      expect(partsOf(path).slice(1).join(".")).toBe(name);
    }),
  );
});

describe("cells", () => {
  const cell = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom("3", "-1.5", "x", "", null, undefined, true, "NaN"),
  );

  test("comparing is an order: reflexive, antisymmetric and transitive", () => {
    fc.assert(
      fc.property(cell, cell, cell, fc.boolean(), (a, b, c, down) => {
        const way = (x: unknown, y: unknown) => Math.sign(compareCells(x, y, down));
        expect(way(a, a)).toBe(0);
        expect(way(a, b) + way(b, a)).toBe(0);
        if (way(a, b) <= 0 && way(b, c) <= 0) expect(way(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("numbers come before text and what is missing last, both ways", () => {
    const cells = [null, "x", 3, "12", "y", 1];
    const sorted = (down: boolean) => cells.toSorted((a, b) => compareCells(a, b, down));

    expect(sorted(false)).toEqual([1, 3, "12", "x", "y", null]);
    expect(sorted(true)).toEqual(["12", 3, 1, "y", "x", null]);
  });

  test.each([
    ["3", 3],
    [" 3", null],
    ["0x10", null],
    ["", null],
    [true, null],
    ["-1e-3", -0.001],
  ])("%j is the number %j", (value, want) => {
    expect(cellNumber(value)).toBe(want);
  });

  test("the mean is between the least and the greatest, of as many as are numbers", () => {
    fc.assert(
      fc.property(fc.array(cell), (cells) => {
        const spread = spreadOf(cells);
        const numbers = cells.map(cellNumber).filter((n) => n !== null && Number.isFinite(n));
        expect(spread?.count ?? 0).toBe(numbers.length);
        if (!spread) return;
        expect(spread.min).toBeLessThanOrEqual(spread.mean);
        expect(spread.mean).toBeLessThanOrEqual(spread.max);
      }),
    );
  });
});

describe("the layout", () => {
  const placed = (pinned: string[], widths = {}) => placeColumns(columns, pinned, widths);

  test("every column is in one place, pinned ones first, and the widths add up", () => {
    fc.assert(
      fc.property(
        fc.subarray(ids),
        fc.dictionary(fc.constantFrom("name", ...ids), fc.integer({ min: 56, max: 800 })),
        (pinned, widths) => {
          const { nameWidth, ...layout } = placed(pinned, widths);
          const all = [...layout.pinned, ...layout.free];
          expect(all.map(({ column }) => column.id).toSorted()).toEqual(ids.toSorted());
          let left = nameWidth;
          for (const one of all) {
            expect(one.left).toBe(left);
            left += one.width;
          }
          expect(layout.width).toBe(left);
          expect(layout.pinnedWidth).toBe(layout.free[0]?.left ?? left);
        },
      ),
    );
  });

  test("a column has the width that it was given", () => {
    expect(placed([], { status: 300 }).free[0].width).toBe(300);
    expect(placed([]).free[0].width).toBe(defaultWidth(columns[0]));
    expect([clampWidth(1), clampWidth(99.6), clampWidth(9999)]).toEqual([56, 100, 800]);
  });

  test("moving keeps every column, and the others in their order", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.constantFrom(...ids), (id, target) => {
        const moved = movedTo(ids, id, target);
        expect(moved.indexOf(id)).toBe(ids.indexOf(target));
        expect(moved.filter((one) => one !== id)).toEqual(ids.filter((one) => one !== id));
      }),
    );
  });

  test("a column moves as far as there are places", () => {
    expect(movedBy(ids, "tags", -5)).toEqual(["tags", "status", ...ids.slice(2)]);
    expect(movedBy(ids, "nope", 1)).toBe(ids);
    expect(movedTo(ids, "status", "nope")).toBe(ids);
  });
});
