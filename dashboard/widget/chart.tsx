/** One metric of the run, drawn by the page's own chart; a single value is a number. */
import type { Signal } from "@preact/signals";
import { memo } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { SERIES_COLORS, type ThemeName } from "../src/base/color.ts";
import { formatNumber, fullText } from "../src/base/format.ts";
import { INK } from "../src/chart/ink.ts";
import { type ChartModel, type Hover, LineChart } from "../src/chart/line-chart.ts";
import type { Series } from "../src/model/series.ts";
import type { Range } from "../src/model/viewport.ts";
import { S } from "../src/strings.ts";
import { Readout } from "../src/views/chart-readout.tsx";

interface ChartProps {
  readonly metric: string;
  readonly series: Series;
  readonly colorIndex: number;
  readonly theme: ThemeName;
  readonly zoom: Signal<Range | null>;
  /** What `zoom` says; here so that a change of it is a change of the chart. */
  readonly range: Range | null;
  /** Charts with the same key share their crosshair. */
  readonly syncKey: string;
}

export const Chart = memo(function Chart(props: ChartProps) {
  const { metric, series, zoom } = props;
  const root = useRef<HTMLDivElement>(null);
  const chart = useRef<LineChart | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const model = modelOf(props);
  useEffect(() => {
    if (!root.current) return;
    const made = new LineChart(root.current, model, {
      onZoom: (range) => {
        zoom.value = range;
      },
      onHover: setHover,
    });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(root.current);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => chart.current?.update(model));
  return (
    <article class="card chart">
      <header>
        <h3 title={metric}>{metric}</h3>
        <Last series={series} />
      </header>
      <div class="plot-box">
        <div class="plot" ref={root} role="img" aria-label={S.chartOf(metric, 1)} />
        <Readout hover={hover} axis="step" />
      </div>
    </article>
  );
});

/** The last value as logged: of buckets the last one that is finite. */
function Last({ series }: { series: Series }) {
  const value = lastValue(series);
  if (value === null) return null;
  return (
    <span class="note" title={fullText(value)}>
      {formatNumber(value)}
    </span>
  );
}

export function lastValue(series: Series): number | null {
  const column = series.kind === "points" ? series.value : series.last;
  return column.at(-1) ?? null;
}

function modelOf({ metric, series, colorIndex, theme, range, syncKey }: ChartProps): ChartModel {
  const color = SERIES_COLORS[theme][colorIndex];
  return {
    lines: [{ id: metric, label: metric, color, dash: [], series }],
    axis: "step",
    range,
    logX: false,
    logY: false,
    smoothing: 0,
    highlighted: null,
    ink: INK[theme],
    syncKey,
  };
}
