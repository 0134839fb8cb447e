/** The images of a run: by name, and by the steps that they share. */
import { compareNames } from "../base/names.ts";
import type { ImageItem } from "./catalog.ts";

export interface Gallery {
  readonly groups: readonly { readonly name: string; readonly images: readonly ImageItem[] }[];
  /** Every step that an image has, in order; where images have none, their places 0, 1, 2 …. */
  readonly steps: readonly number[];
}

export function galleryOf(images: readonly ImageItem[]): Gallery {
  const byName = new Map<string, ImageItem[]>();
  for (const image of images) {
    const group = byName.get(image.name);
    if (group) group.push(image);
    else byName.set(image.name, [image]);
  }
  const groups = [...byName]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([name, group]) => ({
      name,
      images: group
        .map((image, place) => ({ image, at: image.step ?? place, place }))
        .sort((a, b) => a.at - b.at || a.place - b.place)
        .map(({ image }) => image),
    }));
  const steps = new Set(groups.flatMap((group) => group.images.map(stepOf)));
  return { groups, steps: [...steps].sort((a, b) => a - b) };
}

/** The place of the image that a group shows at a step: its last one up to there, else its first. */
export function placeAt(images: readonly ImageItem[], step: number): number {
  const after = images.findIndex((image, place) => stepOf(image, place) > step);
  return Math.max(0, (after < 0 ? images.length : after) - 1);
}

export function stepOf(image: ImageItem, place: number): number {
  return image.step ?? place;
}

export interface Zoom {
  readonly scale: number;
  /** How far the picture's middle is from the box's, in pixels. */
  readonly x: number;
  readonly y: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0 };

const SCALE_MAX = 32;

/** Zoomed by `factor` so that what is under the pointer (from the box's middle) stays under it. */
export function zoomed(zoom: Zoom, factor: number, pointer: { x: number; y: number }): Zoom {
  const scale = Math.min(SCALE_MAX, Math.max(1, zoom.scale * factor));
  if (scale === 1) return FIT;
  const by = scale / zoom.scale;
  return {
    scale,
    x: pointer.x - (pointer.x - zoom.x) * by,
    y: pointer.y - (pointer.y - zoom.y) * by,
  };
}
