/**
 * Parallel coordinates as a picture that is pointed at and brushed; what its axes are called stands
 * above them, and is the caller's.
 */
import { type Signal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Ink } from "../chart/ink.ts";
import {
  axisAt,
  axisX,
  type BrushedSpan,
  type CanvasFrame,
  type ParallelPicture,
  paintBrush,
  paintParallel,
  paintParallelRun,
  placeAtY,
} from "../chart/parallel-canvas.ts";
import type { Brush } from "../model/compare-view.ts";
import {
  brushPlaces,
  NOWHERE,
  nearestLine,
  type ParallelAxis,
  withBrush,
} from "../model/parallel.ts";
import { S } from "../strings.ts";
import { useCanvas } from "./canvas.ts";

export interface ParallelPlotProps {
  readonly axes: readonly ParallelAxis[];
  readonly places: Float64Array;
  /** One a run, as `colors` and `isIn`. */
  readonly runIds: readonly string[];
  readonly colors: readonly string[];
  readonly isIn: readonly boolean[];
  readonly brushes: readonly Brush[];
  readonly onBrush: (brushes: Brush[]) => void;
  /** A click on a run's line; without it lines are only pointed at. */
  readonly onOpen?: (runId: string) => void;
  /** The run under the pointer, here or wherever else it is shown. */
  readonly hovered: Signal<string | null>;
  readonly ink: Ink;
  /** One head an axis. */
  readonly heads: ComponentChildren;
}

/** CSS pixels from an axis within which a drag brushes it, and a share of it that points at a line. */
const AXIS_REACH = 18;
const LINE_REACH = 0.04;
const AXIS_SPACE = 124;

interface Drag {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

export function ParallelPlot(props: ParallelPlotProps) {
  const { axes, runIds, hovered, heads } = props;
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [drag] = useState(() => signal<Drag | null>(null));
  const picture = pictureOf(props);
  useCanvas(base, (ctx, frame) => paintParallel(ctx, picture, frame));
  useCanvas(
    above,
    (ctx, frame) => {
      const run = hovered.value === null ? -1 : runIds.indexOf(hovered.value);
      if (run >= 0) paintParallelRun(ctx, picture, frame, run);
      const span = spanOf(drag.value);
      if (span) paintBrush(ctx, span, axes.length, picture.ink, frame);
    },
    () => void [hovered.value, drag.value],
  );
  usePointer(above, { ...props, drag });
  return (
    <div class="parallel" style={{ minWidth: `${axes.length * AXIS_SPACE}px` }}>
      <div class="axis-heads">{heads}</div>
      <div class="canvas-stack">
        <canvas ref={base} />
        <canvas
          ref={above}
          role="img"
          aria-label={S.compare.parallelOf(runIds.length, axes.length)}
        />
      </div>
    </div>
  );
}

function pictureOf(props: ParallelPlotProps): ParallelPicture {
  const { axes, places, isIn, colors, ink } = props;
  const brushes = props.brushes.flatMap((brush) => {
    const axis = axes.findIndex((one) => one.id === brush.axis);
    return axis < 0 ? [] : [{ axis, ...brushPlaces(axes[axis].scale, brush) }];
  });
  return {
    axes: axes.map((axis, at) => ({
      ticks: axis.scale.ticks,
      hasNowhere: isIn.some((_, run) => places[run * axes.length + at] === NOWHERE),
    })),
    places,
    colors,
    isIn,
    brushes,
    nowhere: S.compare.nowhere,
    ink,
  };
}

function spanOf(drag: Drag | null): BrushedSpan | null {
  if (!drag) return null;
  const { axis, from, to } = drag;
  return { axis, low: Math.min(from, to), high: Math.max(from, to) };
}

type PointerParts = ParallelPlotProps & { readonly drag: Signal<Drag | null> };

/** Pointing finds the nearest line, dragging along an axis brushes it, a click opens the run. */
function usePointer(
  canvas: { readonly current: HTMLCanvasElement | null },
  parts: PointerParts,
): void {
  const latest = useRef(parts);
  latest.current = parts;
  const handlers = useMemo(() => pointerHandlers(canvas, latest), [canvas]);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const entries = Object.entries(handlers) as [keyof HTMLElementEventMap, () => void][];
    for (const [type, handle] of entries) element.addEventListener(type, handle);
    return () => {
      for (const [type, handle] of entries) element.removeEventListener(type, handle);
    };
  }, [canvas, handlers]);
}

function pointerHandlers(
  canvas: { readonly current: HTMLCanvasElement | null },
  latest: { readonly current: PointerParts },
) {
  const frameOf = (): CanvasFrame => ({
    width: canvas.current?.clientWidth ?? 0,
    height: canvas.current?.clientHeight ?? 0,
  });
  const axisNear = (x: number, frame: CanvasFrame): number => {
    const count = latest.current.axes.length;
    const at = Math.min(count - 1, Math.max(0, Math.round(axisAt(x, count, frame))));
    return Math.abs(axisX(at, count, frame) - x) <= AXIS_REACH ? at : -1;
  };
  const within = (place: number) => Math.min(1.02, Math.max(NOWHERE - 0.03, place));
  return {
    pointermove: (event: PointerEvent) => {
      const { axes, places, isIn, runIds, hovered, drag } = latest.current;
      const frame = frameOf();
      const place = placeAtY(event.offsetY, frame);
      if (drag.value) {
        drag.value = { ...drag.value, to: within(place) };
        return;
      }
      const isOnAxis = axisNear(event.offsetX, frame) >= 0;
      if (canvas.current) canvas.current.style.cursor = isOnAxis ? "ns-resize" : "default";
      const x = axisAt(event.offsetX, axes.length, frame);
      const run = nearestLine(places, axes.length, x, place, LINE_REACH, isIn);
      hovered.value = run < 0 ? null : runIds[run];
    },
    pointerleave: () => {
      const { hovered, drag } = latest.current;
      if (!drag.value) hovered.value = null;
    },
    pointerdown: (event: PointerEvent) => {
      const frame = frameOf();
      const axis = axisNear(event.offsetX, frame);
      // A finger scrolls; it brushes with the fields of the axis.
      if (axis < 0 || event.button !== 0 || event.pointerType === "touch") return;
      canvas.current?.setPointerCapture(event.pointerId);
      const from = within(placeAtY(event.offsetY, frame));
      latest.current.drag.value = { axis, from, to: from };
    },
    pointerup: (event: PointerEvent) => {
      const { axes, brushes, onBrush, onOpen, hovered, drag } = latest.current;
      const done = drag.value;
      if (done) {
        drag.value = null;
        onBrush(withBrush(brushes, axes[done.axis], done.from, done.to));
      } else if (event.button === 0 && hovered.value !== null) {
        onOpen?.(hovered.value);
      }
    },
    pointercancel: () => {
      latest.current.drag.value = null;
    },
  };
}
