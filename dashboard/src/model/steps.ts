/** The steps of a pipeline, from what its parent run and their own runs say. */
import type { Edge } from "./layered.ts";
import { isTerminal, type Run } from "./run.ts";

const STEP_PROPERTY = "runtide.step";
const AFTER_PROPERTY = "runtide.step.after";
const PLAN_PROPERTY = "runtide.pipeline.steps";

export interface Step {
  readonly name: string;
  /** Names of the steps that it waits for. */
  readonly after: readonly string[];
  /** The newest run of the step; null before it is submitted. */
  readonly run: Run | null;
  /** How many runs the step has had. */
  readonly runCount: number;
}

export function isPipeline({ runType }: Pick<Run, "runType">): boolean {
  return runType === "pipeline";
}

/** Every step: those that were planned in their order, then any others by their first run. */
export function stepsOf(parent: Pick<Run, "properties">, children: readonly Run[]): Step[] {
  const steps = new Map<string, Step>();
  for (const { name, after } of parsePlan(parent.properties[PLAN_PROPERTY])) {
    steps.set(name, { name, after, run: null, runCount: 0 });
  }
  for (const run of [...children].sort((a, b) => a.createdUs - b.createdUs)) {
    const name = run.properties[STEP_PROPERTY];
    if (!name) continue;
    const known = steps.get(name);
    const after = splitNames(run.properties[AFTER_PROPERTY]) ?? known?.after ?? [];
    steps.set(name, { name, after, run, runCount: (known?.runCount ?? 0) + 1 });
  }
  return [...steps.values()];
}

export function stepEdges(steps: readonly Step[]): Edge[] {
  return steps.flatMap(({ name, after }) => after.map((before): Edge => [before, name]));
}

/** The step to look at first: one that goes on, else one that failed, else the last with a run. */
export function pickStep(steps: readonly Step[]): Step | null {
  const withRun = steps.filter((step) => step.run !== null);
  return (
    withRun.find(({ run }) => run !== null && !isTerminal(run.status)) ??
    withRun.find(({ run }) => run?.status === "Failed") ??
    withRun.at(-1) ??
    steps[0] ??
    null
  );
}

interface Planned {
  readonly name: string;
  readonly after: readonly string[];
}

/** What the parent planned; whatever is malformed is left out. */
function parsePlan(text: string | undefined): readonly Planned[] {
  let plan: unknown;
  try {
    plan = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(plan)) return [];
  return plan.flatMap((one: Partial<Planned> | null): Planned[] => {
    if (typeof one?.name !== "string") return [];
    const after = Array.isArray(one.after) ? one.after : [];
    return [{ name: one.name, after: after.filter((name) => typeof name === "string") }];
  });
}

function splitNames(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").filter(Boolean);
}
