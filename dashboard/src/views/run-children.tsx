/** The runs under a run: as the steps of a pipeline, as the children of a sweep, or as a list. */
import { useMemo } from "preact/hooks";
import type { Run } from "../model/run.ts";
import { isPipeline } from "../model/steps.ts";
import { sweepOf } from "../model/sweep.ts";
import { S } from "../strings.ts";
import { Empty } from "./bits.tsx";
import { lazily } from "./lazily.tsx";
import { ParentLink } from "./run-facts.tsx";
import { RunsSplit } from "./runs-page.tsx";

const PipelineSteps = lazily(() =>
  import("./pipeline-steps.tsx").then((part) => part.PipelineSteps),
);
const SweepRanking = lazily(() => import("./sweep-ranking.tsx").then((part) => part.SweepRanking));

/** Of a run without children, its siblings. */
export function RunChildren({ run }: { run: Run }) {
  const { runId, parentId, childCount } = run;
  const showsSteps = isPipeline(run);
  const sweep = sweepOf(run);
  const showsSiblings = childCount === 0 && parentId !== null && !showsSteps;
  const source = useMemo(
    () => ({ parent: showsSiblings ? (parentId ?? runId) : runId }),
    [runId, parentId, showsSiblings],
  );
  if (childCount === 0 && parentId === null && !showsSteps) {
    return <Empty {...S.runPage.noChildren} />;
  }
  return (
    <>
      {parentId !== null && (
        <p class="caption children-note">
          {showsSiblings ? S.runPage.siblingsOf : S.runPage.childOf} <ParentLink id={parentId} />
        </p>
      )}
      {showsSteps && <PipelineSteps run={run} />}
      {sweep && <SweepRanking run={run} sweep={sweep} />}
      {showsSteps && <h2 class="children-title">{S.steps.all}</h2>}
      {sweep && <h2 class="children-title">{S.sweep.all}</h2>}
      <RunsSplit source={source} />
    </>
  );
}
