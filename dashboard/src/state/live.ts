/**
 * The page's live streams and what they said lately.
 *
 * A tab that is hidden closes its streams (a browser allows six connections to a server, and
 * every stream takes one) and continues from the same position when it is seen again.
 */
import { batch, computed, signal } from "@preact/signals";
import { type LiveChange, type LiveStream, openLive } from "../api/live.ts";
import type { RunChange } from "../model/edits.ts";
import { type Delta, mergeRun } from "../model/live.ts";
import { isBefore } from "../model/position.ts";
import { RecentDeltas } from "../model/recent.ts";
import type { Run } from "../model/run.ts";
import type { SavedViewChange } from "../model/saved-views.ts";

export type LiveState = "idle" | "connecting" | "live" | "reconnecting" | "paused";

export interface LiveListener {
  readonly onPoints?: (delta: Delta) => void;
  readonly onRun?: (runId: string, change: RunChange) => void;
  readonly onView?: (change: SavedViewChange) => void;
  readonly onModel?: (name: string) => void;
  readonly onChanged?: (change: LiveChange) => void;
  readonly onReset?: () => void;
}

/** Kept for what is asked for after the points came: half a minute of 2,000 series that go on. */
const RECENT_BYTES_MAX = 32_000_000;
const FOLLOW_DELAY_MS = 150;

const runsStream = signal<LiveState>("idle");
const pointsStream = signal<LiveState>("idle");

/** The worse of the two streams, which is what the status in the header says. */
export const liveState = computed<LiveState>(() => {
  const states = [runsStream.value, pointsStream.value];
  const order: LiveState[] = ["paused", "reconnecting", "connecting", "live"];
  return order.find((state) => states.includes(state)) ?? "idle";
});

/** Records in the log that the tables do not hold yet. */
export const lagCount = signal(0);

const listeners = new Set<LiveListener>();

const recent = new RecentDeltas(RECENT_BYTES_MAX);

let queued: (() => void)[] = [];

/** Everything that arrived since the last frame changes the page in one go. */
function inNextFrame(apply: () => void): void {
  queued.push(apply);
  if (queued.length > 1) return;
  requestAnimationFrame(() => {
    const work = queued;
    queued = [];
    batch(() => {
      for (const one of work) one();
    });
  });
}

function tell(call: (listener: LiveListener) => void): void {
  inNextFrame(() => {
    for (const listener of listeners) call(listener);
  });
}

export function listen(listener: LiveListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What people changed of runs and is not answered yet, by run and in order. */
const unanswered = new Map<string, readonly RunChange[]>();

/** Tell of a change of a run, with what is not answered yet on top of it. */
export function tellRun(runId: string, change: RunChange): void {
  tell((listener) => {
    listener.onRun?.(runId, change);
    for (const own of unanswered.get(runId) ?? []) listener.onRun?.(runId, own);
  });
}

/** The run as it is to be seen: an answer may be older than what a person has just changed. */
export function withUnanswered(run: Run): Run {
  return (unanswered.get(run.runId) ?? []).reduce<Run>(mergeRun, run);
}

/** The status that a person has just given a run, if that is not answered yet. */
export function unansweredStatus(runId: string): string | undefined {
  return unanswered.get(runId)?.findLast(({ status }) => status !== undefined)?.status;
}

/** Show what a person changed of a run, whatever the stream says, until the result is called. */
export function showAtOnce(runId: string, change: RunChange): () => void {
  unanswered.set(runId, [...(unanswered.get(runId) ?? []), change]);
  tellRun(runId, {});
  return () => {
    const rest = (unanswered.get(runId) ?? []).filter((one) => one !== change);
    if (rest.length > 0) unanswered.set(runId, rest);
    else unanswered.delete(runId);
  };
}

/** The points of one run, or of one metric of it, that came lately, in order. */
export function recentDeltas(run: string, metric?: string): readonly Delta[] {
  return recent.of(run, metric);
}

class Following {
  private stream: LiveStream | null = null;
  private runs: readonly string[] | null = [];
  private since = "";
  private wanted = false;

  constructor(private readonly state: typeof runsStream) {}

  /** Continue after `since` with these runs (null: all, without points). */
  open(runs: readonly string[] | null, since: string): void {
    this.stream?.close();
    this.runs = runs;
    this.since = since;
    this.wanted = true;
    if (document.hidden) {
      this.state.value = "paused";
      return;
    }
    if (this.state.value !== "live") this.state.value = "connecting";
    this.stream = openLive(runs, since, {
      onOpen: () => {
        this.state.value = "live";
      },
      onBroken: () => {
        this.state.value = "reconnecting";
      },
      onPoints: (deltas, position) => {
        recent.add(deltas, position);
        tell((listener) => {
          for (const delta of deltas) listener.onPoints?.(delta);
        });
      },
      onRun: tellRun,
      onView: (change) => tell((listener) => listener.onView?.(change)),
      onModel: (name) => tell((listener) => listener.onModel?.(name)),
      onChanged: (change) => tell((listener) => listener.onChanged?.(change)),
      onReset: () => {
        recent.clear();
        tell((listener) => listener.onReset?.());
      },
      onLag: (count) => {
        lagCount.value = count;
      },
    });
  }

  close(): void {
    this.stream?.close();
    this.stream = null;
    this.wanted = false;
    this.state.value = "idle";
  }

  position(): string {
    return this.stream?.position() || this.since;
  }

  pause(): void {
    if (!this.wanted) return;
    this.since = this.position();
    this.stream?.close();
    this.stream = null;
    this.state.value = "paused";
  }

  resume(): void {
    if (this.wanted && !this.stream) this.open(this.runs, this.since);
  }
}

const allRuns = new Following(runsStream);
const chosenRuns = new Following(pointsStream);

document.addEventListener("visibilitychange", () => {
  for (const one of [allRuns, chosenRuns]) {
    if (document.hidden) one.pause();
    else one.resume();
  }
});

/** Hear of every run's own changes after `since`. Call the result to stop. */
export function followAllRuns(since: string): () => void {
  allRuns.open(null, since);
  return () => allRuns.close();
}

interface Follower {
  readonly runs: readonly string[];
  readonly since: string;
}

const followers = new Map<symbol, Follower>();

/** Where the stream began to tell of each run's points. */
let joinedAt = new Map<string, string>();
/** Where runs that the stream does not tell of yet were drawn. */
const awaited = new Map<string, string>();
let followTimer: ReturnType<typeof setTimeout> | undefined;

/**
 * Hear of these runs' points; each part of a page follows under its own name, and no runs ends it.
 * The stream is opened anew when the set changes, and keeps its position; `since` is where it
 * begins when there was none.
 */
export function followRuns(who: symbol, runs: readonly string[], since: string): void {
  if (runs.length > 0) followers.set(who, { runs, since });
  else followers.delete(who);
  clearTimeout(followTimer);
  followTimer = setTimeout(refollow, FOLLOW_DELAY_MS);
}

function refollow(): void {
  const runs = new Set([...followers.values()].flatMap((one) => one.runs));
  if (runs.size === joinedAt.size && [...runs].every((run) => joinedAt.has(run))) return;
  if (runs.size === 0) {
    joinedAt = new Map();
    chosenRuns.close();
    recent.clear();
    return;
  }
  const since = joinedAt.size > 0 ? [] : [...followers.values()].map((one) => one.since);
  const drawn = [...runs].flatMap((run) => (joinedAt.has(run) ? [] : (awaited.get(run) ?? [])));
  const current = joinedAt.size > 0 ? [chosenRuns.position()] : [];
  const from = [...since, ...drawn, ...current].reduce(earlier);
  awaited.clear();
  joinedAt = new Map([...runs].map((run) => [run, joinedAt.get(run) ?? from]));
  chosenRuns.open([...runs], from);
}

/**
 * Make sure that the stream tells of `runs` everything after `position`, where the answer that
 * a page just drew was read. The tables may be behind the log, and the stream ahead of both.
 */
export function coverFrom(position: string, runs: readonly string[]): void {
  let missed = false;
  for (const run of runs) {
    const joined = joinedAt.get(run);
    if (joined === undefined) {
      awaited.set(run, earlier(position, awaited.get(run) ?? position));
    } else if (isBefore(position, joined) || isBefore(position, recent.forgottenUpTo)) {
      joinedAt.set(run, earlier(position, joined));
      missed = true;
    }
  }
  if (!missed) return;
  recent.forgottenUpTo = "";
  chosenRuns.open([...joinedAt.keys()], position);
}

function earlier(a: string, b: string): string {
  return isBefore(b, a) ? b : a;
}
