/** Parallel coordinates: drag along an axis to keep the runs whose value lies there. */
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import {
  axisAt,
  axisX,
  type BrushedSpan,
  type CanvasFrame,
  type Ink,
  type ParallelPicture,
  paintBrush,
  paintParallel,
  paintParallelRun,
  placeAtY,
} from "../chart/parallel-canvas.ts";
import {
  brushPlaces,
  NOWHERE,
  nearestLine,
  type ParallelAxis,
  withBrush,
} from "../model/parallel.ts";
import { setCompare } from "../state/compare.ts";
import { hoveredRun } from "../state/hover.ts";
import { goTo, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { useCanvas } from "./canvas.ts";
import { AxisHead } from "./compare-axis.tsx";
import type { Plotted } from "./compare-parameters.tsx";
import { PointedRun } from "./compare-pointed.tsx";

interface ParallelProps {
  readonly plotted: Plotted;
  readonly axes: readonly ParallelAxis[];
  readonly places: Float64Array;
  readonly ids: readonly string[];
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

export function Parallel({ plotted, axes, places, ids }: ParallelProps) {
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [drag] = useState(() => signal<Drag | null>(null));
  const picture = pictureOf(plotted, axes, places);
  useCanvas(base, (ctx, frame) => paintParallel(ctx, picture, frame));
  const pointed = () => plotted.runs.findIndex((run) => run.runId === hoveredRun.value);
  useCanvas(
    above,
    (ctx, frame) => {
      const run = pointed();
      if (run >= 0) paintParallelRun(ctx, picture, frame, run);
      const span = spanOf(drag.value);
      if (span) paintBrush(ctx, span, axes.length, picture.ink, frame);
    },
    () => void [hoveredRun.value, drag.value],
  );
  usePointer(above, { axes, places, isIn: plotted.isIn, runs: plotted.runs, drag });
  return (
    <section class="parallel-scroll" aria-label={S.compare.parallel} tabIndex={0}>
      <div class="parallel" style={{ minWidth: `${axes.length * AXIS_SPACE}px` }}>
        <div class="axis-heads">
          {axes.map((axis, at) => (
            <AxisHead
              key={axis.id}
              axis={axis}
              at={at}
              ids={ids}
              toggleLog={() => plotted.toggleLog(axis.id)}
            />
          ))}
        </div>
        <div class="canvas-stack">
          <canvas ref={base} />
          <canvas
            ref={above}
            role="img"
            aria-label={S.compare.parallelOf(plotted.runs.length, axes.length)}
          />
        </div>
      </div>
      <PointedRun runs={plotted.runs} axes={axes} />
    </section>
  );
}

function pictureOf(
  { isIn, colors }: Plotted,
  axes: readonly ParallelAxis[],
  places: Float64Array,
): ParallelPicture {
  const brushes = view.value.compare.brushes.flatMap((brush) => {
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
    ink: inkOf(),
  };
}

function spanOf(drag: Drag | null): BrushedSpan | null {
  if (!drag) return null;
  const { axis, from, to } = drag;
  return { axis, low: Math.min(from, to), high: Math.max(from, to) };
}

/** The tokens' colours, which a canvas cannot read by name. */
export function inkOf(): Ink & { readonly grid: string } {
  return theme.value === "dark"
    ? {
        text: "#9aa4b2",
        axis: "#5a6473",
        grid: "#252b34",
        accent: SERIES_COLORS.dark[0],
        background: "#14171c",
      }
    : {
        text: "#5b6472",
        axis: "#8a93a1",
        grid: "#eceef1",
        accent: SERIES_COLORS.light[0],
        background: "#ffffff",
      };
}

interface PointerParts {
  readonly axes: readonly ParallelAxis[];
  readonly places: Float64Array;
  readonly isIn: readonly boolean[];
  readonly runs: Plotted["runs"];
  readonly drag: { value: Drag | null };
}

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
      const { axes, places, isIn, runs, drag } = latest.current;
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
      hoveredRun.value = run < 0 ? null : runs[run].runId;
    },
    pointerleave: () => {
      if (!latest.current.drag.value) hoveredRun.value = null;
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
      const { axes, drag } = latest.current;
      const done = drag.value;
      if (done) {
        drag.value = null;
        const { brushes } = view.peek().compare;
        setCompare({ brushes: withBrush(brushes, axes[done.axis], done.from, done.to) });
      } else if (event.button === 0 && hoveredRun.value !== null) {
        goTo({ kind: "run", runId: hoveredRun.value, tab: "overview" });
      }
    },
    pointercancel: () => {
      latest.current.drag.value = null;
    },
  };
}
