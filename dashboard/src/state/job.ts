/** What a run was submitted with, and which states it went through. */
import { getJob, listStates } from "../api/jobs.ts";
import type { Job, RunState } from "../model/job.ts";
import { listen } from "./live.ts";
import { createResource, type Resource } from "./resource.ts";

export interface JobData {
  /** It never changes. */
  readonly job: Resource<Job>;
  readonly states: Resource<readonly RunState[]>;
  readonly dispose: () => void;
}

export function createJob(runId: string): JobData {
  // A run that began a moment ago is in the tables before its job is.
  const job = createResource(() => getJob(runId, { fresh: true }));
  const states = createResource((asking) => listStates(runId, asking));
  const stopListening = listen({
    onRun: (changed, { status }) => {
      if (changed === runId && status !== undefined) states.refresh();
    },
    onReset: states.refresh,
  });
  return {
    job,
    states,
    dispose: () => {
      stopListening();
      job.dispose();
      states.dispose();
    },
  };
}
