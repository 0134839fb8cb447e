/** How the run's machines are doing, measured every few seconds. */
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { LinePlan } from "../model/lines.ts";
import { type SystemChart, type SystemLine, systemCharts } from "../model/system.ts";
import type { Range } from "../model/viewport.ts";
import type { Resource } from "../state/resource.ts";
import { type RunPage, refreshOn } from "../state/run-page.ts";
import { createSystem, exportSystem } from "../state/system.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { ChartCard } from "./chart-frame.tsx";

type Zoom = ReturnType<typeof signal<Range | null>>;

export function RunSystem({ data }: { data: RunPage }) {
  const zoom = useMemo(() => signal<Range | null>(null), [data]);
  const whole = useMemo(() => createSystem(data.runId, null), [data]);
  const zoomed = useMemo(
    () => (zoom.value ? createSystem(data.runId, zoom.value) : null),
    [data, zoom.value],
  );
  useRefreshed(data, whole);
  useRefreshed(data, zoomed);
  const { value, error } = whole.state.value;
  // What is seen already stays until the finer measurements are there.
  const shown = zoomed?.state.value.value ?? value;
  const charts = useMemo(() => systemCharts(shown ?? []), [shown]);
  if (error) return <Problem error={error} retry={whole.refresh} />;
  if (!value) return <Skeleton rows={10} />;
  if (value.length === 0) return <Empty {...S.system.none} />;
  return (
    <div class="chart-grid">
      {charts.map((chart) => (
        <Chart key={`${chart.kind} ${chart.name}`} runId={data.runId} chart={chart} zoom={zoom} />
      ))}
    </div>
  );
}

function useRefreshed(data: RunPage, measured: Resource<unknown> | null) {
  useEffect(() => {
    if (!measured) return;
    const stop = refreshOn(data, "system", measured.refresh);
    return () => {
      stop();
      measured.dispose();
    };
  }, [data, measured]);
}

function Chart({ runId, chart, zoom }: { runId: string; chart: SystemChart; zoom: Zoom }) {
  const { kind, name, lines } = chart;
  const names = lines.map(labelOf).join("\n");
  const plans = useMemo(
    () =>
      lines.map(
        (line, i): LinePlan => ({
          id: line.id,
          label: labelOf(line),
          colorIndex: i,
          dashIndex: 0,
        }),
      ),
    [names],
  );
  return (
    <ChartCard
      title={kind === "other" ? name : S.system.charts[kind]}
      plans={plans}
      seriesOf={(id) => lines.find((line) => line.id === id)?.series ?? null}
      axisOf={() => "time"}
      xName={S.axis.time}
      zoomOf={() => zoom.value ?? null}
      onZoom={(range) => {
        zoom.value = range;
      }}
      csv={() => exportSystem(runId, new Set(lines.map((line) => line.id)), zoom.value ?? null)}
      legend={lines.length > 1}
      syncKey="system"
    />
  );
}

function labelOf({ what, host }: SystemLine): string {
  return host === null ? what : S.system.onHost(what, host);
}
