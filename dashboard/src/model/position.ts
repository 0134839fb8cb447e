/** Positions in the event log: `0:123,1:45`, the next offset of each partition. */

/** Whether `a` lies before `b` in any partition, so that a stream from `b` could miss something. */
export function isBefore(a: string, b: string): boolean {
  const offsets = parsePosition(a);
  return [...parsePosition(b)].some(
    ([partition, offset]) => (offsets.get(partition) ?? 0) < offset,
  );
}

function parsePosition(text: string): Map<number, number> {
  const pairs = text.split(",").filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const [partition, offset] = pair.split(":").map(Number);
      return [partition, offset];
    }),
  );
}
