/** What the runs of a list can be filtered, sorted and grouped by; metrics that come up join it. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { listFields } from "../api/client.ts";
import type { RunField } from "../model/fields.ts";
import { isBefore } from "../model/position.ts";
import { listen } from "./live.ts";
import { createResource } from "./resource.ts";
import type { RunsSource } from "./runs-list.ts";

export interface Fields {
  readonly items: ReadonlySignal<readonly RunField[]>;
  /** How many there are beyond `items` too. */
  readonly totalCount: ReadonlySignal<number>;
  /** Whether the first answer is there, or will not come. */
  readonly isSettled: ReadonlySignal<boolean>;
  /** Runs were read at `position`, which fields read before may not know all of. */
  catchUp: (position: string) => void;
  dispose: () => void;
}

/** `isOurs` says whether a run is one of the list. */
export function createFields(source: RunsSource, isOurs: (run: string) => boolean): Fields {
  const resource = createResource((asking) => listFields(source, asking));
  const items = computed(() => resource.state.value.value?.items ?? []);
  const metrics = computed(
    () => new Set(items.value.flatMap((f) => (f.source === "metrics" ? [f.name] : []))),
  );
  // A metric that holds text alone is no field; it is asked about once.
  const asked = new Set<string>();
  const stop = listen({
    onPoints: ({ run, metric }) => {
      if (metrics.value.has(metric) || asked.has(metric) || !isOurs(run)) return;
      asked.add(metric);
      resource.refresh();
    },
    onRun: (run, change) => {
      if ((change.config || change.tags || change.properties) && isOurs(run)) resource.refresh();
    },
    onReset: () => resource.refresh(),
  });
  return {
    items,
    totalCount: computed(() => resource.state.value.value?.totalCount ?? 0),
    isSettled: computed(() => {
      const { value, error } = resource.state.value;
      return value !== null || error !== null;
    }),
    catchUp: (position) => {
      const at = resource.state.peek().value?.position;
      if (at !== undefined && isBefore(at, position)) resource.refresh();
    },
    dispose: () => {
      stop();
      resource.dispose();
    },
  };
}
