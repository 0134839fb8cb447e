/** The list of experiments. */
import { listExperiments } from "../api/client.ts";
import type { Experiment, Paged } from "../model/catalog.ts";
import { createFollowed } from "./followed.ts";
import type { Resource } from "./resource.ts";

export function createExperiments(): Resource<Paged<Experiment>> {
  return createFollowed(listExperiments, (refresh) => ({ onRun: refresh }));
}
