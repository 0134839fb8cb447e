/** What people change of a run, and how it looks before the server has answered. */
import { RESERVED_TAG_PREFIX, type Run } from "./run.ts";

/** What is left out stays. A tag of null is removed. */
export interface RunEdit {
  readonly name?: string;
  readonly description?: string;
  readonly archived?: boolean;
  readonly tags?: Readonly<Record<string, string | null>>;
}

/** Fields of a run that have new values, as the live stream tells them too. */
export interface RunChange extends Partial<Run> {
  /** Tags that are gone; `tags` holds those that were set. */
  readonly tagsRemoved?: readonly string[];
}

export const NAME_CHARS_MAX = 1024;
export const DESCRIPTION_CHARS_MAX = 262_144;

/** The change that shows `edit` at once. */
export function changeOf(edit: RunEdit): RunChange {
  const { tags, description, ...rest } = edit;
  const entries = Object.entries(tags ?? {});
  return {
    ...rest,
    ...(description === undefined ? {} : { description: description || null }),
    ...(tags && {
      tags: Object.fromEntries(entries.filter(([, value]) => value !== null)),
      tagsRemoved: entries.filter(([, value]) => value === null).map(([key]) => key),
    }),
  };
}

/**
 * The edit that undoes `edit` on a run that is `run` before it. A tag without a value comes back
 * with an empty one, which looks the same.
 */
export function inverseOf(run: Run, edit: RunEdit): RunEdit {
  const tags = Object.keys(edit.tags ?? {}).map((key) => [
    key,
    key in run.tags ? (run.tags[key] ?? "") : null,
  ]);
  return {
    ...(edit.name === undefined ? {} : { name: run.name }),
    ...(edit.description === undefined ? {} : { description: run.description ?? "" }),
    ...(edit.archived === undefined ? {} : { archived: run.archived }),
    ...(edit.tags && { tags: Object.fromEntries(tags) }),
  };
}

/** The run's tags that people set, in order of their names. */
export function shownTags(tags: Run["tags"]): readonly (readonly [string, string])[] {
  return Object.entries(tags)
    .filter(([key]) => !key.startsWith(RESERVED_TAG_PREFIX))
    .map(([key, value]) => [key, value ?? ""] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `key: value`, `key=value`, or a bare key; null when there is no key that a tag can have. */
export function parseTag(text: string): readonly [string, string] | null {
  const at = text.search(/[:=]/);
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  const value = at < 0 ? "" : text.slice(at + 1).trim();
  const isOwn = key.startsWith(RESERVED_TAG_PREFIX);
  return key && !isOwn && key.length <= NAME_CHARS_MAX ? [key, value] : null;
}
