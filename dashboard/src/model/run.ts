/** A run as every page knows it, and what its status means. */
import { hashIndex, SERIES_COUNT } from "../base/color.ts";
import { type DurationUs, durationUs, type EpochUs } from "../base/time.ts";

/** A number that was logged; the three that JSON cannot hold arrive as text and are numbers here. */
export interface MetricSummary {
  readonly first: number | string | null;
  readonly last: number | string | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly lastStep: number | null;
}

/** Whether every point has the one value; what was logged once is. */
export function isConstant({ first, last, min, max }: MetricSummary): boolean {
  return Object.is(first, last) && (min === max || min === null) && (min === null || min === last);
}

export interface Run {
  readonly runId: string;
  readonly name: string;
  readonly number: number;
  readonly experiment: string;
  readonly status: string;
  readonly statusReason: string | null;
  /** Who brought it there: the script, the fold that missed it, a person. */
  readonly statusBy: string | null;
  readonly error: Readonly<Record<string, unknown>> | null;
  readonly createdUs: EpochUs;
  readonly startedUs: EpochUs | null;
  readonly endedUs: EpochUs | null;
  readonly seenUs: EpochUs | null;
  readonly parentId: string | null;
  readonly runType: string | null;
  readonly target: string | null;
  readonly user: string | null;
  readonly host: string | null;
  readonly description: string | null;
  readonly archived: boolean;
  /** Since when it is in the bin. */
  readonly deletedUs: EpochUs | null;
  readonly tags: Readonly<Record<string, string | null>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly childCount: number;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
}

export type StatusTone = "active" | "good" | "bad" | "quiet" | "waiting" | "warning";

export interface StatusLook {
  readonly tone: StatusTone;
  /** One character, so that the status never depends on colour alone. */
  readonly icon: string;
}

const LOOKS: Readonly<Record<string, StatusLook>> = {
  NotStarted: { tone: "waiting", icon: "○" },
  Queued: { tone: "waiting", icon: "○" },
  Preparing: { tone: "waiting", icon: "○" },
  Provisioning: { tone: "waiting", icon: "○" },
  Starting: { tone: "waiting", icon: "○" },
  Running: { tone: "active", icon: "◐" },
  Finalizing: { tone: "active", icon: "◐" },
  CancelRequested: { tone: "quiet", icon: "◐" },
  Canceled: { tone: "quiet", icon: "⊘" },
  Completed: { tone: "good", icon: "✓" },
  Failed: { tone: "bad", icon: "✕" },
  NotResponding: { tone: "warning", icon: "!" },
  Paused: { tone: "quiet", icon: "‖" },
};

export function statusLook(status: string): StatusLook {
  return LOOKS[status] ?? { tone: "quiet", icon: "?" };
}

const TERMINAL: ReadonlySet<string> = new Set(["Completed", "Failed", "Canceled"]);

/** Whether nothing more is expected of the run. */
export function isTerminal(status: string): boolean {
  return TERMINAL.has(status);
}

/** Whether somebody is known to work on the run: it cannot be deleted before that is over. */
export function isGoingOn(status: string): boolean {
  return !isTerminal(status) && status !== "NotStarted" && status !== "NotResponding";
}

/** From the start (else the creation) to the end; a run that goes on is measured up to `now`. */
export function runDuration(run: Run, now: EpochUs): DurationUs | null {
  const from = run.startedUs ?? run.createdUs;
  if (run.endedUs !== null) return durationUs(from, run.endedUs);
  if (isTerminal(run.status)) return null;
  return durationUs(from, run.status === "NotResponding" && run.seenUs ? run.seenUs : now);
}

/**
 * The name where the parent is in view anyway: the SDK names a child `parent>child`, and in a
 * narrow column the part that tells children apart would be cut off.
 */
export function shortName(run: Pick<Run, "name" | "parentId">): string {
  return run.parentId === null ? run.name : run.name.slice(run.name.lastIndexOf(">") + 1);
}

/** Tags whose names begin so are Runtide's own and are not shown among a run's tags. */
export const RESERVED_TAG_PREFIX = "runtide.";

/** Its value is the place of the run's colour in the list of ten, from 1. */
export const COLOR_TAG = `${RESERVED_TAG_PREFIX}color`;

/**
 * The run's place in the list of colours: the one that somebody chose for it. Else numbers count
 * up within an experiment, so that any ten neighbours differ; a run without a number takes the
 * hash of its id.
 */
export function colorIndex(run: Pick<Run, "number" | "runId" | "tags">): number {
  const chosen = Number(run.tags[COLOR_TAG]);
  if (Number.isInteger(chosen) && chosen >= 1 && chosen <= SERIES_COUNT) return chosen - 1;
  return run.number > 0 ? (run.number - 1) % SERIES_COUNT : hashIndex(run.runId, SERIES_COUNT);
}
