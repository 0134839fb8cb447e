/** The saved views of an experiment: fetched once when they are first looked at, and live. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { deleteSavedView, isRecorded, listSavedViews, putSavedView } from "../api/edits.ts";
import { type SavedView, withView } from "../model/saved-views.ts";
import { listen } from "./live.ts";
import { notify } from "./notices.ts";
import { toError } from "./resource.ts";

export interface SavedViews {
  /** Null until they were looked at. */
  readonly views: ReadonlySignal<readonly SavedView[] | null>;
  readonly error: ReadonlySignal<Error | null>;
  readonly load: () => void;
  readonly save: (name: string, query: string) => void;
  readonly remove: (view: SavedView) => void;
  readonly dispose: () => void;
}

export function createSavedViews(experiment: string): SavedViews {
  const views = signal<readonly SavedView[] | null>(null);
  const error = signal<Error | null>(null);

  const refetch = async () => {
    try {
      views.value = await listSavedViews(experiment);
      error.value = null;
    } catch (problem) {
      error.value = toError(problem);
    }
  };

  const put = (name: string, view: SavedView | null) => {
    if (views.value) views.value = withView(views.value, name, view);
  };

  /** Show the view, or that it is gone, at once; as it was before if the server refuses. */
  const change = async (name: string, view: SavedView | null, send: () => Promise<void>) => {
    const before = views.value?.find((one) => one.name === name) ?? null;
    put(name, view);
    try {
      await send();
      return true;
    } catch (problem) {
      if (isRecorded(problem)) return true;
      put(name, before);
      notify({ kind: "refused", error: toError(problem) });
      return false;
    }
  };

  const save = (name: string, query: string) => {
    const view = { name, query, savedUs: null };
    return change(name, view, () => putSavedView(experiment, view));
  };

  const stop = listen({
    onView: (told) => {
      if (told.experiment === experiment) put(told.name, told.view);
    },
    onReset: () => {
      if (views.value) refetch();
    },
  });

  return {
    views,
    error,
    load: () => {
      if (!views.value) refetch();
    },
    save,
    remove: async (view) => {
      const isGone = await change(view.name, null, () => deleteSavedView(experiment, view.name));
      if (isGone)
        notify({ kind: "viewDeleted", name: view.name }, () => save(view.name, view.query));
    },
    dispose: stop,
  };
}
