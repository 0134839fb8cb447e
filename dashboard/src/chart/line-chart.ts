/**
 * A line chart of several series. uPlot owns axes, grid, pointer and selection; the lines are
 * painted here straight from the series' own columns, so that runs with different x's need not
 * be joined into one table, and bands, faint raw lines and marks look the same everywhere.
 */
import uPlot from "uplot";
import { type Curve, xExtent } from "../model/curve.ts";
import { draggedRange, type Range, xRange, yRange } from "../model/viewport.ts";
import {
  axisFactor,
  type ChartAxis,
  formatTick,
  logTicks,
  RELATIVE_STEPS_S,
  tickLabels,
  WHOLE_STEPS,
} from "./axes.ts";
import { type Projection, paintCurve } from "./paint.ts";
import { type Reading, readAt } from "./readout.ts";

export interface ChartLine {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly dash: readonly number[];
  /** A run's series, or a group of runs as `groupBand` makes it. */
  readonly series: Curve;
}

export interface ChartModel {
  readonly lines: readonly ChartLine[];
  readonly axis: ChartAxis;
  readonly range: Range | null;
  readonly logY: boolean;
  readonly smoothing: number;
  readonly highlighted: string | null;
  readonly ink: { readonly text: string; readonly grid: string; readonly font: string };
  /** Charts with the same key share their crosshair. */
  readonly syncKey: string;
}

export interface LineReading extends Reading {
  readonly line: ChartLine;
  /** How far above or below the pointer, in CSS pixels; NaN for what cannot be drawn. */
  readonly gap: number;
}

/** What is under the pointer, nearest line first; `left` and `top` are in CSS pixels. */
export interface Hover {
  readonly x: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly readings: readonly LineReading[];
}

export interface ChartHandlers {
  /** The person dragged over a range of x, or double-clicked to see all (null). */
  readonly onZoom: (range: Range | null) => void;
  readonly onHover: (hover: Hover | null) => void;
}

const Y_AXIS_WIDTH = 56;
const X_AXIS_HEIGHT = 28;
/** A line is read this many pixels beyond its ends, so that the ends can be pointed at. */
const END_REACH = 12;

export class LineChart {
  private plot: uPlot | null = null;
  private x: Range = [0, 1];
  private inside = false;

  constructor(
    private readonly root: HTMLElement,
    private model: ChartModel,
    private readonly handlers: ChartHandlers,
  ) {}

  /** Draw `model`, in the space that the root element has. */
  update(model: ChartModel): void {
    const old = this.model;
    this.model = model;
    const rebuild =
      !this.plot ||
      old.axis !== model.axis ||
      old.logY !== model.logY ||
      old.ink.text !== model.ink.text ||
      old.syncKey !== model.syncKey;
    if (rebuild) this.build();
    this.rescale();
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (this.plot && width > 0 && height > 0) this.plot.setSize({ width, height });
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private build(): void {
    this.plot?.destroy();
    this.plot = new uPlot(
      this.options(),
      [
        [0, 1],
        [null, null],
      ],
      this.root,
    );
    const { over } = this.plot;
    over.addEventListener("mouseenter", () => {
      this.inside = true;
    });
    over.addEventListener("mouseleave", () => {
      this.inside = false;
      this.handlers.onHover(null);
    });
  }

  private rescale(): void {
    const { plot, model } = this;
    if (!plot) return;
    const series = model.lines.map((line) => line.series);
    this.x = model.range ?? xRange(series) ?? [0, 1];
    const [low, high] = yRange(series, this.x, model.logY);
    const factor = axisFactor(model.axis);
    plot.batch(() => {
      plot.setScale("x", { min: this.x[0] * factor, max: this.x[1] * factor });
      plot.setScale("y", { min: low, max: high });
    });
    plot.redraw(false, false);
    if (this.inside) this.hover();
  }

  private options(): uPlot.Options {
    const { axis, logY, ink, syncKey } = this.model;
    const { clientWidth, clientHeight } = this.root;
    const common = { stroke: ink.text, font: ink.font, grid: { stroke: ink.grid, width: 1 } };
    const labels = tickLabels(axis);
    const ticks = { show: false };
    return {
      width: clientWidth || 320,
      height: clientHeight || 180,
      ms: 1,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: axis === "time", auto: false },
        y: { auto: false, distr: logY ? 3 : 1, log: 10 },
      },
      series: [{}, { show: true, points: { show: false }, paths: () => null }],
      axes: [
        {
          ...common,
          ticks,
          size: X_AXIS_HEIGHT,
          space: axis === "time" ? 70 : 60,
          ...(labels ? { values: (_: uPlot, splits: number[]) => labels(splits) } : {}),
          ...(axis === "relative" ? { incrs: RELATIVE_STEPS_S } : {}),
          ...(axis === "step" ? { incrs: WHOLE_STEPS } : {}),
        },
        {
          ...common,
          ticks,
          ...(logY ? LOG_AXIS : {}),
          size: Y_AXIS_WIDTH,
          space: 28,
          values: (_, splits) => splits.map((v) => (v === null ? "" : formatTick(v))),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        sync: { key: syncKey, scales: ["x", null] },
        bind: { dblclick: () => () => this.reset() },
      },
      hooks: {
        draw: [(plot) => this.paint(plot)],
        setCursor: [() => this.hover()],
        setSelect: [(plot) => this.selected(plot)],
      },
    };
  }

  private reset(): null {
    this.handlers.onZoom(null);
    return null;
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const factor = axisFactor(this.model.axis);
    const a = plot.posToVal(left, "x") / factor;
    const b = plot.posToVal(left + width, "x") / factor;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    // The pointer's own chart alone zooms; the crosshair's echo in the others does not.
    if (!this.inside) return;
    const range = draggedRange(a, b, this.x);
    if (range) this.handlers.onZoom(this.model.axis === "number" ? range : wholeRange(range));
  }

  private hover(): void {
    const { plot, model } = this;
    if (!plot || !this.inside) return;
    const { left = -1, top = -1 } = plot.cursor;
    if (left < 0 || top < 0) {
      this.handlers.onHover(null);
      return;
    }
    const x = plot.posToVal(left, "x") / axisFactor(model.axis);
    const reach = ((this.x[1] - this.x[0]) / plot.over.clientWidth) * END_REACH;
    const readings = model.lines
      .flatMap((line) => {
        const reading = readAt(line.series, x);
        // A run that ended long before the pointer has nothing to say here.
        const extent = xExtent(line.series);
        if (!reading || !extent || x < extent[0] - reach || x > extent[1] + reach) return [];
        return [{ ...reading, line, gap: Math.abs(plot.valToPos(reading.value, "y") - top) }];
      })
      .sort((a, b) => gapOrder(a.gap) - gapOrder(b.gap));
    this.handlers.onHover({ x, left, top, width: plot.over.clientWidth, readings });
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { lines, logY, smoothing, highlighted } = this.model;
    const to = projection(plot, this.x, logY);
    ctx.save();
    ctx.beginPath();
    // Dots and marks at the very edge stay whole.
    const room = 5 * uPlot.pxRatio;
    ctx.rect(bbox.left - room, bbox.top - room, bbox.width + 2 * room, bbox.height + 2 * room);
    ctx.clip();
    const dimmed = highlighted !== null && lines.some((line) => line.id === highlighted);
    const order = [...lines].sort(
      (a, b) => Number(a.id === highlighted) - Number(b.id === highlighted),
    );
    for (const line of order) {
      paintCurve(ctx, line.series, to, {
        color: line.color,
        dash: line.dash,
        smoothing,
        faded: dimmed && line.id !== highlighted,
        highlighted: dimmed && line.id === highlighted,
      });
    }
    ctx.restore();
  }
}

function projection(plot: uPlot, [xMin, xMax]: Range, logY: boolean): Projection {
  const { left, top, width, height } = plot.bbox;
  const { min = 0, max = 1 } = plot.scales.y;
  const place = logY ? Math.log10 : (value: number) => value;
  const low = place(min ?? 0);
  const span = place(max ?? 1) - low;
  return {
    x: (value) => left + ((value - xMin) / (xMax - xMin)) * width,
    y: (value) => top + height - ((place(value) - low) / span) * height,
    xMin,
    xMax,
    left,
    top,
    width,
    height,
    pixelRatio: uPlot.pxRatio,
  };
}

/** Every tick is labelled: uPlot would leave out those that are no power of ten. */
const LOG_AXIS: Partial<uPlot.Axis> = {
  splits: (_, __, low, high) => logTicks(low, high),
  filter: (_, splits) => splits,
};

function gapOrder(gap: number): number {
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
}

/** The server takes whole steps and microseconds; outwards, so that nothing seen is cut off. */
function wholeRange([from, to]: Range): Range {
  return [Math.floor(from), Math.ceil(to)];
}
