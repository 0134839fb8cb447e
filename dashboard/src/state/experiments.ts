/** The list of experiments. */
import { listExperiments } from "../api/client.ts";
import type { Experiment, Paged } from "../model/catalog.ts";
import { followAllRuns, listen } from "./live.ts";
import { createResource, type Resource } from "./resource.ts";

export function createExperiments(): Resource<Paged<Experiment>> {
  let stopFollowing: (() => void) | null = null;
  const resource = createResource(async (asking) => {
    const page = await listExperiments(asking);
    stopFollowing ??= followAllRuns(page.position);
    return page;
  });
  const stopListening = listen({ onRun: resource.refresh, onReset: resource.refresh });
  return {
    ...resource,
    dispose: () => {
      resource.dispose();
      stopListening();
      stopFollowing?.();
    },
  };
}
