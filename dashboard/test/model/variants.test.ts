import { expect, test } from "vitest";
import {
  bestVariant,
  type ChartView,
  EMPTY_ENTRY,
  exactVariant,
  grown,
  numbersIn,
  seriesFor,
  withVariant,
} from "../../src/model/variants.ts";
import { deltaOf, seriesOf } from "../strategies.ts";

const whole: ChartView = { axis: "step", range: null, dense: false };
const zoom = (from: number, to: number): ChartView => ({ ...whole, range: [from, to] });
const series = seriesOf([{ step: 1, value: 1 }]);
const fetched = (view: ChartView) => ({ view, series, withoutX: 0 });
const entry = [whole, zoom(0, 5), zoom(0, 9)].map(fetched).reduce(withVariant, EMPTY_ENTRY);

test("until a zoom is fetched, all of the series stands in for it", () => {
  expect(exactVariant(entry, zoom(3, 4))).toBeNull();
  expect(bestVariant(entry, zoom(3, 4))?.view).toBe(whole);
});

test("another axis is never drawn as this one", () => {
  expect(seriesFor(entry, { ...whole, axis: "time" })).toBeNull();
});

test("a zoom that was seen is there when it is gone back to", () => {
  expect(exactVariant(entry, zoom(0, 5))?.view.range).toEqual([0, 5]);
});

test("a few zooms are kept, and the whole always", () => {
  const many = Array.from({ length: 20 }, (_, i) => zoom(i, 30))
    .map(fetched)
    .reduce(withVariant, entry);

  expect(exactVariant(many, whole)).not.toBeNull();
  expect(exactVariant(many, zoom(0, 5))).toBeNull();
  expect(many.variants.length).toBeLessThanOrEqual(5);
});

test("what is seen grows, and what is not is forgotten", () => {
  const after = grown(entry, deltaOf([{ step: 4, value: 2 }]), zoom(0, 5), 0);

  expect(after.variants.map((one) => [one.view.range, one.series.x.length])).toEqual([
    [[0, 5], 2],
    [null, 2],
  ]);
  expect(numbersIn(after)).toBe(16);
});

test("a delta that brings nothing new changes nothing", () => {
  const seen = withVariant(EMPTY_ENTRY, fetched(whole));

  expect(grown(seen, deltaOf([{ step: 1, value: 1 }]), whole, 0)).toBe(seen);
});
