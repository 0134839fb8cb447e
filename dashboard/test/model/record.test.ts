import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv, separatorOf } from "../../src/base/csv.ts";
import type { FileItem, ImageItem, TablePage } from "../../src/model/catalog.ts";
import { FIT, galleryOf, placeAt, zoomed } from "../../src/model/gallery.ts";
import { jsonRows } from "../../src/model/json-rows.ts";
import { previewKind } from "../../src/model/preview.ts";
import { sparkPath } from "../../src/model/spark.ts";
import { missingRows, rowAt, TABLE_PAGE_ROWS, withRows } from "../../src/model/table-pages.ts";
import { points, seriesOf } from "../strategies.ts";

const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "é", " ") });

function csvOf(rows: readonly (readonly string[])[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

describe("a CSV file", () => {
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { maxLength: 6 });

  test("gives back the cells that it was made of", () => {
    fc.assert(
      fc.property(rows, (made) => {
        const { header, rows: body, isCut } = parseCsv(csvOf(made), ",", 100, true);
        expect(made.length > 0 ? [header, ...body] : []).toEqual(made);
        expect(isCut).toBe(false);
      }),
    );
  });

  test("that was cut anywhere shows whole rows alone", () => {
    fc.assert(
      fc.property(rows, fc.nat(100), (made, at) => {
        const text = csvOf(made);
        const { header, rows: body } = parseCsv(text.slice(0, at), ",", 100, false);
        const shown = header.length > 0 ? [header, ...body] : [];
        expect(shown).toEqual(made.slice(0, shown.length));
      }),
    );
  });

  test("shows its first rows and says that there are more", () => {
    const text = csvOf([
      ["h", "i"],
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);

    expect(parseCsv(text, ",", 2, true)).toEqual({
      header: ["h", "i"],
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
      isCut: true,
    });
    expect(parseCsv(text, ",", 3, true).isCut).toBe(false);
  });

  test("may do without quotes, and without an end of its last line", () => {
    expect(parseCsv('\ufeffa;b"\n1;', ";", 9, true)).toEqual({
      header: ["a", 'b"'],
      rows: [["1", ""]],
      isCut: false,
    });
  });

  test.each([
    ["a.tsv", "a,b", "\t"],
    ["a.csv", "a;b\n1,5;2", ";"],
    ["a.csv", "a,b;c\n", ","],
    ["a.csv", "", ","],
  ])("%s that begins with %j is separated by %j", (path, text, want) => {
    expect(separatorOf(path, text)).toBe(want);
  });
});

describe("a tree of values", () => {
  const value = { model: { layers: [{ w: 64 }, { w: 128 }] }, lr: 0.1, none: null, empty: {} };
  const view = { turned: new Set<string>(), openDepth: 1, search: "" };

  test("is open to a depth, and where it was turned", () => {
    const paths = (change: Partial<typeof view>) =>
      jsonRows(value, { ...view, ...change }, 99).rows.map((row) => row.path);

    expect(paths({})).toEqual(["model", "model.layers", "lr", "none", "empty"]);
    expect(paths({ turned: new Set(["model"]) })).toEqual(["model", "lr", "none", "empty"]);
    expect(paths({ search: "128" })).toEqual([
      "model",
      "model.layers",
      "model.layers[1]",
      "model.layers[1].w",
    ]);
    expect(paths({ search: "LR" })).toEqual(["lr"]);
  });

  test("that is open has every member once", () => {
    fc.assert(
      fc.property(fc.object({ key: fc.stringMatching(/^[a-z]{1,4}$/) }), (made) => {
        const { rows, count } = jsonRows(made, { ...view, openDepth: 99 }, 1e6);
        expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
        expect(count).toBe(rows.length);
        const leaves = rows.filter((row) => row.size === null).length;
        expect(leaves).toBe(leafCount(made));
      }),
    );
  });

  test("says how many rows there are beyond the limit", () => {
    const { rows, count } = jsonRows([1, 2, 3], view, 2);

    expect([rows.length, count]).toEqual([2, 3]);
  });
});

function leafCount(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + leafCount(member), 0);
}

describe("the pages of a table", () => {
  const count = 1000;
  const page = (offset: number): TablePage => {
    const rows = Array.from({ length: Math.min(TABLE_PAGE_ROWS, count - offset) }, (_, i) => i);
    const values = rows.map((i) => count - 1 - (offset + i));
    return {
      rowCount: count,
      matchCount: count,
      rows: values,
      offset,
      columns: [{ name: "x", values }],
    };
  };

  test("name each row by its place in the log", () => {
    const none = { sort: "-x", search: "", first: page(0), pages: new Map<number, TablePage>() };
    const rows = withRows(none, page(0));
    expect(missingRows(rows, 0, 900)).toBe(1);
    const whole = withRows(withRows(rows, page(400)), page(800));

    expect(missingRows(whole, 0, 2000)).toBeNull();
    expect(rowAt(whole, 999)).toEqual({ number: 0, cells: [0] });
    expect(rowAt(whole, 1000)).toBeUndefined();
    expect(rowAt(rows, 400)).toBeUndefined();
  });
});

test.each([
  ["a.png", "image/png", "picture"],
  ["a.svg", "image/svg+xml", "drawing"],
  ["a.svg", "text/plain", "drawing"],
  ["a.html", "text/html", "text"],
  ["a.json", "application/octet-stream", "json"],
  ["a.jsonl", "application/octet-stream", "text"],
  ["a.csv", "text/csv; charset=utf-8", "table"],
  ["Makefile", "application/octet-stream", "text"],
  ["model.bin", "application/octet-stream", "none"],
  ["image", "image/png+script", "none"],
])("%s of type %s is shown as %s", (path, mediaType, want) => {
  const file: FileItem = { path, mediaType, sizeBytes: 1, tsUs: null };

  expect(previewKind(file)).toBe(want);
});

describe("a gallery", () => {
  const image = (name: string, step: number | null): ImageItem => {
    const rest = { tsUs: null, width: null, height: null, description: null };
    return { name, path: `${name}${step}`, step, ...rest };
  };

  test("shows every name at a step that they share", () => {
    const { groups, steps } = galleryOf([image("b", 10), image("b", 0), image("a", 5)]);

    expect(steps).toEqual([0, 5, 10]);
    expect(groups.map((group) => group.name)).toEqual(["a", "b"]);
    expect(groups[1].images.map((one) => one.step)).toEqual([0, 10]);
    expect([0, 5, 9, 10, 11].map((step) => placeAt(groups[1].images, step))).toEqual([
      0, 0, 0, 1, 1,
    ]);
    expect(placeAt(groups[0].images, 0)).toBe(0);
  });

  test("counts where there are no steps", () => {
    expect(galleryOf([image("a", null), image("a", null)]).steps).toEqual([0, 1]);
  });

  test("zooms about the pointer and back to the whole", () => {
    const at = { x: 100, y: -50 };
    const near = zoomed(zoomed(FIT, 2, at), 3, at);

    expect(near).toEqual({ scale: 6, x: 100 - 600, y: -50 + 300 });
    expect(zoomed(near, 1 / 100, at)).toEqual(FIT);
  });
});

test("a spark stays in its box, whatever the series", () => {
  fc.assert(
    fc.property(points, (drawn) => {
      const numbers = sparkPath(seriesOf(drawn), 70, 20).match(/-?[\d.]+/g) ?? [];
      for (const [i, text] of numbers.entries()) {
        expect(Number(text)).toBeGreaterThanOrEqual(0);
        expect(Number(text)).toBeLessThanOrEqual(i % 2 ? 20 : 70);
      }
    }),
  );
});
