/** Config against metrics over all compared runs: parallel coordinates, scatter, association. */
import { useEffect, useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatNumber } from "../base/format.ts";
import { runColors, sequential } from "../chart/run-colors.ts";
import { toggled } from "../model/choice.ts";
import { FACTS, flatKeys, metricDimension, pickAxes, tagKeys } from "../model/dimensions.ts";
import { brushedRuns, type ParallelAxis, placesOf } from "../model/parallel.ts";
import { axisFor } from "../model/parallel-axis.ts";
import type { Run } from "../model/run.ts";
import { now } from "../state/clock.ts";
import { CHOSEN_MAX, type Comparison, compareRuns, setCompare } from "../state/compare.ts";
import { view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Associations } from "./compare-association.tsx";
import { Parallel } from "./compare-parallel.tsx";
import { Scatter } from "./compare-scatter.tsx";
import { DimensionPicker } from "./dimension-picker.tsx";

/** Everything the pictures of this tab share. */
export interface Plotted {
  readonly runs: readonly Run[];
  readonly axisOf: (id: string) => ParallelAxis;
  readonly isIn: readonly boolean[];
  readonly colors: readonly string[];
  readonly toggleLog: (id: string) => void;
}

const STATISTICS_OFFERED = ["last", "min", "max"] as const;

export function CompareParameters({ data }: { data: Comparison }) {
  const runs = data.runs.value;
  const names = data.names.value;
  const { axes, brushes, logs, color, scatterX, scatterY } = view.value.compare;
  const picked = useMemo(() => pickAxes(runs, names), [runs.length, names]);
  const ids = axes ?? picked;
  const options = useMemo(() => dimensionIds(runs, names), [runs.length, names]);
  const metrics = ids.filter((id) => id.startsWith("metrics."));
  const y = scatterY || metrics.at(-1) || "duration";
  const hue = color || metrics.at(-1) || "created";
  const clock = usesClock([...ids, scatterX, y, hue]);
  const axisOf = useMemo(() => axisCache(runs, logs), [runs, logs, clock]);
  const isCategory = (id: string) => axisOf(id).scale.kind === "category";
  const x = scatterX || (ids.find((id) => !isCategory(id)) ?? "created");
  const shown = ids.map(axisOf);
  const places = placesOf(shown, runs.length);
  const isIn = brushedRuns(shown, brushes, places);
  const colors = runColors(axisOf(hue), theme.value);
  const toggleLog = (id: string) => {
    const current = [...new Set([...ids, x, y])].filter((one) => axisOf(one).scale.kind === "log");
    setCompare({ logs: toggled(current, id) });
  };
  const plotted = { runs, axisOf, isIn, colors, toggleLog };
  useEffect(() => {
    if (brushes.some((brush) => !ids.includes(brush.axis))) {
      setCompare({ brushes: brushes.filter((brush) => ids.includes(brush.axis)) });
    }
  }, [ids, brushes]);
  return (
    <div class="parameters">
      <div class="controls">
        <DimensionPicker
          label={S.compare.axes}
          options={options}
          chosen={ids}
          isMany
          onChange={(chosen) => setCompare({ axes: chosen })}
        />
        <DimensionPicker
          label={S.compare.color}
          options={options}
          chosen={[hue]}
          onChange={([chosen]) => setCompare({ color: chosen })}
        />
        <ColorLegend axis={axisOf(hue)} />
        <BrushState runs={runs} isIn={isIn} />
      </div>
      {ids.length === 0 ? (
        <p class="caption">{S.compare.noAxes}</p>
      ) : (
        <Parallel plotted={plotted} axes={shown} places={places} ids={ids} />
      )}
      <div class="parameter-pair">
        <Scatter plotted={plotted} options={options} x={x} y={y} />
        <Associations plotted={plotted} target={y} />
      </div>
    </div>
  );
}

/** How many runs the brushes let through, and what can be done with those. */
function BrushState({ runs, isIn }: { runs: readonly Run[]; isIn: readonly boolean[] }) {
  const { brushes } = view.value.compare;
  if (brushes.length === 0) return <span class="caption">{S.compare.brushHint}</span>;
  const inside = runs.filter((_, i) => isIn[i]).map((run) => run.runId);
  return (
    <>
      <button type="button" class="chip" onClick={() => setCompare({ brushes: [] })}>
        {S.compare.brushed(inside.length, runs.length)}
        <span aria-hidden="true"> ✕</span>
      </button>
      {inside.length > 1 && (
        <button
          type="button"
          disabled={inside.length > CHOSEN_MAX}
          title={inside.length > CHOSEN_MAX ? S.compare.tooMany(CHOSEN_MAX) : undefined}
          onClick={() => compareRuns(inside)}
        >
          {S.compare.these}
        </button>
      )}
    </>
  );
}

function ColorLegend({ axis }: { axis: ParallelAxis }) {
  const { scale } = axis;
  const { ticks } = scale;
  const end = (place: number) =>
    scale.kind === "category" || axis.id === "created"
      ? ticks.at(place === 0 ? 0 : -1)?.label
      : formatNumber(Number(scale.valueAt(place).toPrecision(4)));
  if (scale.kind === "category" && ticks.length <= SERIES_COLORS.light.length) {
    const colors = SERIES_COLORS[theme.value];
    return (
      <ul class="color-legend">
        {ticks.map(({ label }, i) => (
          <li key={label}>
            <span class="swatch" style={{ background: colors[i] }} />
            {label}
          </li>
        ))}
      </ul>
    );
  }
  const stops = Array.from({ length: 11 }, (_, i) => sequential(i / 10, theme.value));
  return (
    <span class="color-legend">
      {end(0)}
      <span class="ramp" style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }} />
      {end(1)}
    </span>
  );
}

/** Changes with the clock only where a duration is shown. */
function usesClock(ids: readonly string[]): number {
  return ids.includes("duration") ? now.value : 0;
}

function axisCache(runs: readonly Run[], logs: readonly string[] | null) {
  const cache = new Map<string, ParallelAxis>();
  return (id: string): ParallelAxis => {
    let axis = cache.get(id);
    if (!axis) {
      axis = axisFor(runs, id, logs, now.peek());
      cache.set(id, axis);
    }
    return axis;
  };
}

function dimensionIds(runs: readonly Run[], names: readonly string[]): string[] {
  return [
    ...flatKeys(runs).map((key) => `config.${key}`),
    ...names.flatMap((name) => STATISTICS_OFFERED.map((one) => metricDimension(name, one))),
    ...tagKeys(runs).map((key) => `tags.${key}`),
    ...FACTS,
  ];
}
