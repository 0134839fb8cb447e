/** The run under the pointer, with its value on every axis; the space for it is always there. */
import { formatCell } from "../base/format.ts";
import type { ParallelAxis } from "../model/parallel.ts";
import type { Run } from "../model/run.ts";
import { hoveredRun } from "../state/hover.ts";
import { S } from "../strings.ts";

export function PointedRun({
  runs,
  axes,
  hint = S.compare.pointHint,
}: {
  runs: readonly Run[];
  axes: readonly ParallelAxis[];
  hint?: string;
}) {
  const at = runs.findIndex((run) => run.runId === hoveredRun.value);
  return (
    <p class="pointed">
      {at < 0 ? (
        <span class="quiet">{hint}</span>
      ) : (
        <>
          <strong>{runs[at].name}</strong>
          {axes.map((axis) => (
            <span key={axis.id}>
              <span class="quiet">{axis.title}</span> {formatCell(axis.values[at])}
            </span>
          ))}
        </>
      )}
    </p>
  );
}
