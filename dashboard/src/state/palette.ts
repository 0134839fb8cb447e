/** What the command palette finds on the server: experiments, and runs by name or id. */
import { batch, effect, type ReadonlySignal, signal } from "@preact/signals";
import { listExperiments, listRuns } from "../api/client.ts";
import type { Experiment } from "../model/catalog.ts";
import { idOrNameQuery } from "../model/filter.ts";
import type { Run } from "../model/run.ts";
import { toError } from "./resource.ts";

export interface PaletteSearch {
  readonly typed: ReadonlySignal<string>;
  /** All of them, whatever was typed. */
  readonly experiments: ReadonlySignal<readonly Experiment[]>;
  /** Those that fit what was typed; the newest when nothing was. */
  readonly runs: ReadonlySignal<readonly Run[]>;
  readonly searching: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<Error | null>;
  type: (text: string) => void;
  dispose: () => void;
}

const TYPING_GAP_MS = 150;

export function createPaletteSearch(runsMax: number): PaletteSearch {
  const typed = signal("");
  const experiments = signal<readonly Experiment[]>([]);
  const runs = signal<readonly Run[]>([]);
  const searching = signal(true);
  const error = signal<Error | null>(null);
  const stop = new AbortController();
  const asking = { fresh: false, signal: stop.signal };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const failed = (problem: unknown) => {
    if (stop.signal.aborted) return;
    batch(() => {
      error.value = toError(problem);
      searching.value = false;
    });
  };

  const searchRuns = async (text: string) => {
    const filter = idOrNameQuery(text);
    const query = { filter, includeChildren: true, metrics: [], limit: runsMax };
    try {
      const { items } = await listRuns(query, asking);
      if (text !== typed.value) return;
      batch(() => {
        runs.value = items;
        searching.value = false;
        error.value = null;
      });
    } catch (problem) {
      failed(problem);
    }
  };

  const stopSearching = effect(() => {
    const text = typed.value;
    searching.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => searchRuns(text), text === "" ? 0 : TYPING_GAP_MS);
  });
  listExperiments(asking).then(({ items }) => {
    experiments.value = items;
  }, failed);

  return {
    typed,
    experiments,
    runs,
    searching,
    error,
    type: (text) => {
      typed.value = text;
    },
    dispose: () => {
      stopSearching();
      clearTimeout(timer);
      stop.abort();
    },
  };
}
