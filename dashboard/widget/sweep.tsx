/** The runs below a run: a table, and of a sweep the best one and what made the difference. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { ThemeName } from "../src/base/color.ts";
import { formatCell, formatNumber } from "../src/base/format.ts";
import { INK } from "../src/chart/ink.ts";
import { runColors } from "../src/chart/run-colors.ts";
import type { Brush } from "../src/model/compare-view.ts";
import { metricDimension, pickAxes } from "../src/model/dimensions.ts";
import { brushedRuns, placesOf } from "../src/model/parallel.ts";
import { axisFor } from "../src/model/parallel-axis.ts";
import { type Run, shortName } from "../src/model/run.ts";
import { now } from "../src/state/clock.ts";
import { hoveredRun } from "../src/state/hover.ts";
import { S } from "../src/strings.ts";
import { Duration, StatusMark } from "../src/views/bits.tsx";
import { PointedRun } from "../src/views/compare-pointed.tsx";
import { ParallelPlot } from "../src/views/parallel-plot.tsx";
import type { Children } from "./kernel.ts";
import { W } from "./strings.ts";

export function ChildRuns({ children, theme }: { children: Children; theme: ThemeName }) {
  const { runs, totalCount, primary, best } = children;
  const metric = primary?.name ?? null;
  return (
    <section>
      <h2>
        {W.children}
        {runs.length < totalCount && (
          <span class="note"> {W.childrenShown(runs.length, totalCount)}</span>
        )}
      </h2>
      {best && metric && (
        <p class="best-child">
          {W.best}: <strong>{nameOf(runs, best.runId)}</strong> {metric} {formatNumber(best.value)}
        </p>
      )}
      {metric && runs.length > 1 && <Parallel runs={runs} metric={metric} theme={theme} />}
      <div class="child-runs">
        <table>
          <thead>
            <tr>
              <th scope="col">{S.columns.name}</th>
              <th scope="col">{S.columns.status}</th>
              <th scope="col">{S.columns.duration}</th>
              {metric && (
                <th scope="col" class="number">
                  {metric}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.runId} class={run.runId === best?.runId ? "is-best" : undefined}>
                <th scope="row" title={run.runId}>
                  {shortName(run)}
                  {run.runId === best?.runId && <span title={W.isBest}> ★</span>}
                </th>
                <td>
                  <StatusMark status={run.status} reason={run.statusReason} />
                </td>
                <td>
                  <Duration run={run} />
                </td>
                {metric && <td class="number">{formatCell(run.metrics[metric]?.last)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface ParallelProps {
  readonly runs: readonly Run[];
  readonly metric: string;
  readonly theme: ThemeName;
}

function Parallel({ runs, metric, theme }: ParallelProps) {
  const [brushes] = useState(() => signal<readonly Brush[]>([]));
  const axes = pickAxes(runs, [metric]).map((id) => axisFor(runs, id, null, now.peek()));
  const places = placesOf(axes, runs.length);
  const judged = axes.find((axis) => axis.id === metricDimension(metric, "last")) ?? axes[0];
  return (
    <section class="parallel-scroll" aria-label={S.compare.parallel}>
      <ParallelPlot
        axes={axes}
        places={places}
        runIds={runs.map((run) => run.runId)}
        colors={runColors(judged, theme)}
        isIn={brushedRuns(axes, brushes.value, places)}
        brushes={brushes.value}
        onBrush={(changed) => {
          brushes.value = changed;
        }}
        hovered={hoveredRun}
        ink={INK[theme]}
        heads={axes.map((axis) => (
          <span class="axis-name" key={axis.id} title={axis.title}>
            {axis.title}
          </span>
        ))}
      />
      <PointedRun runs={runs} axes={axes} hint={W.pointHint} />
    </section>
  );
}

function nameOf(runs: readonly Run[], runId: string): string {
  const run = runs.find((one) => one.runId === runId);
  return run ? shortName(run) : runId;
}
