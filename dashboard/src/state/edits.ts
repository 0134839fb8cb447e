/** What people change of runs: seen at once, and taken back with a word when it is refused. */
import { deleteRun, isRecorded, patchRun, postCancel, restoreRun } from "../api/edits.ts";
import { changeOf, inverseOf, type RunChange, type RunEdit } from "../model/edits.ts";
import type { Cancelable } from "../model/job.ts";
import type { Run } from "../model/run.ts";
import { now } from "./clock.ts";
import { showAtOnce, tellRun } from "./live.ts";
import { notify } from "./notices.ts";
import { toError } from "./resource.ts";

/** Requests at once: a browser has six connections to a server, and streams take two. */
const AT_ONCE = 4;

let free = AT_ONCE;
const waiting: (() => void)[] = [];

/** The last change of each run: the next one is sent once that is answered, so none overtakes. */
const lastOf = new Map<string, Promise<void>>();

/** Change `run`, which is as it is seen now. */
export function editRun(run: Run, edit: RunEdit): void {
  const back = changeOf(inverseOf(run, edit));
  change(run.runId, changeOf(edit), back, () => patchRun(run.runId, edit));
}

/** Archive runs or bring them back, and offer to undo it. */
export function archiveRuns(runs: readonly Run[], archived: boolean): void {
  const changed = runs.filter((run) => run.archived !== archived);
  if (changed.length === 0) return;
  for (const run of changed) editRun(run, { archived });
  notify({ kind: "archived", count: changed.length, archived }, () => {
    for (const run of changed) editRun({ ...run, archived }, { archived: !archived });
  });
}

/** Put runs into the bin, with those below them, and offer to undo it. */
export function deleteRuns(runs: readonly Run[]): void {
  const kept = runs.filter((run) => run.deletedUs === null);
  if (kept.length === 0) return;
  const deletedUs = now.peek();
  for (const { runId } of kept) {
    change(runId, { deletedUs }, { deletedUs: null }, () => deleteRun(runId));
  }
  notify({ kind: "deleted", count: kept.length, deleted: true }, () => {
    restoreRuns(kept.map((run) => ({ ...run, deletedUs })));
  });
}

/** Take runs out of the bin, with those below them. */
export function restoreRuns(runs: readonly Run[]): void {
  const gone = runs.filter((run) => run.deletedUs !== null);
  if (gone.length === 0) return;
  for (const { runId, deletedUs } of gone) {
    change(runId, { deletedUs: null }, { deletedUs }, () => restoreRun(runId));
  }
  notify({ kind: "deleted", count: gone.length, deleted: false });
}

/** Cancel a run; until that is answered it is about to be canceled. */
export function cancelRun(run: Cancelable): void {
  const back = { status: run.status };
  change(run.runId, { status: "CancelRequested" }, back, () => postCancel(run.runId));
}

function change(runId: string, shown: RunChange, back: RunChange, send: () => Promise<void>): void {
  const answered = showAtOnce(runId, shown);
  const before = lastOf.get(runId) ?? Promise.resolve();
  const mine = before.then(async () => {
    await turn();
    try {
      await send();
      answered();
    } catch (problem) {
      answered();
      if (isRecorded(problem)) return;
      tellRun(runId, back);
      notify({ kind: "refused", error: toError(problem) });
    } finally {
      free += 1;
      waiting.shift()?.();
      if (lastOf.get(runId) === mine) lastOf.delete(runId);
    }
  });
  lastOf.set(runId, mine);
}

async function turn(): Promise<void> {
  while (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  free -= 1;
}
