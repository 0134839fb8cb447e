/** Runs found by what is typed, to be added to a comparison. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Run } from "../model/run.ts";
import { searchRuns } from "./compare.ts";
import { toError } from "./resource.ts";

export interface RunSearch {
  readonly typed: ReadonlySignal<string>;
  /** Null before the first answer, and while nothing is asked. */
  readonly found: ReadonlySignal<readonly Run[] | null>;
  readonly error: ReadonlySignal<Error | null>;
  /** Search for the newest runs of all when `text` is empty. */
  type: (text: string) => void;
  close: () => void;
}

const TYPING_PAUSE_MS = 200;

export function createRunSearch(): RunSearch {
  const typed = signal("");
  const found = signal<readonly Run[] | null>(null);
  const error = signal<Error | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const ask = async (text: string) => {
    asked += 1;
    const mine = asked;
    try {
      const runs = await searchRuns(text);
      if (mine !== asked) return;
      found.value = runs;
      error.value = null;
    } catch (problem) {
      if (mine === asked) error.value = toError(problem);
    }
  };

  return {
    typed,
    found,
    error,
    type: (text) => {
      typed.value = text;
      clearTimeout(timer);
      timer = setTimeout(() => ask(text), TYPING_PAUSE_MS);
    },
    close: () => {
      clearTimeout(timer);
      asked += 1;
      typed.value = "";
      found.value = null;
      error.value = null;
    },
  };
}
