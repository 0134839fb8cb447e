/** Models: their list, the versions of one, and what people change of them. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { isRecorded } from "../api/edits.ts";
import {
  deleteModel,
  listModelFiles,
  listModels,
  listModelsOfRun,
  listVersions,
  type ModelName,
  type ModelsPage,
  modelFileUrl,
  patchModel,
} from "../api/models.ts";
import {
  type ModelEdit,
  type ModelFile,
  type ModelVersion,
  withModelEdit,
} from "../model/models.ts";
import { followAllRuns, listen } from "./live.ts";
import { notify } from "./notices.ts";
import { createResource, type Resource, toError } from "./resource.ts";

export type { ModelName, ModelsPage };
export { modelFileUrl };

/** The models whose names have `search` in them, live. */
export function createModels(search: () => string): Resource<ModelsPage> {
  return followed((asking) => listModels(search(), asking));
}

/** The versions that come from a run; asked for again when the run's page is opened again. */
export function createModelsOfRun(runId: string): Resource<ModelsPage> {
  return createResource((asking) => listModelsOfRun(runId, asking));
}

export interface OneModel {
  readonly versions: ReadonlySignal<readonly ModelVersion[] | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly refresh: () => void;
  /** Change a version: seen at once, and taken back with a word when it is refused. */
  readonly edit: (version: ModelVersion, edit: ModelEdit) => void;
  readonly remove: (version: ModelVersion) => Promise<boolean>;
  readonly dispose: () => void;
}

/** One model with all its versions, live. */
export function createOneModel(model: ModelName): OneModel {
  const listed = followed((asking) => listVersions(model, asking), model.name);
  const versions = signal<readonly ModelVersion[] | null>(null);
  // What people changed and is not answered yet, in order.
  let unanswered: readonly (readonly [number: number, edit: ModelEdit])[] = [];
  let last = Promise.resolve();

  const show = () => {
    const items = listed.state.peek().value?.items;
    if (items) versions.value = unanswered.reduce(edited, items);
  };
  const stopShowing = listed.state.subscribe(show);

  const isDone = async (send: () => Promise<void>): Promise<boolean> => {
    try {
      await send();
      return true;
    } catch (problem) {
      if (isRecorded(problem)) return true;
      notify({ kind: "refused", error: toError(problem) });
      return false;
    }
  };

  return {
    versions,
    error: computed(() => listed.state.value.error),
    refresh: listed.refresh,
    edit: ({ version }, edit) => {
      const own = [version, edit] as const;
      unanswered = [...unanswered, own];
      show();
      // One at a time, so that none overtakes another.
      last = last.then(async () => {
        const wasDone = await isDone(() => patchModel(model, version, edit));
        unanswered = unanswered.filter((one) => one !== own);
        if (wasDone) versions.value = edited(versions.peek() ?? [], own);
        else show();
        listed.refresh();
      });
    },
    remove: async ({ version }) => {
      const wasDone = await isDone(() => deleteModel(model, version));
      listed.refresh();
      return wasDone;
    },
    dispose: () => {
      stopShowing();
      listed.dispose();
    },
  };
}

function edited(
  versions: readonly ModelVersion[],
  [number, edit]: readonly [number: number, edit: ModelEdit],
): readonly ModelVersion[] {
  return versions.map((one) => (one.version === number ? withModelEdit(one, edit) : one));
}

/** The files of a version, which never change. */
export function createModelFiles(
  model: ModelName,
  version: number,
): Resource<readonly ModelFile[]> {
  return createResource(() => listModelFiles(model, version));
}

/** A list that is fetched again when a model, or that of this name, has changed. */
function followed(load: Parameters<typeof createResource<ModelsPage>>[0], name?: string) {
  let stopFollowing: (() => void) | null = null;
  const resource = createResource(async (asking) => {
    const page = await load(asking);
    stopFollowing ??= followAllRuns(page.position);
    return page;
  });
  const stopListening = listen({
    onModel: (changed) => {
      if (name === undefined || changed === name) resource.refresh();
    },
    onReset: resource.refresh,
  });
  return {
    ...resource,
    dispose: () => {
      resource.dispose();
      stopListening();
      stopFollowing?.();
    },
  };
}
