/** A filter that the server does not understand. */
import { ApiError } from "../api/client.ts";

/** A filter as it was typed, and what the server says about it. */
export interface FilterError {
  readonly filter: string;
  readonly message: string;
}

/** What the server says is wrong with the filter; null when something else is. */
export function filterErrorOf(problem: unknown, filter: string): FilterError | null {
  const isOfFilter =
    problem instanceof ApiError && problem.status === 400 && /^filter\b/.test(problem.message);
  return isOfFilter ? { filter, message: problem.message } : null;
}
