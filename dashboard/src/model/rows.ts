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

/** `runs` with those that have a new version; the list itself when none has. */
export function replacedRuns(
  runs: readonly Run[],
  changed: ReadonlyMap<string, Run>,
): readonly Run[] {
  return runs.some((run) => changed.has(run.runId))
    ? runs.map((run) => changed.get(run.runId) ?? run)
    : runs;
}
