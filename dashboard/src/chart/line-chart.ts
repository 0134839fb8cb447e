/**
 * A line chart of several curves. uPlot owns axes, grid, pointer and selection; the lines are
 * painted here straight from the curves' own columns, so that runs with different x's need not
 * be joined into one table, and bands, faint raw lines and marks look the same everywhere.
 */
import uPlot from "uplot";
import { type Curve, xExtent } from "../model/curve.ts";
import {
  draggedRange,
  panned,
  type Range,
  scaled,
  scaleOf,
  xRange,
  yRange,
} from "../model/viewport.ts";
import { axisFactor, type ChartAxis, isFractional } from "./axes.ts";
import { inFrame, notInFrame } from "./frames.ts";
import { paintLines } from "./lines.ts";
import { chartOptions } from "./options.ts";
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
  readonly logX: boolean;
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
  /** The person zoomed or panned to a range of x, or wants to see all (null). */
  readonly onZoom: (range: Range | null) => void;
  readonly onHover: (hover: Hover | null) => void;
}

/** A line is read this many pixels beyond its ends, so that the ends can be pointed at. */
const END_REACH = 12;
/** The pointer covers this many pixels either side. */
const POINTER_REACH = 2;
/** One notch of a wheel narrows or widens by about a sixth. */
const WHEEL_STEP = 0.0015;
const WHEEL_PAUSE_MS = 150;

export class LineChart {
  private plot: uPlot | null = null;
  private x: Range = [0, 1];
  private y: Range = [0, 1];
  /** Where a pan or a wheel is going, before it is asked for. */
  private preview: Range | null = null;
  private wheelTimer: ReturnType<typeof setTimeout> | undefined;
  private inside = false;
  private drawn: ChartModel | null = null;

  constructor(
    private readonly root: HTMLElement,
    private model: ChartModel,
    private readonly handlers: ChartHandlers,
  ) {
    inFrame(this.draw);
  }

  /** Draw `model` in a coming frame, in the space that the root element has. */
  update(model: ChartModel): void {
    if (model.range !== this.model.range) this.preview = null;
    this.model = model;
    inFrame(this.draw);
  }

  resize(): void {
    inFrame(this.fit);
  }

  destroy(): void {
    notInFrame(this.draw);
    notInFrame(this.fit);
    clearTimeout(this.wheelTimer);
    this.plot?.destroy();
    this.plot = null;
  }

  private readonly fit = (): void => {
    const { clientWidth: width, clientHeight: height } = this.root;
    const { plot } = this;
    if (!plot || width === 0 || height === 0) return;
    if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
  };

  private readonly draw = (): void => {
    const { model, drawn: old } = this;
    const curves = model.lines.map((line) => line.series);
    this.x = this.preview ?? model.range ?? xRange(curves, model.logX) ?? [1, 10];
    if (model.logX && this.x[0] <= 0) this.x = [xRange(curves, true)?.[0] ?? 1, this.x[1]];
    this.y = yRange(curves, this.x, model.logY);
    const isSame =
      old?.axis === model.axis &&
      old.logX === model.logX &&
      old.logY === model.logY &&
      old.ink.text === model.ink.text &&
      old.syncKey === model.syncKey;
    this.drawn = model;
    if (this.plot && isSame) this.rescale(this.plot);
    else this.build();
    if (this.inside) this.hover();
  };

  private rescale(plot: uPlot): void {
    const factor = axisFactor(this.model.axis);
    plot.batch(() => {
      plot.setScale("x", { min: this.x[0] * factor, max: this.x[1] * factor });
      plot.setScale("y", { min: this.y[0], max: this.y[1] });
    });
  }

  private build(): void {
    this.plot?.destroy();
    const { clientWidth, clientHeight } = this.root;
    const options = chartOptions(this.model, {
      width: clientWidth,
      height: clientHeight,
      x: () => this.x,
      y: () => this.y,
    });
    const bind: uPlot.Cursor.Bind = {
      dblclick: () => () => {
        this.zoom(null);
        return null;
      },
      mousedown: (_, __, select) => (event) => {
        if (event.button !== 0 || !event.shiftKey) return select(event);
        this.pan(event);
        return null;
      },
    };
    this.plot = new uPlot(
      {
        ...options,
        cursor: { ...options.cursor, bind },
        hooks: {
          draw: [(plot) => this.paint(plot)],
          setCursor: [() => this.hover()],
          setSelect: [(plot) => this.selected(plot)],
        },
      },
      [
        [1, 2],
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
    over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** The server takes whole steps and microseconds; outwards, so that nothing seen is cut off. */
  private zoom(range: Range | null): void {
    this.preview = null;
    if (!range || isFractional(this.model.axis)) this.handlers.onZoom(range);
    else this.handlers.onZoom([Math.floor(range[0]), Math.ceil(range[1])]);
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
    if (range) this.zoom(range);
  }

  /** Moves the picture with the pointer, and asks for what is seen when it is let go. */
  private pan(down: MouseEvent): void {
    const { x: from } = this;
    const width = this.plot?.over.clientWidth ?? 1;
    const scale = scaleOf(this.model.logX);
    const stop = new AbortController();
    const move = (event: MouseEvent) => {
      this.preview = panned(from, (down.clientX - event.clientX) / width, scale);
      inFrame(this.draw);
    };
    const end = (event: MouseEvent) => {
      stop.abort();
      if (this.plot && event.clientX !== down.clientX && this.preview) this.zoom(this.preview);
    };
    document.addEventListener("mousemove", move, { signal: stop.signal });
    document.addEventListener("mouseup", end, { signal: stop.signal });
    down.preventDefault();
  }

  /** Only with a modifier: without one the wheel scrolls the page. */
  private wheel(event: WheelEvent): void {
    if (!this.plot || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const share = event.offsetX / this.plot.over.clientWidth;
    const factor = Math.exp(event.deltaY * WHEEL_STEP);
    this.preview = scaled(this.preview ?? this.x, factor, share, scaleOf(this.model.logX));
    inFrame(this.draw);
    clearTimeout(this.wheelTimer);
    this.wheelTimer = setTimeout(() => this.preview && this.zoom(this.preview), WHEEL_PAUSE_MS);
  }

  private hover(): void {
    const { plot, model } = this;
    if (!plot || !this.inside) return;
    const { left = -1, top = -1 } = plot.cursor;
    if (left < 0 || top < 0) {
      this.handlers.onHover(null);
      return;
    }
    const at = (px: number) => plot.posToVal(px, "x") / axisFactor(model.axis);
    const x = at(left);
    const covered: Range = [at(left - POINTER_REACH), at(left + POINTER_REACH)];
    const [from, to] = [at(left - END_REACH), at(left + END_REACH)];
    const readings = model.lines
      .flatMap((line) => {
        const reading = readAt(line.series, x, covered);
        // A run that ended long before the pointer has nothing to say here.
        const extent = xExtent(line.series);
        if (!reading || !extent || to < extent[0] || from > extent[1]) return [];
        return [{ ...reading, line, gap: Math.abs(plot.valToPos(reading.value, "y") - top) }];
      })
      .sort((a, b) => gapOrder(a.gap) - gapOrder(b.gap));
    this.handlers.onHover({ x, left, top, width: plot.over.clientWidth, readings });
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    // Dots and marks at the very edge stay whole.
    const room = 5 * uPlot.pxRatio;
    ctx.rect(bbox.left - room, bbox.top - room, bbox.width + 2 * room, bbox.height + 2 * room);
    ctx.clip();
    paintLines(ctx, this.model, { x: this.x, y: this.y, box: bbox, pixelRatio: uPlot.pxRatio });
    ctx.restore();
  }
}

function gapOrder(gap: number): number {
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
}
