/** How a file is shown: by what it says it is, else by its name. Nothing is ever run. */
import type { FileItem } from "./catalog.ts";

export type PreviewKind = "picture" | "drawing" | "json" | "table" | "text" | "none";

const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const TEXT = /^text\/|json|xml|yaml|toml|javascript|csv/;
const TEXT_NAME =
  /(^|\/)(dockerfile|makefile|license|readme)$|\.(txt|log|md|csv|tsv|jsonl?|ya?ml|toml|ini|cfg|conf|diff|patch|env|py|ipynb|r|sh|sql|js|ts|rs|go|java|c|h|cpp|html?|xml|svg|css|lock)$/i;

export function isDiff({ path, mediaType }: FileItem): boolean {
  return /^text\/x-(diff|patch)/.test(mediaType) || /\.(diff|patch)$/i.test(path);
}

export function previewKind({ path, mediaType, sizeBytes }: FileItem): PreviewKind {
  const type = mediaType.split(";")[0].trim().toLowerCase();
  if (PICTURE.test(type)) return "picture";
  if (type === "image/svg+xml" || /\.svg$/i.test(path)) return "drawing";
  if (type === "application/json" || /\.json$/i.test(path)) return "json";
  if (/^text\/(csv|tab-separated-values)$/.test(type) || /\.[ct]sv$/i.test(path)) return "table";
  if (TEXT.test(type) || TEXT_NAME.test(path) || sizeBytes === 0) return "text";
  return "none";
}
