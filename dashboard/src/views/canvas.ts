/** Canvases that are drawn at most once a frame, as sharp as the screen is. */
import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { CanvasFrame } from "../chart/parallel-canvas.ts";

export type Paint = (ctx: CanvasRenderingContext2D, frame: CanvasFrame) => void;

/**
 * Draw on a canvas after each render of the component, when its size changes, and when a signal
 * changes that `watch` reads.
 */
export function useCanvas(
  canvas: RefObject<HTMLCanvasElement | null>,
  paint: Paint,
  watch?: () => void,
): void {
  const latest = useRef(paint);
  latest.current = paint;
  const schedule = useMemo(() => {
    let isQueued = false;
    return () => {
      if (isQueued) return;
      isQueued = true;
      requestAnimationFrame(() => {
        isQueued = false;
        if (canvas.current) draw(canvas.current, latest.current);
      });
    };
  }, [canvas]);
  useEffect(schedule);
  useEffect(() => {
    if (!canvas.current) return;
    const observer = new ResizeObserver(schedule);
    observer.observe(canvas.current);
    const stop = effect(() => {
      watch?.();
      schedule();
    });
    return () => {
      observer.disconnect();
      stop();
    };
  }, [canvas, schedule]);
}

function draw(canvas: HTMLCanvasElement, paint: Paint): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ctx = canvas.getContext("2d");
  if (!ctx || width === 0 || height === 0) return;
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  ctx.scale(ratio, ratio);
  paint(ctx, { width, height });
}
