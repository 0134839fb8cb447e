/** The code of runs: their snapshots, and texts of two of them. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { readText } from "../api/client.ts";
import { getSnapshot, snapshotFileUrl } from "../api/jobs.ts";
import type { FileChange, Snapshot } from "../model/snapshot.ts";
import { createResource, type Resource } from "./resource.ts";

export { snapshotFileUrl, snapshotZipUrl } from "../api/jobs.ts";

/** The snapshot of a run that has one; the stream tells of it before the tables hold it. */
export function createSnapshot(runId: string): Resource<Snapshot> {
  return createResource(() => getSnapshot(runId, { fresh: true }));
}

/** What is there on both sides; null before it has come. */
export interface Both<T> {
  readonly value: ReadonlySignal<readonly [T, T] | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly refresh: () => void;
  readonly dispose: () => void;
}

export function createSnapshots(left: string, right: string): Both<Snapshot> {
  return both(createSnapshot(left), createSnapshot(right));
}

/** Bytes of a file that are compared. */
export const CODE_BYTES_MAX = 256_000;

/** The text of a file in both snapshots; on a side that lacks the file it is empty. */
export function createCodeTexts(left: string, right: string, change: FileChange): Both<string> {
  const text = (runId: string, isThere: boolean) =>
    createResource(async () =>
      isThere ? readText(snapshotFileUrl(runId, change.path), CODE_BYTES_MAX) : "",
    );
  return both(text(left, change.left !== null), text(right, change.right !== null));
}

function both<T>(left: Resource<T>, right: Resource<T>): Both<T> {
  const sides = [left, right];
  return {
    value: computed(() => {
      const [first, second] = sides.map((side) => side.state.value.value);
      return first === null || second === null ? null : [first, second];
    }),
    error: computed(() => sides.find((side) => side.state.value.error)?.state.value.error ?? null),
    refresh: () => {
      for (const side of sides) side.refresh();
    },
    dispose: () => {
      for (const side of sides) side.dispose();
    },
  };
}
