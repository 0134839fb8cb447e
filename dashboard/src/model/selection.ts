/** Which runs are selected, and what a click or a key with Shift adds. */

/** `selected` with `ids` added at the end, or taken out when all of them were in. */
export function withToggled(selected: readonly string[], ids: readonly string[]): string[] {
  const had = new Set(selected);
  if (ids.every((id) => had.has(id))) {
    const out = new Set(ids);
    return selected.filter((id) => !out.has(id));
  }
  return [...selected, ...ids.filter((id) => !had.has(id))];
}

/** The ids from `anchor` to `target` in the order of the table; `target` alone without an anchor. */
export function rangeOf(
  order: readonly string[],
  anchor: string | null,
  target: string,
): readonly string[] {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(target);
  if (to < 0) return [];
  if (from < 0) return [target];
  return order.slice(Math.min(from, to), Math.max(from, to) + 1);
}

/** `selected` after a click with Shift: the whole range becomes what the clicked run becomes. */
export function withRange(
  selected: readonly string[],
  range: readonly string[],
  target: string,
): string[] {
  const inRange = new Set(range);
  if (selected.includes(target)) return selected.filter((id) => !inRange.has(id));
  const had = new Set(selected);
  return [...selected, ...range.filter((id) => !had.has(id))];
}
