/** What became of a run, and when: the states that its record tells of. */
import { type DurationUs, durationUs, type EpochUs } from "../base/time.ts";
import { isTerminal, type Run } from "./run.ts";

export interface Phase {
  readonly what: "created" | "started" | "ended" | "silent" | "now";
  readonly status: string;
  readonly at: EpochUs;
  /** How long it lasted, up to the next phase; null for the last one. */
  readonly length: DurationUs | null;
  readonly by: string | null;
  readonly reason: string | null;
}

/** In order of time. The last one is where the run is `now`, or where it ended. */
export function phasesOf(run: Run, now: EpochUs): Phase[] {
  const points: Omit<Phase, "length">[] = [];
  const add = (what: Phase["what"], status: string, at: EpochUs | null, isLast: boolean) => {
    if (at === null) return;
    const who = isLast
      ? { by: run.statusBy, reason: run.statusReason }
      : { by: null, reason: null };
    points.push({ what, status, at, ...who });
  };
  const ended = isTerminal(run.status);
  add("created", "NotStarted", run.createdUs, false);
  add("started", "Running", run.startedUs, false);
  if (ended) add("ended", run.status, run.endedUs, true);
  else if (run.status === "NotResponding") add("silent", run.status, run.seenUs, true);
  else add("now", run.status, now, true);
  return points.map((point, i) => {
    const next = points[i + 1];
    return { ...point, length: next ? durationUs(point.at, next.at) : null };
  });
}
