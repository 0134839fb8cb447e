/** A drawn SVG as a file to save: with its own colours, so that it looks the same elsewhere. */

import { saveFile } from "../chart/save-file.ts";
import { S } from "../strings.ts";

const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
] as const;

/** Pixels of the file for each of the picture's own. */
const PNG_SCALE = 3;

/** An SVG document and its size. */
export interface Drawing {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

export type PictureFormat = "SVG" | "PNG";

export async function savePicture(
  drawing: Drawing,
  name: string,
  format: PictureFormat,
): Promise<void> {
  const svg = new Blob([drawing.text], { type: "image/svg+xml" });
  const file = format === "SVG" ? svg : await pngOf(svg, drawing);
  saveFile(file, `${name}.${format.toLowerCase()}`);
}

async function pngOf(svg: Blob, { width, height }: Drawing): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * PNG_SCALE;
    canvas.height = height * PNG_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await pngBlob(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** What is drawn on a canvas; throws where the browser makes no picture of it. */
export async function pngBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error(S.chart.noCanvas);
  return blob;
}

/** What an element of the page shows. */
export function drawingOf(svg: SVGSVGElement): Drawing {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll<SVGElement>("*");
  for (const [i, element] of copy.querySelectorAll<SVGElement>("*").entries()) {
    const style = getComputedStyle(originals[i]);
    for (const property of STYLES) element.setAttribute(property, style.getPropertyValue(property));
    element.removeAttribute("class");
    element.removeAttribute("style");
  }
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.body).getPropertyValue("--surface"));
  copy.prepend(ground);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}
