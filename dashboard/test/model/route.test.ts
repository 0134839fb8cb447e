import fc from "fast-check";
import { expect, test } from "vitest";
import { metricAxis } from "../../src/model/axis.ts";
import { COMPARE_TABS, SPREADS, STATISTICS } from "../../src/model/compare-view.ts";
import {
  DEFAULT_VIEW,
  formatRoute,
  type Page,
  parseRoute,
  RUN_TABS,
  type View,
} from "../../src/model/route.ts";

const name = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const page: fc.Arbitrary<Page> = fc.oneof(
  fc.constant<Page>({ kind: "experiments" }),
  fc.constant<Page>({ kind: "compute" }),
  fc.constant<Page>({ kind: "sql" }),
  fc.constantFrom(...COMPARE_TABS).map((tab): Page => ({ kind: "compare", tab })),
  fc.constant<Page>({ kind: "models" }),
  fc
    .tuple(id, fc.oneof(fc.constant("default"), name))
    .map(([model, workspace]): Page => ({ kind: "model", name: model, workspace })),
  name.map((experiment): Page => ({ kind: "runs", experiment })),
  fc
    .tuple(id, fc.constantFrom(...RUN_TABS))
    .map(([runId, tab]): Page => ({ kind: "run", runId, tab })),
);
const view: fc.Arbitrary<View> = fc.record({
  sort: fc.constantFrom("-created", "name", 'metrics."a b".last'),
  filter: name,
  selected: fc.array(id, { maxLength: 4 }),
  columns: fc.option(
    fc.array(
      name.map((n) => `config.${n}`),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  pinned: fc.array(name, { maxLength: 2 }),
  widths: fc.dictionary(name, fc.integer({ min: 1, max: 999 }), { maxKeys: 3 }),
  group: fc.array(name, { maxLength: 2 }),
  folded: fc.array(name, { maxLength: 2 }),
  layout: fc.constantFrom("split", "table", "charts"),
  x: fc.oneof(fc.constantFrom("step", "time", "relative"), name.map(metricAxis)),
  logX: fc.boolean(),
  logY: fc.boolean(),
  smoothing: fc.constantFrom(0, 0.5, 0.99),
  zoom: fc.option(
    fc
      .tuple(fc.integer(), fc.integer({ min: 1, max: 1e9 }))
      .map(([from, width]): readonly [number, number] => [from, from + width]),
  ),
  archived: fc.boolean(),
  bin: fc.boolean(),
  search: name,
  chart: name,
  open: name,
  order: name,
  regex: fc.boolean(),
  matchCase: fc.boolean(),
  wrap: fc.boolean(),
  sql: name,
  parameters: fc.dictionary(fc.stringMatching(/^[a-z_]\w{0,9}$/), name, { maxKeys: 2 }),
  line: fc.constantFrom(0, 1, 1_000_000),
  compare: fc.record({
    runs: fc.array(id, { maxLength: 4 }),
    experiment: fc.oneof(fc.constant(""), name),
    baseline: fc.oneof(fc.constant(""), id),
    groupBy: fc.constantFrom("", "status", "-config.seed"),
    spread: fc.constantFrom(...SPREADS),
    overlay: fc.array(name, { maxLength: 3 }),
    closed: fc.array(name, { maxLength: 3 }),
    statistic: fc.constantFrom(...STATISTICS),
    onlyDifferences: fc.boolean(),
    axes: fc.option(fc.array(name, { maxLength: 3 })),
    logs: fc.option(fc.array(name, { maxLength: 3 })),
    brushes: fc.array(
      fc
        .tuple(name, fc.integer(), fc.nat())
        .map(([axis, from, width]) => ({ axis, from, to: from + width / 4 })),
      { maxLength: 2 },
    ),
    color: fc.oneof(fc.constant(""), name),
    scatterX: fc.oneof(fc.constant(""), name),
    scatterY: fc.oneof(fc.constant(""), name),
    step: fc.option(fc.integer()),
    left: fc.oneof(fc.constant(""), id),
    right: fc.oneof(fc.constant(""), id),
    isUnified: fc.boolean(),
  }),
});

test("an address gives back the page that it was made of", () => {
  fc.assert(
    fc.property(page, view, (p, v) => {
      const [address, line] = formatRoute({ page: p, view: v }).split("#");
      const [path, query] = address.split("?");
      expect(parseRoute(path, query ?? "", line ? `#${line}` : "")).toEqual({ page: p, view: v });
    }),
  );
});

test("a page with nothing chosen has a plain address", () => {
  const at: Page = { kind: "run", runId: "a", tab: "overview" };

  expect(formatRoute({ page: at, view: DEFAULT_VIEW })).toBe("/runs/a");
});

test.each([
  "?zoom=9..1",
  "?zoom=a..b",
  "?smooth=7",
  "?x=mass",
  "?x=metric:",
  "?sort=",
  "?layout=round",
  "?brush=a%252Cb%252Cc",
  "?brush=config.lr%252C2%252C1",
  "?step=1.5",
  "?stat=mean&spread=wide",
  "?width=:9,a:-1,b:wide,c",
  "?%E0%A4",
])("malformed %s means the default", (query) => {
  expect(parseRoute("/", query).view).toEqual(DEFAULT_VIEW);
});

test.each(["#L0", "#L", "#L-1", "#l7", "#L1x"])("%s points at no line", (hash) => {
  expect(parseRoute("/", "", hash).view.line).toBe(0);
});

test.each(["/nowhere", "/runs", "/runs/a/unknown", "/runs/a/charts/b", "/compare/nothing"])(
  "%s is no page",
  (path) => {
    expect(parseRoute(path, "").page).toEqual({ kind: "unknown", path });
  },
);
