/** What became of a run, and when: the states that it went through, by whom and for how long. */
import { type DurationUs, durationUs, type EpochUs } from "../base/time.ts";
import { isTerminal, type Run } from "./run.ts";

/** A state that somebody said the run is in, and that counted. */
export interface RunState {
  readonly status: string;
  readonly at: EpochUs;
  readonly by: string | null;
  readonly reason: string | null;
}

export interface Phase {
  /** Null for the time between the run's creation and its first state. */
  readonly status: string | null;
  readonly at: EpochUs;
  /** How long it lasted, or lasts up to now; null for an end, which lasts for ever. */
  readonly length: DurationUs | null;
  readonly isNow: boolean;
  readonly by: string | null;
  readonly reason: string | null;
}

/**
 * In the order in which they were said, and each up to the next one, from the creation on. A run
 * that was silent and is heard of again is in a state that nobody said: then the last phase is that.
 */
export function phasesOf(run: Run, states: readonly RunState[], now: EpochUs): Phase[] {
  const created = { status: null, at: run.createdUs, by: run.user, reason: null };
  const points: Omit<Phase, "length" | "isNow">[] = [created, ...states];
  const last = states.at(-1);
  if (last?.status !== run.status && run.status !== "NotStarted") {
    const at = (isTerminal(run.status) ? run.endedUs : run.seenUs) ?? run.createdUs;
    points.push({ status: run.status, at, by: run.statusBy, reason: run.statusReason });
  }
  return points.map((point, i) => {
    const next = points[i + 1];
    const isNow = !next && !isTerminal(point.status ?? "");
    const end = isNow ? now : next?.at;
    return { ...point, isNow, length: end === undefined ? null : durationUs(point.at, end) };
  });
}
