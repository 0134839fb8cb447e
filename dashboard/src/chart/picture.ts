/** A chart as a picture of its own, to save: title, axes, lines and legend, on any pen. */
import type { DurationUs } from "../base/time.ts";
import { type EpochUs, formatClock } from "../base/time.ts";
import { type Range, scaleOf, xRange, yRange } from "../model/viewport.ts";
import {
  axisFactor,
  evenTicks,
  formatTick,
  logTicks,
  RELATIVE_STEPS_S,
  tickLabels,
  WHOLE_STEPS,
} from "./axes.ts";
import type { ChartModel } from "./line-chart.ts";
import { paintLines } from "./lines.ts";
import type { PicturePen } from "./pen.ts";
import { SvgPen } from "./svg-pen.ts";

export interface Picture {
  readonly model: ChartModel;
  readonly title: string;
  /** What the x-axis counts. */
  readonly xName: string;
  readonly background: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = { top: 40, right: 16, bottom: 48, left: 64 };
const LEGEND_ROW = 18;
const LEGEND_GAP = 24;
/** Nobody measures text without a canvas; this many pixels a letter are enough in any face. */
const LETTER = 7;
const X_TICK = 90;
const Y_TICK = 40;

export function svgOf(picture: Picture): string {
  const pen = new SvgPen();
  drawPicture(pen, picture);
  return pen.toString(picture.title, picture.width, picture.height);
}

export function drawPicture(pen: PicturePen, picture: Picture): void {
  const { model, title, width, height } = picture;
  const face = model.ink.font.replace(/^\d+px /, "");
  pen.fillStyle = picture.background;
  pen.fillRect(0, 0, width, height);
  const rows = legendRows(picture);
  const box = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom - rows.length * LEGEND_ROW,
  };
  const curves = model.lines.map((line) => line.series);
  const whole = xRange(curves, model.logX) ?? [1, 10];
  const x: Range = [
    model.logX ? Math.max(whole[0], model.range?.[0] ?? whole[0]) : (model.range ?? whole)[0],
    (model.range ?? whole)[1],
  ];
  const frame = { x, y: yRange(curves, x, model.logY), box, pixelRatio: 1 };
  pen.fillStyle = model.ink.text;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.font = `600 15px ${face}`;
  pen.fillText(title, 16, 20);
  pen.font = `12px ${face}`;
  drawAxes(pen, picture, frame);
  pen.save();
  pen.beginPath();
  pen.rect(box.left - 5, box.top - 5, box.width + 10, box.height + 10);
  pen.clip();
  paintLines(pen, { ...model, highlighted: null }, frame);
  pen.restore();
  drawLegend(pen, model, rows, height - rows.length * LEGEND_ROW);
}

type Frame = Parameters<typeof paintLines>[2];

function drawAxes(pen: PicturePen, { model, xName }: Picture, { x, y, box }: Frame): void {
  const [scaleX, scaleY] = [scaleOf(model.logX), scaleOf(model.logY)];
  const share = (at: number, [low, high]: Range, { place }: typeof scaleX) =>
    (place(at) - place(low)) / (place(high) - place(low));
  pen.lineWidth = 1;
  pen.strokeStyle = model.ink.grid;
  pen.textAlign = "right";
  const down = model.logY
    ? logTicks(y[0], y[1])
    : evenTicks(y[0], y[1], Math.floor(box.height / Y_TICK));
  for (const tick of down) {
    const at = box.top + box.height * (1 - share(tick, y, scaleY));
    rule(pen, box.left, at, box.left + box.width, at);
    pen.fillText(formatTick(tick), box.left - 8, at);
  }
  pen.textAlign = "center";
  for (const { x: tick, label } of xTicks(model, x, Math.floor(box.width / X_TICK))) {
    const at = box.left + box.width * share(tick, x, scaleX);
    rule(pen, at, box.top, at, box.top + box.height);
    pen.fillText(label, at, box.top + box.height + 14);
  }
  pen.fillText(xName, box.left + box.width / 2, box.top + box.height + 34);
}

function xTicks(model: ChartModel, x: Range, count: number): { x: number; label: string }[] {
  const factor = axisFactor(model.axis);
  if (model.axis === "time") {
    const seconds = evenTicks(x[0] / 1e6, x[1] / 1e6, count, RELATIVE_STEPS_S);
    const span = (x[1] - x[0]) as DurationUs;
    return seconds.map((s) => ({ x: s * 1e6, label: formatClock((s * 1e6) as EpochUs, span) }));
  }
  const steps =
    model.axis === "step" ? WHOLE_STEPS : model.axis === "relative" ? RELATIVE_STEPS_S : [];
  const [low, high] = [x[0] * factor, x[1] * factor];
  const ticks = model.logX ? logTicks(low, high) : evenTicks(low, high, count, steps);
  const labels = tickLabels(model.axis)?.(ticks) ?? [];
  return ticks.map((tick, i) => ({ x: tick / factor, label: labels[i] }));
}

function rule(pen: PicturePen, x: number, y: number, toX: number, toY: number): void {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(toX, toY);
  pen.stroke();
}

interface LegendItem {
  readonly at: number;
  readonly line: ChartModel["lines"][number];
}

/** One line needs no legend; of many, as many to a row as fit. */
function legendRows({ model, width }: Picture): LegendItem[][] {
  if (model.lines.length < 2) return [];
  const rows: LegendItem[][] = [];
  let at = width;
  for (const line of model.lines) {
    const length = LEGEND_GAP + line.label.length * LETTER;
    if (at + length > width - MARGIN.right) {
      rows.push([]);
      at = 16;
    }
    rows[rows.length - 1].push({ at, line });
    at += length + 16;
  }
  return rows;
}

function drawLegend(
  pen: PicturePen,
  model: ChartModel,
  rows: readonly LegendItem[][],
  top: number,
): void {
  pen.textAlign = "left";
  rows.forEach((row, i) => {
    const y = top + i * LEGEND_ROW;
    for (const { at, line } of row) {
      pen.strokeStyle = line.color;
      pen.lineWidth = 2;
      pen.setLineDash([...line.dash]);
      rule(pen, at, y, at + 18, y);
      pen.setLineDash([]);
      pen.fillStyle = model.ink.text;
      pen.fillText(line.label, at + LEGEND_GAP, y);
    }
  });
}
