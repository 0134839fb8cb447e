/** The HTTP API of submitted runs, compute targets and snapshots of code. */
import {
  type Job,
  type RunState,
  SUBMITTED_TYPE,
  type TargetLoad,
  type TargetRun,
} from "../model/job.ts";
import type { LeftOut, Snapshot, SnapshotFile } from "../model/snapshot.ts";
import { AS_IT_IS, BASE, encodePath, getJson, paged, queryString, runPath } from "./client.ts";
import {
  asArray,
  asNumber,
  asObject,
  asText,
  instantOrNull,
  numberOrNull,
  textOrNull,
} from "./decode.ts";

export interface TargetNames {
  readonly names: readonly string[];
  /** Where the live stream continues without a gap. */
  readonly position: string;
}

export async function listTargets(asking = AS_IT_IS): Promise<TargetNames> {
  const { items, position } = paged(await getJson("/targets", asking), (item) =>
    asText(item.name, "target.name"),
  );
  return { names: items, position };
}

export async function getTarget(name: string, asking = AS_IT_IS): Promise<TargetLoad> {
  const answer = asObject(await getJson(`/targets/${encodePath(name)}`, asking), "target");
  return {
    name,
    queued: asArray(answer.queued, "target.queued").map(decodeTargetRun),
    active: asArray(answer.active, "target.active").map(decodeTargetRun),
  };
}

export async function getJob(runId: string, asking = AS_IT_IS): Promise<Job> {
  const job = asObject(await getJson(`${runPath(runId)}/job`, asking), "job");
  const variables = Object.entries(asObject(job.variables, "job.variables"));
  return {
    target: asText(job.target, "job.target"),
    priority: asNumber(job.priority, "job.priority"),
    command: asArray(job.command, "job.command").map((word) => asText(word, "job.command")),
    environment: asObject(job.environment, "job.environment"),
    variables: Object.fromEntries(variables.map(([name, value]) => [name, String(value)])),
    source: textOrNull(job.source),
    durationSMax: numberOrNull(job.duration_s_max),
    submittedUs: instantOrNull(job.submitted_us),
  };
}

export async function listStates(runId: string, asking = AS_IT_IS): Promise<readonly RunState[]> {
  const answer = asObject(await getJson(`${runPath(runId)}/states`, asking), "states");
  return asArray(answer.items, "states.items").map((value) => {
    const state = asObject(value, "state");
    return { status: asText(state.status, "state.status"), accepted: state.accepted === true };
  });
}

const FILES_PER_PAGE = 10_000;
/** Files of a snapshot that a tab holds. */
const FILES_MAX = 50_000;

/** A run's snapshot with its files by path, the first `FILES_MAX` of them. */
export async function getSnapshot(runId: string, asking = AS_IT_IS): Promise<Snapshot> {
  const files: SnapshotFile[] = [];
  let cursor: string | null = "";
  let facts = {};
  while (cursor !== null && files.length < FILES_MAX) {
    const query = queryString({ limit: String(FILES_PER_PAGE), cursor });
    const answer = asObject(
      await getJson(`${runPath(runId)}/snapshot?${query}`, asking),
      "snapshot",
    );
    files.push(...asArray(answer.items, "snapshot.items").map(decodeFile));
    facts = {
      snapshotId: asText(answer.snapshot_id, "snapshot.snapshot_id"),
      fileCount: asNumber(answer.file_count, "snapshot.file_count"),
      sizeBytes: asNumber(answer.size_bytes, "snapshot.size_bytes"),
      takenUs: instantOrNull(answer.taken_us),
      leftOut: asArray(answer.left_out, "snapshot.left_out").map(decodeLeftOut),
    };
    cursor = textOrNull(answer.next_cursor);
  }
  return { ...(facts as Omit<Snapshot, "files">), files };
}

/** Where a browser finds one file of a snapshot. */
export function snapshotFileUrl(runId: string, path: string): string {
  return `${BASE}${runPath(runId)}/snapshot/files/${encodePath(path)}`;
}

/** Where a browser finds all files of a snapshot as one archive. */
export function snapshotZipUrl(runId: string): string {
  return `${BASE}${runPath(runId)}/snapshot.zip`;
}

function decodeTargetRun(value: unknown): TargetRun {
  const run = asObject(value, "target.run");
  return {
    runId: asText(run.run_id, "target.run_id"),
    name: asText(run.name, "target.name"),
    experiment: asText(run.experiment, "target.experiment"),
    user: textOrNull(run.user),
    status: asText(run.status, "target.status"),
    runType: SUBMITTED_TYPE,
    priority: asNumber(run.priority, "target.priority"),
    submittedUs: instantOrNull(run.submitted_us),
    startedUs: instantOrNull(run.started_us),
  };
}

function decodeFile(value: unknown): SnapshotFile {
  const file = asObject(value, "snapshot.file");
  return {
    path: asText(file.path, "file.path"),
    sha256: asText(file.sha256, "file.sha256"),
    sizeBytes: asNumber(file.size_bytes, "file.size_bytes"),
  };
}

function decodeLeftOut(value: unknown): LeftOut {
  const entry = asObject(value, "snapshot.left_out");
  return {
    path: asText(entry.path, "left_out.path"),
    sizeBytes: asNumber(entry.size_bytes, "left_out.size_bytes"),
    reason: asText(entry.reason, "left_out.reason"),
  };
}
