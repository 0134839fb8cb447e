/** The runs under a run. */
import { useMemo } from "preact/hooks";
import type { Run } from "../model/run.ts";
import { S } from "../strings.ts";
import { Empty } from "./bits.tsx";
import { ParentLink } from "./run-facts.tsx";
import { RunsSplit } from "./runs-page.tsx";

/** Of a run without children, its siblings. */
export function RunChildren({ run }: { run: Run }) {
  const { runId, parentId, childCount } = run;
  const showsSiblings = childCount === 0 && parentId !== null;
  const source = useMemo(
    () => ({ parent: showsSiblings ? (parentId ?? runId) : runId }),
    [runId, parentId, showsSiblings],
  );
  if (childCount === 0 && parentId === null) return <Empty {...S.runPage.noChildren} />;
  return (
    <>
      {parentId !== null && (
        <p class="caption children-note">
          {showsSiblings ? S.runPage.siblingsOf : S.runPage.childOf} <ParentLink id={parentId} />
        </p>
      )}
      <RunsSplit source={source} />
    </>
  );
}
