/** The runs table as lines on the screen: runs, and under an open parent its children. */
import type { Run } from "./run.ts";

export interface RunRow {
  readonly run: Run;
  readonly depth: number;
}

/** Parents in order, each open one followed by its children, one level deeper. */
export function runRows(
  runs: readonly Run[],
  open: ReadonlySet<string>,
  childrenOf: ReadonlyMap<string, readonly Run[]>,
  depth = 0,
): RunRow[] {
  return runs.flatMap((run) => [
    { run, depth },
    ...(open.has(run.runId)
      ? runRows(childrenOf.get(run.runId) ?? [], open, childrenOf, depth + 1)
      : []),
  ]);
}

/** `selected` with `id` taken out if it was in, else put at the end. */
export function toggled(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((one) => one !== id) : [...selected, id];
}
