/** Parallel coordinates: drag along an axis to keep the runs whose value lies there. */
import { INK } from "../chart/ink.ts";
import type { ParallelAxis } from "../model/parallel.ts";
import { setCompare } from "../state/compare.ts";
import { hoveredRun } from "../state/hover.ts";
import { goTo, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { AxisHead } from "./compare-axis.tsx";
import type { Plotted } from "./compare-parameters.tsx";
import { PointedRun } from "./compare-pointed.tsx";
import { ParallelPlot } from "./parallel-plot.tsx";

interface ParallelProps {
  readonly plotted: Plotted;
  readonly axes: readonly ParallelAxis[];
  readonly places: Float64Array;
  readonly ids: readonly string[];
}

export function Parallel({ plotted, axes, places, ids }: ParallelProps) {
  const { runs, colors, isIn, toggleLog } = plotted;
  return (
    <section class="parallel-scroll" aria-label={S.compare.parallel} tabIndex={0}>
      <ParallelPlot
        axes={axes}
        places={places}
        runIds={runs.map((run) => run.runId)}
        colors={colors}
        isIn={isIn}
        brushes={view.value.compare.brushes}
        onBrush={(brushes) => setCompare({ brushes })}
        onOpen={(runId) => goTo({ kind: "run", runId, tab: "overview" })}
        hovered={hoveredRun}
        ink={INK[theme.value]}
        heads={axes.map((axis, at) => (
          <AxisHead
            key={axis.id}
            axis={axis}
            at={at}
            ids={ids}
            toggleLog={() => toggleLog(axis.id)}
          />
        ))}
      />
      <PointedRun runs={runs} axes={axes} />
    </section>
  );
}
