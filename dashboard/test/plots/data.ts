/** Curves and frames that pictures share. Values come from sines alone: no picture may change by itself. */
import { SERIES_COLORS } from "../../src/base/color.ts";
import type { ChartLine, ChartModel } from "../../src/chart/line-chart.ts";
import type { Picture } from "../../src/chart/picture.ts";
import type { Curve } from "../../src/model/curve.ts";
import { pointSeries } from "../../src/model/series.ts";

/** A value a step. */
export function curveOf(count: number, value: (step: number) => number) {
  return atSteps(
    Array.from({ length: count }, (_, step) => step),
    value,
  );
}

export function atSteps(steps: readonly number[], value: (step: number) => number) {
  const step = Float64Array.from(steps);
  return pointSeries({
    x: step,
    step,
    tsUs: new Float64Array(step.length),
    value: step.map(value),
  });
}

/** Looks like noise and is none: the sum of sines that share no period. */
export function wiggle(step: number): number {
  return (Math.sin(step * 12.9898) + Math.sin(step * 78.233) + Math.sin(step * 3.7)) / 3;
}

export function picture(
  title: string,
  curves: Readonly<Record<string, Curve>>,
  change: Partial<ChartModel> = {},
): Picture {
  const lines = Object.entries(curves).map(
    ([label, series], i): ChartLine => ({
      id: label,
      label,
      color: SERIES_COLORS.light[i],
      dash: [],
      series,
    }),
  );
  const model: ChartModel = {
    lines,
    axis: "step",
    range: null,
    logX: false,
    logY: false,
    smoothing: 0,
    highlighted: null,
    ink: { text: "#5b6472", grid: "#eceef1", font: "12px system-ui, sans-serif" },
    syncKey: "",
    ...change,
  };
  return { model, title, xName: "step", background: "#ffffff", width: 640, height: 320 };
}
