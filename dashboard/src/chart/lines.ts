/** All lines of a chart, the one under the pointer on top. */
import { type Range, scaleOf } from "../model/viewport.ts";
import type { ChartModel } from "./line-chart.ts";
import { type Projection, paintCurve } from "./paint.ts";
import type { Pen } from "./pen.ts";

/** Where a chart's lines go: the drawn spans, and the box of the picture that shows them. */
export interface Frame {
  readonly x: Range;
  readonly y: Range;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  readonly pixelRatio: number;
}

export function paintLines(
  pen: Pen,
  model: Pick<ChartModel, "lines" | "logX" | "logY" | "smoothing" | "highlighted">,
  frame: Frame,
): void {
  const { lines, smoothing, highlighted } = model;
  const to = projection(frame, model.logX, model.logY);
  const dimmed = highlighted !== null && lines.some((line) => line.id === highlighted);
  const order = [...lines].sort(
    (a, b) => Number(a.id === highlighted) - Number(b.id === highlighted),
  );
  for (const line of order) {
    paintCurve(pen, line.series, to, {
      color: line.color,
      dash: line.dash,
      smoothing,
      faded: dimmed && line.id !== highlighted,
      highlighted: dimmed && line.id === highlighted,
    });
  }
}

function projection(frame: Frame, logX: boolean, logY: boolean): Projection {
  const { left, top, width, height } = frame.box;
  const { place: placeX } = scaleOf(logX);
  const { place: placeY } = scaleOf(logY);
  const [xMin, xMax] = frame.x;
  const [low, span] = [placeX(xMin), placeX(xMax) - placeX(xMin)];
  const [bottom, rise] = [placeY(frame.y[0]), placeY(frame.y[1]) - placeY(frame.y[0])];
  return {
    x: (value) => left + ((placeX(value) - low) / span) * width,
    y: (value) => top + height - ((placeY(value) - bottom) / rise) * height,
    xMin,
    xMax,
    left,
    top,
    width,
    height,
    pixelRatio: frame.pixelRatio,
  };
}
