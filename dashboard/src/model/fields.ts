/** What an experiment's runs can be filtered, sorted and grouped by, and how each is written. */

export type FieldKind = "number" | "text" | "bool";
export type FieldSource = "config" | "tags" | "properties" | "metrics";

export interface RunField {
  readonly source: FieldSource;
  /** For a nested config value its path with dots. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly runCount: number;
  /** The most common values as text; none for metrics. */
  readonly values: readonly string[];
}

/** Fields as the API tells them, and how many there are beyond those. */
export interface FieldList {
  readonly items: readonly RunField[];
  readonly totalCount: number;
  readonly position: string;
}

export const STATS = ["last", "min", "max", "first"] as const;

/** What a part of a name between dots may hold without quotes, as the server's tokens have it. */
const PLAIN_PART = /^[\p{L}\p{N}_/\-:@%+]+$/u;

/**
 * A name as filters and orders take it: each part between dots is quoted where it must be, so
 * `val loss.a` becomes `"val loss".a`.
 */
export function fieldPath(name: string): string {
  return name
    .split(".")
    .map((part) => (PLAIN_PART.test(part) ? part : quoted(part)))
    .join(".");
}

/** Text between double quotes as the filter language reads it. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** `config.lr`, `tags.team`, `metrics.loss.last`. */
export function filterName(field: Pick<RunField, "source" | "name">, stat = "last"): string {
  const path = `${field.source}.${fieldPath(field.name)}`;
  return field.source === "metrics" ? `${path}.${stat}` : path;
}
