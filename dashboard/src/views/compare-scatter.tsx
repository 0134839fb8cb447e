/** Any quantity of the runs against any other, and how the two go together. */
import { useMemo, useRef } from "preact/hooks";
import { INK } from "../chart/ink.ts";
import { nearestDot, paintScatter, paintScatterRun } from "../chart/scatter-canvas.ts";
import type { ParallelAxis } from "../model/parallel.ts";
import { correlation } from "../model/ranks.ts";
import { setCompare } from "../state/compare.ts";
import { hoveredRun } from "../state/hover.ts";
import { goTo } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { useCanvas } from "./canvas.ts";
import type { Plotted } from "./compare-parameters.tsx";
import { PointedRun } from "./compare-pointed.tsx";
import { DimensionPicker } from "./dimension-picker.tsx";

interface ScatterProps {
  readonly plotted: Plotted;
  readonly options: readonly string[];
  readonly x: string;
  readonly y: string;
}

export function Scatter({ plotted, options, x, y }: ScatterProps) {
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const { runs, isIn, colors, axisOf, toggleLog } = plotted;
  const [across, up] = [axisOf(x), axisOf(y)];
  const picture = useMemo(
    () => ({
      x: dotPlaces(across),
      y: dotPlaces(up),
      colors,
      isIn,
      xTicks: across.scale.ticks,
      yTicks: up.scale.ticks,
    }),
    [across, up, colors, isIn],
  );
  const ink = INK[theme.value];
  const drawn = { ...picture, ink };
  useCanvas(base, (ctx, frame) => paintScatter(ctx, drawn, frame));
  useCanvas(
    above,
    (ctx, frame) => {
      const run = runs.findIndex((one) => one.runId === hoveredRun.value);
      if (run >= 0) paintScatterRun(ctx, drawn, frame, run);
    },
    () => void hoveredRun.value,
  );
  const point = (event: PointerEvent) => {
    const { clientWidth: width, clientHeight: height } = event.currentTarget as HTMLElement;
    const run = nearestDot(drawn, event.offsetX, event.offsetY, { width, height });
    hoveredRun.value = run < 0 ? null : runs[run].runId;
  };
  const absent = runs.filter((_, i) => isIn[i] && Number.isNaN(picture.x[i] + picture.y[i]));
  return (
    <article class="card scatter">
      <header>
        <h2>{S.compare.scatter}</h2>
      </header>
      <div class="controls">
        <DimensionPicker
          label="y"
          options={options}
          chosen={[y]}
          onChange={([chosen]) => setCompare({ scatterY: chosen })}
        />
        <LogBox axis={up} toggle={() => toggleLog(y)} />
        <DimensionPicker
          label="x"
          options={options}
          chosen={[x]}
          onChange={([chosen]) => setCompare({ scatterX: chosen })}
        />
        <LogBox axis={across} toggle={() => toggleLog(x)} />
      </div>
      <div class="canvas-stack">
        <canvas ref={base} />
        <canvas
          ref={above}
          role="img"
          aria-label={S.compare.scatterOf(up.title, across.title, runs.length)}
          onPointerMove={point}
          onPointerLeave={() => {
            hoveredRun.value = null;
          }}
          onClick={() => {
            const runId = hoveredRun.peek();
            if (runId) goTo({ kind: "run", runId, tab: "overview" });
          }}
        />
      </div>
      <PointedRun runs={runs} axes={x === y ? [up] : [up, across]} />
      <p class="caption card-text">
        {correlationText(across, up, isIn)}
        {absent.length > 0 && ` ${S.compare.notDrawn(absent.length)}`}
      </p>
    </article>
  );
}

function LogBox({ axis, toggle }: { axis: ParallelAxis; toggle: () => void }) {
  const { kind } = axis.scale;
  if (kind === "category") return null;
  return (
    <label>
      <input
        type="checkbox"
        aria-label={`${S.compare.logScale}: ${axis.title}`}
        checked={kind === "log"}
        onChange={toggle}
      />
      <span>{S.compare.log}</span>
    </label>
  );
}

function correlationText(x: ParallelAxis, y: ParallelAxis, isIn: readonly boolean[]): string {
  const inside = <T,>(values: readonly T[]) => values.filter((_, i) => isIn[i]);
  const { n, pearson, spearman } = correlation(inside(x.values), inside(y.values));
  return S.compare.correlation(n, pearson, spearman);
}

function dotPlaces({ scale, values }: ParallelAxis): Float64Array {
  return Float64Array.from(values, (value) => scale.place(value) ?? Number.NaN);
}
