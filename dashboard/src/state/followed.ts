/** A list that is fetched again when something of it has changed. */
import type { Asking } from "../api/client.ts";
import { followAllRuns, type LiveListener, listen } from "./live.ts";
import { createResource, type Resource } from "./resource.ts";

/** What tells of changes, given what fetches the list again. */
type Changes = (refresh: () => void) => Omit<LiveListener, "onReset">;

export function createFollowed<T extends { readonly position: string }>(
  load: (asking: Asking) => Promise<T>,
  changes: Changes,
): Resource<T> {
  let stopFollowing: (() => void) | null = null;
  const resource = createResource(async (asking) => {
    const page = await load(asking);
    stopFollowing ??= followAllRuns(page.position);
    return page;
  });
  const stopListening = listen({ ...changes(resource.refresh), onReset: resource.refresh });
  return {
    ...resource,
    dispose: () => {
      resource.dispose();
      stopListening();
      stopFollowing?.();
    },
  };
}
