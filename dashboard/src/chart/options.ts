/** What uPlot is told: scales, axes and the pointer. */
import type uPlot from "uplot";
import type { Range } from "../model/viewport.ts";
import {
  axisFactor,
  formatTick,
  logTicks,
  RELATIVE_STEPS_S,
  tickLabels,
  WHOLE_STEPS,
} from "./axes.ts";
import type { ChartModel } from "./line-chart.ts";

const Y_AXIS_WIDTH = 56;
const X_AXIS_HEIGHT = 28;
/** Wall time has a second line, for the date. */
const DATE_HEIGHT = 16;

interface Extent {
  readonly width: number;
  readonly height: number;
  readonly x: () => Range;
  readonly y: () => Range;
}

export function chartOptions(model: ChartModel, extent: Extent): uPlot.Options {
  const { axis, logX, logY, syncKey } = model;
  const factor = axisFactor(axis);
  return {
    width: extent.width || 320,
    height: extent.height || 180,
    ms: 1,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    scales: {
      x: {
        time: axis === "time",
        auto: false,
        distr: logX ? 3 : 1,
        log: 10,
        range: () => [extent.x()[0] * factor, extent.x()[1] * factor],
      },
      y: {
        auto: false,
        distr: logY ? 3 : 1,
        log: 10,
        range: () => [extent.y()[0], extent.y()[1]],
      },
    },
    series: [{}, { show: true, points: { show: false }, paths: () => null }],
    axes: [xAxis(model), yAxis(model)],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      sync: { key: syncKey, scales: ["x", null] },
    },
  };
}

function xAxis({ axis, logX, ink }: ChartModel): uPlot.Axis {
  const labels = tickLabels(axis);
  return {
    ...common(ink),
    size: X_AXIS_HEIGHT + (axis === "time" ? DATE_HEIGHT : 0),
    space: axis === "time" ? 70 : 60,
    ...(labels ? { values: (_: uPlot, splits: number[]) => labels(splits) } : {}),
    ...(axis === "relative" ? { incrs: RELATIVE_STEPS_S } : {}),
    ...(axis === "step" ? { incrs: WHOLE_STEPS } : {}),
    ...(logX ? LOG_AXIS : {}),
  };
}

function yAxis({ logY, ink }: ChartModel): uPlot.Axis {
  return {
    ...common(ink),
    ...(logY ? LOG_AXIS : {}),
    size: Y_AXIS_WIDTH,
    space: 28,
    values: (_, splits) => splits.map((v) => (v === null ? "" : formatTick(v))),
  };
}

function common(ink: ChartModel["ink"]): uPlot.Axis {
  return {
    stroke: ink.text,
    font: ink.font,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { show: false },
  };
}

/** Every tick is labelled: uPlot would leave out those that are no power of ten. */
const LOG_AXIS: Partial<uPlot.Axis> = {
  splits: (_, __, low, high) => logTicks(low, high),
  filter: (_, splits) => splits,
};
