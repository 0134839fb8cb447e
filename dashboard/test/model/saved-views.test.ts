import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_VIEW, type Route } from "../../src/model/route.ts";
import {
  queryOf,
  routeOfView,
  type SavedView,
  viewName,
  withView,
} from "../../src/model/saved-views.ts";

const saved = (name: string, query = ""): SavedView => ({ name, query, savedUs: null });

test("a view leads to the state of the page that it was saved of", () => {
  const route: Route = {
    page: { kind: "runs", experiment: "ex" },
    view: { ...DEFAULT_VIEW, filter: 'tags.a = "?&="', sort: "name", archived: true },
  };

  expect(routeOfView("ex", saved("v", queryOf(route)))).toEqual(route);
});

test("the page as it comes by itself can be a view too", () => {
  const route: Route = { page: { kind: "runs", experiment: "ex" }, view: DEFAULT_VIEW };

  expect(queryOf(route)).toBe("");
  expect(routeOfView("ex", saved("v", ""))).toEqual(route);
});

test("views are in order of their names, each once, whatever came in which order", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c"));
  fc.assert(
    fc.property(names, names, (put, gone) => {
      let views: readonly SavedView[] = [];
      for (const name of put) views = withView(views, name, saved(name));
      for (const name of gone) views = withView(views, name, null);
      const want = [...new Set(put)].filter((name) => !gone.includes(name)).sort();
      expect(views.map((view) => view.name)).toEqual(want);
    }),
  );
});

test.each([
  [" best ", "best"],
  ["a/b?", "a/b?"],
  ["", null],
  ["  ", null],
  [".", null],
  ["..", null],
  ["x".repeat(256), null],
])("%s as a view's name", (text, want) => {
  expect(viewName(text)).toBe(want);
});
