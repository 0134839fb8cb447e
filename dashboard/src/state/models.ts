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
import { createFollowed } from "./followed.ts";
import { notify } from "./notices.ts";
import { createResource, type Resource, toError } from "./resource.ts";

export type { ModelName, ModelsPage };
export { modelFileUrl };

/** The models whose names have `search` in them, live. */
export function createModels(search: () => string): Resource<ModelsPage> {
  return createFollowed((asking) => listModels(search(), asking), onModel());
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
  const listed = createFollowed((asking) => listVersions(model, asking), onModel(model.name));
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

/** Calls for what is of the model `name`, or of any. */
function onModel(name?: string) {
  return (refresh: () => void) => ({
    onModel: (changed: string) => {
      if (name === undefined || changed === name) refresh();
    },
  });
}
