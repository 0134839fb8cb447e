import { expect, test } from "vitest";
import type { BucketSeries, PointSeries } from "../../src/model/series.ts";
import { type Drawn, NOTHING_DRAWN, withSeries, withTail } from "../../widget/drawn.ts";
import { type KernelModel, listenToKernel } from "../../widget/kernel.ts";
import { scoped } from "../../widget/scope.ts";
import { notebookTheme } from "../../widget/theme.ts";

/** Bytes as a kernel's message has them: anywhere in a longer buffer. */
function bytes(column: Float64Array | BigInt64Array, shift = 3): DataView {
  const buffer = new ArrayBuffer(column.byteLength + shift);
  new Uint8Array(buffer, shift).set(new Uint8Array(column.buffer));
  return new DataView(buffer, shift, column.byteLength);
}

const f64 = (...values: number[]) => ({ f64: bytes(Float64Array.from(values)) });
const i64 = (...values: number[]) => ({ i64: bytes(BigInt64Array.from(values, BigInt)) });

function fetched(generation: number, ...values: number[]) {
  const steps = i64(...values.keys());
  const series = { run: "r", metric: "loss", kind: "points", x: steps, step: steps, ts_us: steps };
  return { generation, left_out: 0, series: [{ ...series, value: f64(...values) }] };
}

function tailOf(generation: number, points: Record<string, readonly [number, number][]>) {
  const all = Object.values(points).flat();
  const steps = i64(...all.map(([step]) => step));
  return {
    generation,
    metrics: Object.keys(points),
    n: Object.values(points).map((one) => one.length),
    step: steps,
    ts_us: steps,
    value: f64(...all.map(([, value]) => value)),
  };
}

const valuesOf = (drawn: Drawn, metric: string) => [
  ...(drawn.series.get(metric) as PointSeries).value,
];

test("columns of bytes are the numbers that were logged", () => {
  const drawn = withSeries(NOTHING_DRAWN, fetched(1, 3, Number.NaN, Number.POSITIVE_INFINITY));

  expect(valuesOf(drawn, "loss")).toEqual([3, Number.NaN, Number.POSITIVE_INFINITY]);
});

test("a tail that is told again, longer, adds what is new of each metric", () => {
  let drawn = withSeries(NOTHING_DRAWN, fetched(1, 3, 2));
  drawn = withTail(drawn, tailOf(1, { loss: [[2, 1]] }));
  drawn = withTail(
    drawn,
    tailOf(1, {
      loss: [
        [2, 1],
        [3, 0.5],
      ],
      acc: [[0, 0.9]],
    }),
  );

  expect(valuesOf(drawn, "loss")).toEqual([3, 2, 1, 0.5]);
  expect(valuesOf(drawn, "acc")).toEqual([0.9]);
});

test("a tail that overlaps the fetched series doubles nothing", () => {
  const drawn = withTail(
    withSeries(NOTHING_DRAWN, fetched(1, 3, 2)),
    tailOf(1, {
      loss: [
        [1, 2],
        [2, 1],
      ],
    }),
  );

  expect(valuesOf(drawn, "loss")).toEqual([3, 2, 1]);
});

test("a tail of another reading changes nothing", () => {
  const drawn = withSeries(NOTHING_DRAWN, fetched(2, 3, 2));

  expect(withTail(drawn, tailOf(1, { loss: [[2, 1]] }))).toBe(drawn);
});

test("a new reading replaces the series, and the same one again does nothing", () => {
  const old = withTail(withSeries(NOTHING_DRAWN, fetched(1, 3)), tailOf(1, { loss: [[1, 2]] }));

  expect(valuesOf(withSeries(old, fetched(2, 9, 8)), "loss")).toEqual([9, 8]);
  expect(withSeries(old, fetched(1, 9, 8))).toBe(old);
});

test("metrics that nobody draws anew keep their series", () => {
  const old = withSeries(NOTHING_DRAWN, fetched(1, 3));

  const drawn = withTail(old, tailOf(1, { acc: [[0, 1]] }));

  expect(drawn.series.get("loss")).toBe(old.series.get("loss"));
});

test("a series that outgrows its chart is summarised, and its spike stays", () => {
  let drawn = withSeries(NOTHING_DRAWN, fetched(1, 0));
  const points = Array.from({ length: 20_000 }, (_, i): [number, number] => [
    i + 1,
    i === 7777 ? 1 : 0,
  ]);
  drawn = withTail(drawn, tailOf(1, { loss: points }));

  const series = drawn.series.get("loss") as BucketSeries;
  expect(series.kind).toBe("buckets");
  expect(series.x.length).toBeLessThan(2001);
  expect(Math.max(...series.max)).toBe(1);
});

class Model implements KernelModel {
  readonly callbacks = new Map<string, () => void>();
  constructor(readonly traits: Record<string, unknown>) {}
  get = (trait: string) => this.traits[trait];
  on = (event: string, callback: () => void) => void this.callbacks.set(event, callback);
  off = (event: string) => void this.callbacks.delete(event);
  set(changed: Record<string, unknown>) {
    Object.assign(this.traits, changed);
    for (const trait of Object.keys(changed)) this.callbacks.get(`change:${trait}`)?.();
  }
}

const NOTHING = {
  url: "",
  state: {},
  run: null,
  metrics: [],
  series: null,
  tail: null,
  log: null,
  children: null,
};

test("a view that opens before the kernel has read anything waits", () => {
  const kernel = listenToKernel(new Model({ ...NOTHING }));

  expect(kernel.run.value).toBeNull();
  expect(kernel.state.value.name).toBe("connecting");
});

test("a view that opens late has series and tail", () => {
  const model = new Model({
    ...NOTHING,
    series: fetched(4, 3, 2),
    tail: tailOf(4, { loss: [[2, 1]] }),
  });

  expect(valuesOf(listenToKernel(model).drawn.value, "loss")).toEqual([3, 2, 1]);
});

test("one message that replaces series and tail draws both, in whatever order they are told", () => {
  for (const order of [
    ["series", "tail"],
    ["tail", "series"],
  ]) {
    const model = new Model({ ...NOTHING, series: fetched(1, 3), tail: tailOf(1, {}) });
    const kernel = listenToKernel(model);
    const next: Record<string, unknown> = {
      series: fetched(2, 3, 2),
      tail: tailOf(2, { loss: [[2, 1]] }),
    };
    Object.assign(model.traits, next);

    model.set(Object.fromEntries(order.map((trait) => [trait, next[trait]])));

    expect(valuesOf(kernel.drawn.value, "loss")).toEqual([3, 2, 1]);
  }
});

test("a view that is closed hears nothing more", () => {
  const model = new Model({ ...NOTHING });

  listenToKernel(model).dispose();

  expect(model.callbacks.size).toBe(0);
});

test("the page's tokens become the host's", () => {
  const css = `:root { --a: 1 } :root:not([data-theme="light"]) { --a: 2 } :root[data-theme="dark"] {}`;

  expect(scoped(css)).toBe(
    `:host { --a: 1 } :host(:not([data-theme="light"])) { --a: 2 } :host([data-theme="dark"]) {}`,
  );
});

test.each([
  [{ jpThemeLight: "true" }, [], "light"],
  [{ jpThemeLight: "false" }, [], "dark"],
  [{}, ["vscode-dark"], "dark"],
  [{}, ["vscode-light"], "light"],
  [{}, ["dark"], "dark"],
  [{}, [], null],
] as const)("a notebook that says %j %j is %s", (dataset, names, theme) => {
  const classList = { contains: (name: string) => (names as readonly string[]).includes(name) };

  expect(notebookTheme({ dataset, classList })).toBe(theme);
});
