/** The code that runs ran with, and what differs between that of two. */
import { compareNames } from "../base/names.ts";
import type { EpochUs } from "../base/time.ts";

export interface SnapshotFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Something that a snapshot is without. */
export interface LeftOut {
  readonly path: string;
  readonly sizeBytes: number;
  readonly reason: string;
}

export interface Snapshot {
  readonly snapshotId: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
  readonly takenUs: EpochUs | null;
  readonly leftOut: readonly LeftOut[];
  /** By path; of a very large snapshot the first ones. */
  readonly files: readonly SnapshotFile[];
}

/** The property that names a run's snapshot: a run without it has none. */
export const SNAPSHOT_PROPERTY = "ContentSnapshotId";

export interface FileChange {
  readonly kind: "added" | "removed" | "changed";
  readonly path: string;
  /** Null on the side that lacks the file. */
  readonly left: SnapshotFile | null;
  readonly right: SnapshotFile | null;
}

export interface CodeDifference {
  /** In natural order of their paths. */
  readonly changes: readonly FileChange[];
  readonly equalCount: number;
}

/** Which files the right side added to the left, took away and changed. */
export function codeDifference(
  left: readonly SnapshotFile[],
  right: readonly SnapshotFile[],
): CodeDifference {
  const before = new Map(left.map((file) => [file.path, file]));
  const after = new Map(right.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(compareNames);
  const changes = paths.flatMap((path): FileChange[] => {
    const [old, fresh] = [before.get(path) ?? null, after.get(path) ?? null];
    if (old?.sha256 === fresh?.sha256) return [];
    const kind = old === null ? "added" : fresh === null ? "removed" : "changed";
    return [{ kind, path, left: old, right: fresh }];
  });
  return { changes, equalCount: paths.length - changes.length };
}
