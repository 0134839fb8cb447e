import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Edge, type Layout, layered } from "../../src/model/layered.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];

/** Any edges at all: to oneself, twice, in circles, and to nodes that are not there. */
const edges = fc.array(
  fc.tuple(fc.constantFrom(...NAMES, "gone"), fc.constantFrom(...NAMES, "gone")),
  { maxLength: 20 },
);
const forward = fc
  .array(fc.tuple(fc.nat(NAMES.length - 1), fc.nat(NAMES.length - 1)), { maxLength: 20 })
  .map((pairs) =>
    pairs
      .filter(([from, to]) => from !== to)
      .map(([from, to]): Edge => [NAMES[Math.min(from, to)], NAMES[Math.max(from, to)]]),
  );

function columnOf(layout: Layout, name: string): number | undefined {
  return layout.places.get(name)?.column;
}

describe("a graph in layers", () => {
  test("every edge leads down, one layer at a time", () => {
    fc.assert(
      fc.property(edges, (all) => {
        const layout = layered(NAMES, all);

        for (const { edge, path } of layout.edges) {
          expect(path[0]).toEqual(layout.places.get(edge[0]));
          expect(path.at(-1)).toEqual(layout.places.get(edge[1]));
          path.slice(1).forEach((place, i) => {
            expect(place.layer).toBe(path[i].layer + 1);
          });
        }
      }),
    );
  });

  test("edges without a circle are all drawn, each once", () => {
    fc.assert(
      fc.property(forward, (all) => {
        const drawn = layered(NAMES, all).edges.map(({ edge }) => edge.join());

        expect(drawn.sort()).toEqual([...new Set(all.map((edge) => edge.join()))].sort());
      }),
    );
  });

  test("no two nodes of a layer are nearer than the width of one, and none is beside the drawing", () => {
    fc.assert(
      fc.property(edges, (all) => {
        const layout = layered(NAMES, all);
        const places = [...layout.places.values()];

        for (let layer = 0; layer < layout.layerCount; layer++) {
          const columns = places.filter((place) => place.layer === layer).map((p) => p.column);
          columns.sort((a, b) => a - b);
          expect(columns[0]).toBeGreaterThan(-1e-9);
          expect(columns.at(-1)).toBeLessThan(layout.columnCount - 1 + 1e-9);
          columns.slice(1).forEach((column, i) => {
            expect(column - columns[i]).toBeGreaterThan(1 - 1e-9);
          });
        }
      }),
    );
  });

  test("a chain is a straight line", () => {
    const layout = layered(
      ["a", "b", "c"],
      [
        ["a", "b"],
        ["b", "c"],
      ],
    );

    expect(new Set([...layout.places.values()].map(({ column }) => column)).size).toBe(1);
  });

  test("a node stands right below the last that it comes after", () => {
    const layout = layered(
      ["prepare", "train", "test", "report"],
      [
        ["prepare", "train"],
        ["train", "test"],
        ["prepare", "report"],
        ["test", "report"],
      ],
    );

    const layers = [...layout.places].map(([name, { layer }]) => [name, layer]);
    expect(layers).toEqual([
      ["prepare", 0],
      ["train", 1],
      ["test", 2],
      ["report", 3],
    ]);
  });

  test("crossings that can be undone are undone", () => {
    const layout = layered(
      ["a", "b", "c", "d"],
      [
        ["a", "d"],
        ["b", "c"],
      ],
    );

    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => columnOf(layout, name) ?? 0);
    expect(Math.sign(a - b)).toBe(Math.sign(d - c));
  });

  test("of a circle one edge is left out", () => {
    const layout = layered(
      ["a", "b"],
      [
        ["a", "b"],
        ["b", "a"],
      ],
    );

    expect(layout.edges.map(({ edge }) => edge)).toEqual([["a", "b"]]);
  });

  test("nothing is drawn of nothing", () => {
    expect(layered([], [])).toEqual({
      places: new Map(),
      edges: [],
      layerCount: 0,
      columnCount: 0,
    });
  });
});
