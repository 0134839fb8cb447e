/** A pipeline as the graph of its steps, and beside it the charts of the step that is chosen. */
import { useEffect, useMemo } from "preact/hooks";
import type { Run } from "../model/run.ts";
import { pickStep, type Step, stepsOf } from "../model/steps.ts";
import { createChildren } from "../state/children.ts";
import { hrefOf, setView, view } from "../state/router.ts";
import { createRunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Duration, Empty, Problem, Skeleton, StatusMark } from "./bits.tsx";
import { RunCharts } from "./run-charts.tsx";
import { StepGraph } from "./step-graph.tsx";

const NO_METRICS: readonly string[] = [];

export function PipelineSteps({ run }: { run: Run }) {
  const children = useMemo(() => createChildren(run.runId, NO_METRICS), [run.runId]);
  useEffect(() => children.dispose, [children]);
  const runs = children.runs.value;
  const steps = useMemo(() => (runs ? stepsOf(run, runs) : []), [run, runs]);
  if (children.error.value) {
    return <Problem error={children.error.value} retry={children.refresh} />;
  }
  if (!runs) return <Skeleton rows={8} />;
  const open = steps.find(({ name }) => name === view.value.open) ?? pickStep(steps);
  if (!open) return null;
  return (
    <div class="pipeline">
      <StepGraph steps={steps} open={open.name} choose={(name) => setView({ open: name })} />
      <StepPanel key={open.run?.runId ?? open.name} step={open} />
    </div>
  );
}

function StepPanel({ step }: { step: Step }) {
  const { name, after, run, runCount } = step;
  return (
    <section class="step-panel" aria-label={S.steps.step(name)}>
      <header>
        <h2>{name}</h2>
        {run && (
          <>
            <StatusMark status={run.status} reason={run.statusReason} />
            <span class="quiet number">
              <Duration run={run} />
            </span>
            {runCount > 1 && <span class="quiet">{S.steps.attempt(runCount)}</span>}
            <a class="button" href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })}>
              {S.steps.openRun}
            </a>
          </>
        )}
      </header>
      {after.length > 0 && (
        <p class="quiet">
          {S.steps.waitsFor} {after.join(", ")}
        </p>
      )}
      {run?.status === "Failed" && run.statusReason && (
        <div class="problem">
          <p class="problem-text">{run.statusReason}</p>
        </div>
      )}
      {run ? <StepCharts run={run} /> : <Empty {...S.steps.noRun} />}
    </section>
  );
}

function StepCharts({ run }: { run: Run }) {
  const data = useMemo(() => createRunPage(run.runId), [run.runId]);
  useEffect(() => data.dispose, [data]);
  if (data.error.value) return <Problem error={data.error.value} />;
  return <RunCharts data={data} run={data.run.value ?? run} />;
}
