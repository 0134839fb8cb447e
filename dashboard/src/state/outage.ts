/** A server that does not answer, and the moment when it does again. */
import { ApiError, isReachable } from "../api/client.ts";

const ASK_GAP_MS = 1000;

const waiting = new Set<() => void>();
let isAsking = false;

export function isOutage(error: Error): boolean {
  return error instanceof ApiError && error.status === 0;
}

/** Call `tell`, once, when the server answers again. Call the result to stop. */
export function whenBack(tell: () => void): () => void {
  waiting.add(tell);
  if (!isAsking) void askUntilBack();
  return () => {
    waiting.delete(tell);
  };
}

async function askUntilBack(): Promise<void> {
  isAsking = true;
  while (waiting.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, ASK_GAP_MS));
    if (waiting.size === 0 || !(await isReachable())) continue;
    const told = [...waiting];
    waiting.clear();
    for (const tell of told) tell();
  }
  isAsking = false;
}

/** Why a file of the dashboard's own code did not come. */
export async function missingPart(): Promise<Error> {
  return (await isReachable())
    ? new ApiError(404, "outdated-page", "the server has files of another version")
    : new ApiError(0, "offline", "no answer came");
}
