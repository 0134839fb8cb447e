/** What waits and runs on each compute target, live. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { AS_IT_IS } from "../api/client.ts";
import { getTarget, listTargets } from "../api/jobs.ts";
import type { TargetLoad, TargetRun } from "../model/job.ts";
import { isTerminal } from "../model/run.ts";
import { followAllRuns, listen, unansweredStatus } from "./live.ts";
import { createResource } from "./resource.ts";

export interface Compute {
  /** By name; null before they are known. */
  readonly targets: ReadonlySignal<readonly TargetLoad[] | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly refresh: () => void;
  readonly dispose: () => void;
}

/** A status is shown as soon as it is told; what it changes in the queues is asked for again. */
export function createCompute(): Compute {
  const told = signal<ReadonlyMap<string, string>>(new Map());
  let stopFollowing: (() => void) | null = null;
  const resource = createResource(async (asking) => {
    const { names, position } = await listTargets(asking);
    const loads = await Promise.all(names.map((name) => getTarget(name, AS_IT_IS)));
    told.value = new Map();
    stopFollowing ??= followAllRuns(position);
    return loads;
  });
  const stopListening = listen({
    onRun: (runId, change) => {
      if (change.status !== undefined) told.value = new Map(told.value).set(runId, change.status);
      // Signs of life come by the second and change nothing here.
      if (change.status !== undefined || change.experiment !== undefined) resource.refresh();
    },
    onReset: resource.refresh,
  });
  const newest = (run: TargetRun): TargetRun => {
    const status = unansweredStatus(run.runId) ?? told.value.get(run.runId) ?? run.status;
    return isTerminal(run.status) ? run : { ...run, status };
  };
  return {
    targets: computed(
      () =>
        resource.state.value.value?.map((load) => ({
          ...load,
          queued: load.queued.map(newest),
          active: load.active.map(newest),
        })) ?? null,
    ),
    error: computed(() => resource.state.value.error),
    refresh: resource.refresh,
    dispose: () => {
      resource.dispose();
      stopListening();
      stopFollowing?.();
    },
  };
}
