/** A JSON value as the rows of a tree. */

export interface JsonRow {
  /** `model.layers[0].width`; the whole value has the empty path. */
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  readonly value: unknown;
  /** How many members an object or array has; null for a plain value. */
  readonly size: number | null;
  readonly isOpen: boolean;
}

export interface JsonView {
  /** Paths whose state was turned round by hand. */
  readonly turned: ReadonlySet<string>;
  /** Levels that are open by themselves. */
  readonly openDepth: number;
  /** Only members whose path or value contains this, and what leads to them, all open. */
  readonly search: string;
}

/**
 * The members of `value`, parents before children, `limit` at most; and how many there are. Closed
 * members hide what they hold, unless it is searched for.
 */
export function jsonRows(
  value: unknown,
  view: JsonView,
  limit: number,
): { readonly rows: readonly JsonRow[]; readonly count: number } {
  const rows: JsonRow[] = [];
  let count = 0;
  const text = view.search.toLowerCase();
  const visit = (parent: unknown, prefix: string, depth: number): void => {
    for (const [key, path, member] of membersOf(parent, prefix)) {
      if (text && !holds(member, path, text)) continue;
      const size = sizeOf(member);
      const isOpen =
        size !== null &&
        size > 0 &&
        (text !== "" || depth < view.openDepth !== view.turned.has(path));
      count += 1;
      if (rows.length < limit) rows.push({ path, key, depth, value: member, size, isOpen });
      if (isOpen) visit(member, path, depth + 1);
    }
  };
  visit(value, "", 0);
  return { rows, count };
}

export function sizeOf(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : null;
}

function* membersOf(parent: unknown, prefix: string): Generator<[string, string, unknown]> {
  if (Array.isArray(parent)) {
    for (const [i, member] of parent.entries()) yield [String(i), `${prefix}[${i}]`, member];
  } else if (isObject(parent)) {
    for (const [key, member] of Object.entries(parent)) {
      yield [key, prefix ? `${prefix}.${key}` : key, member];
    }
  }
}

function holds(value: unknown, path: string, text: string): boolean {
  if (path.toLowerCase().includes(text)) return true;
  if (sizeOf(value) === null) return String(value).toLowerCase().includes(text);
  for (const [, inner, member] of membersOf(value, path)) {
    if (holds(member, inner, text)) return true;
  }
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
