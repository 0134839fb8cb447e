/** Something fetched: what is known stays in view while it is fetched again. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Asking } from "../api/client.ts";

export interface Fetched<T> {
  readonly value: T | null;
  readonly error: Error | null;
  readonly loading: boolean;
}

export interface Resource<T> {
  readonly state: ReadonlySignal<Fetched<T>>;
  /** Fetch again, at most once at a time and once a second; the last call is never lost. */
  readonly refresh: () => void;
  readonly dispose: () => void;
}

const REFRESH_GAP_MS = 1000;

/** `load` is told whether it is called because of a live event; see `Asking`. */
export function createResource<T>(load: (asking: Asking) => Promise<T>): Resource<T> {
  const state = signal<Fetched<T>>({ value: null, error: null, loading: true });
  let disposed = false;
  let running = false;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (asking: Asking) => {
    running = true;
    again = false;
    state.value = { ...state.value, loading: true };
    try {
      const value = await load(asking);
      if (!disposed) state.value = { value, error: null, loading: false };
    } catch (error) {
      // What is known stays in view through an outage, and is brought up to date after it.
      again = state.value.value !== null;
      const shown = again ? null : toError(error);
      if (!disposed) state.value = { ...state.value, error: shown, loading: false };
    }
    if (disposed) return;
    timer = setTimeout(() => {
      running = false;
      if (again) run({ fresh: true });
    }, REFRESH_GAP_MS);
  };

  run({ fresh: false });
  return {
    state,
    refresh: () => {
      if (running) again = true;
      else run({ fresh: true });
    },
    dispose: () => {
      disposed = true;
      clearTimeout(timer);
    },
  };
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Resolves once the signal is true. */
export function whenTrue(isTrue: ReadonlySignal<boolean>): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!isTrue.value) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}
