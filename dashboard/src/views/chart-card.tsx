/** The charts of a page: a metric of some runs, and columns that are at hand. */
import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { ChartAxis } from "../chart/axes.ts";
import { axisMetric } from "../model/axis.ts";
import type { LinePlan } from "../model/lines.ts";
import { csvHeader, csvRows } from "../model/points-csv.ts";
import type { Series, XAxis } from "../model/series.ts";
import { bestVariant, seriesFor } from "../model/variants.ts";
import type { Range } from "../model/viewport.ts";
import type { ChartData } from "../state/chart-data.ts";
import { exportCsv } from "../state/chart-export.ts";
import { chartView, setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { ChartCard } from "./chart-frame.tsx";

export interface MetricChartProps {
  readonly metric: string;
  readonly lines: readonly LinePlan[];
  readonly data: ChartData;
  /** What stands right of the name, such as the last value. */
  readonly note?: string;
}

/** One metric for some runs: fetched once, grown live. */
export function MetricChart({ metric, lines, data, note }: MetricChartProps) {
  const runs = useMemo(() => lines.map((line) => line.id), [lines]);
  const shownMetrics = useMemo(() => [metric], [metric]);
  const variantOf = (id: string) => bestVariant(data.entry(id, metric).value, chartView.value);
  const withoutX = () => {
    const count = runs.reduce((sum, id) => sum + (variantOf(id)?.withoutX ?? 0), 0);
    return count > 0 ? S.chart.withoutX(count, axisName(view.value.x)) : "";
  };
  return (
    <ChartCard
      title={metric}
      note={note}
      plans={lines}
      seriesOf={(id) => seriesFor(data.entry(id, metric).value, chartView.value)}
      axisOf={axisOfView}
      xName={axisName(view.value.x)}
      zoomOf={zoomOfView}
      onZoom={(zoom) => setView({ zoom })}
      onVisible={() => data.show(runs, shownMetrics)}
      csv={(signal) => {
        const { x: axis, zoom: range } = view.value;
        return exportCsv({ metrics: shownMetrics, runs: lines, axis, range }, signal);
      }}
      hintOf={withoutX}
      syncKey="metrics"
    />
  );
}

const axisOfView = (): ChartAxis => view.value.x;
const zoomOfView = (): Range | null => view.value.zoom;

/** The axis in words: a metric by its own name. */
export function axisName(axis: XAxis): string {
  return axisMetric(axis) ?? S.axis[axis as keyof typeof S.axis];
}

export interface PlainChartProps {
  readonly title: string;
  readonly note?: string;
  readonly lines: readonly { readonly name: string; readonly series: Series }[];
  readonly xName: string;
  readonly axis?: "number" | "time";
}

/** A chart of columns that are at hand: a table's, or a list over its index. */
export function PlainChart({ title, note, lines, xName, axis = "number" }: PlainChartProps) {
  const [zoom] = useState(() => signal<Range | null>(null));
  const plans = lines.map(
    (line, i): LinePlan => ({ id: line.name, label: line.name, colorIndex: i, dashIndex: 0 }),
  );
  const byName = new Map(lines.map((line) => [line.name, line.series]));
  return (
    <ChartCard
      title={title}
      note={note ?? S.overColumn(xName)}
      plans={plans}
      seriesOf={(id) => byName.get(id) ?? null}
      axisOf={() => axis}
      xName={xName}
      zoomOf={() => zoom.value}
      onZoom={(range) => {
        zoom.value = range;
      }}
      csv={async () => plainCsv(title, lines, xName)}
      legend={lines.length > 1}
      syncKey={`table ${title}`}
    />
  );
}

function plainCsv(title: string, lines: PlainChartProps["lines"], xName: string) {
  const rows = lines.flatMap(({ name, series }) =>
    series.kind === "points"
      ? [csvRows({ runId: "", run: title, metric: name, points: series }, true)]
      : [],
  );
  const blob = new Blob([csvHeader(xName), ...rows], { type: "text/csv" });
  const rowCount = lines.reduce((sum, { series }) => sum + series.x.length, 0);
  return { blob, rowCount, isCut: false };
}
