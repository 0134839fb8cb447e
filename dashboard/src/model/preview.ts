/** How a file is shown: by what it says it is, else by its name. Nothing is ever run. */
import type { FileItem } from "./catalog.ts";

export type PreviewKind = "picture" | "drawing" | "json" | "table" | "text" | "none";

const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const TEXT = /^text\/|json|xml|yaml|toml|javascript|csv/;
const TEXT_NAME =
  /(^|\/)(dockerfile|makefile|license|readme)$|\.(txt|log|md|csv|tsv|jsonl?|ya?ml|toml|ini|cfg|conf|env|py|ipynb|r|sh|sql|js|ts|rs|go|java|c|h|cpp|html?|xml|svg|css|lock)$/i;

export function previewKind({ path, mediaType, sizeBytes }: FileItem): PreviewKind {
  const type = mediaType.split(";")[0].trim().toLowerCase();
  if (PICTURE.test(type)) return "picture";
  if (type === "image/svg+xml" || /\.svg$/i.test(path)) return "drawing";
  if (type === "application/json" || /\.json$/i.test(path)) return "json";
  if (/^text\/(csv|tab-separated-values)$/.test(type) || /\.[ct]sv$/i.test(path)) return "table";
  if (TEXT.test(type) || TEXT_NAME.test(path) || sizeBytes === 0) return "text";
  return "none";
}

/** Whether what was read as text is bytes: nobody reads those line by line. */
export function isBinary(text: string): boolean {
  return text.includes("\0");
}

const PICTURE_NAME = /\.(png|jpe?g|gif|webp|avif|bmp)$/i;

/** What a file of code is taken for by its name alone: a picture, else text. */
export function mediaTypeOf(path: string): string {
  const ending = PICTURE_NAME.exec(path)?.[1].toLowerCase();
  return ending ? `image/${ending.replace("jpg", "jpeg")}` : "text/plain";
}
