/** One image over the page: zoomed with the wheel, moved by dragging, left and right by step. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageItem } from "../model/catalog.ts";
import { FIT, stepOf, type Zoom, zoomed } from "../model/gallery.ts";
import { fileUrl } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Dialog } from "./dialog.tsx";
import type { KeyMap } from "./keyboard.ts";

interface ImageViewerProps {
  readonly runId: string;
  readonly images: readonly ImageItem[];
  readonly at: number;
  readonly onMove: (place: number) => void;
  readonly onClose: () => void;
}

const STEP = 1.5;
const MIDDLE = { x: 0, y: 0 };
const WHEEL_STEP = 0.002;
const DOUBLE_CLICK_ZOOM = 4;

export function ImageViewer({ runId, images, at, onMove, onClose }: ImageViewerProps) {
  const [zoom, setZoom] = useState<Zoom>(FIT);
  const image = images[at];
  const zoomIn = () => setZoom((old) => zoomed(old, STEP, MIDDLE));
  const zoomOut = () => setZoom((old) => zoomed(old, 1 / STEP, MIDDLE));
  const fit = () => setZoom(FIT);
  const move = (by: number) => onMove(Math.min(images.length - 1, Math.max(0, at + by)));
  useDialogKeys({
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    "+": zoomIn,
    "-": zoomOut,
    "0": fit,
  });
  const { width, height, description, name, path } = image;
  return (
    <Dialog label={name} class="viewer" onClose={onClose}>
      <header>
        <h2>{name}</h2>
        <span class="quiet number">
          {images.length > 1 && S.stepOf(String(stepOf(image, at)), at + 1, images.length)}
        </span>
        {width && height && <span class="quiet number">{S.runPage.pixels(width, height)}</span>}
        <span class="spacer" />
        <button type="button" title={S.runPage.zoomOut} onClick={zoomOut}>
          −
        </button>
        <button type="button" title={S.runPage.fit} onClick={fit}>
          {Math.round(zoom.scale * 100)} %
        </button>
        <button type="button" title={S.runPage.zoomIn} onClick={zoomIn}>
          +
        </button>
        <a class="button" href={fileUrl(runId, path)} download={path.split("/").pop()}>
          {S.download}
        </a>
        <form method="dialog">
          <button type="submit">{S.close}</button>
        </form>
      </header>
      <Pane src={fileUrl(runId, path)} alt={description ?? name} zoom={zoom} setZoom={setZoom} />
      {description && <p class="caption">{description}</p>}
      {images.length > 1 && (
        <label class="viewer-steps">
          <span>{S.step}</span>
          <input
            type="range"
            min="0"
            max={images.length - 1}
            value={at}
            aria-valuetext={String(stepOf(image, at))}
            onInput={(event) => onMove(Number(event.currentTarget.value))}
          />
        </label>
      )}
    </Dialog>
  );
}

/** A dialog has the keys to itself; those of a slider in it stay the slider's. */
function useDialogKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = latest.current[event.key];
      if (!action || (event.target as HTMLElement | null)?.closest("input")) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

interface PaneProps {
  readonly src: string;
  readonly alt: string;
  readonly zoom: Zoom;
  readonly setZoom: (change: (old: Zoom) => Zoom) => void;
}

function Pane({ src, alt, zoom, setZoom }: PaneProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const fromMiddle = (event: MouseEvent) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const pointer = fromMiddle(event);
      setZoom((old) => zoomed(old, Math.exp(-event.deltaY * WHEEL_STEP), pointer));
    };
    const onMove = ({ buttons, movementX, movementY }: PointerEvent) => {
      if (buttons !== 1) return;
      setZoom((old) =>
        old.scale === 1 ? old : { ...old, x: old.x + movementX, y: old.y + movementY },
      );
    };
    const onDoubleClick = (event: MouseEvent) => {
      const pointer = fromMiddle(event);
      setZoom((old) => (old.scale > 1 ? FIT : zoomed(old, DOUBLE_CLICK_ZOOM, pointer)));
    };
    // Not passive, as a listener of Preact's would be: the page must not scroll too.
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("pointermove", onMove);
    element.addEventListener("dblclick", onDoubleClick);
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("dblclick", onDoubleClick);
    };
  }, [setZoom]);
  const place = `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`;
  return (
    <div class={zoom.scale > 1 ? "viewer-pane zoomed" : "viewer-pane"} ref={box}>
      <img src={src} alt={alt} draggable={false} style={{ transform: place }} />
    </div>
  );
}
