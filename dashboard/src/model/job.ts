/** What a run was submitted with, and the queues of compute targets. */
import type { EpochUs } from "../base/time.ts";
import type { Run } from "./run.ts";

export interface Job {
  readonly target: string;
  readonly priority: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  /** The folder that the run was submitted from. */
  readonly source: string | null;
  readonly durationSMax: number | null;
  readonly submittedUs: EpochUs | null;
}

/** A state that somebody said the run is in, and whether it counted. */
export interface RunState {
  readonly status: string;
  readonly accepted: boolean;
}

/** What is needed of a run to cancel it. */
export type Cancelable = Pick<Run, "runId" | "name" | "status" | "runType">;

/** A run that waits for a compute target, or is on it. */
export interface TargetRun extends Cancelable {
  readonly experiment: string;
  readonly user: string | null;
  readonly priority: number;
  readonly submittedUs: EpochUs | null;
  readonly startedUs: EpochUs | null;
}

/** What a compute target has to do; the queue is in the order in which runs are taken. */
export interface TargetLoad {
  readonly name: string;
  readonly queued: readonly TargetRun[];
  readonly active: readonly TargetRun[];
}

/** The type of a run that was submitted; it has a job. */
export const SUBMITTED_TYPE = "script";

export function isSubmitted({ runType }: Pick<Run, "runType">): boolean {
  return runType === SUBMITTED_TYPE;
}

const WAITING: ReadonlySet<string> = new Set(["NotStarted", "Queued"]);

/** Whether nobody has begun to execute the run. */
export function isWaiting(status: string): boolean {
  return WAITING.has(status);
}

/** What somebody would type into a shell to run the same. */
export function commandText(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** How often somebody began to execute the run: a state that did not count is none. */
export function attemptCount(states: readonly RunState[]): number {
  let count = 0;
  let waits = true;
  for (const { status, accepted } of states) {
    if (!accepted) continue;
    if (isWaiting(status)) waits = true;
    else if (waits && status === "Preparing") {
      count += 1;
      waits = false;
    }
  }
  return count;
}

/** Each package that the environment asks for, as pip or conda reads it. */
export function requirementsOf(environment: Job["environment"]): readonly string[] {
  return [...listOf(environment.requirements), ...condaRequirements(environment.conda)];
}

function condaRequirements(conda: unknown): readonly string[] {
  if (typeof conda !== "object" || conda === null) return [];
  const { dependencies } = conda as { dependencies?: unknown };
  if (!Array.isArray(dependencies)) return [];
  return dependencies.flatMap((one) =>
    typeof one === "string" ? [one] : listOf((one as { pip?: unknown } | null)?.pip),
  );
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
