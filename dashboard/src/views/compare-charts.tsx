/** One chart a metric for all compared runs, as lines or as groups; and some metrics in one. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { DASHES, SERIES_COLORS, SERIES_COUNT } from "../base/color.ts";
import { groupByPrefix } from "../base/names.ts";
import { groupBand } from "../model/bands.ts";
import { toggled } from "../model/choice.ts";
import type { BandSeries } from "../model/curve.ts";
import { groupRuns } from "../model/groups.ts";
import { type LinePlan, runLines } from "../model/lines.ts";
import { isConstant, type Run } from "../model/run.ts";
import type { Series } from "../model/series.ts";
import { seriesFor } from "../model/variants.ts";
import { type ChartData, createChartData } from "../state/chart-data.ts";
import { exportCsv } from "../state/chart-export.ts";
import { now } from "../state/clock.ts";
import { type Comparison, setCompare } from "../state/compare.ts";
import { chartView, setView, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Swatch } from "./bits.tsx";
import { axisName, MetricChart } from "./chart-card.tsx";
import { ChartControls, searched } from "./chart-controls.tsx";
import { ChartCard } from "./chart-frame.tsx";
import { GroupControls, OverlayMenu } from "./compare-controls.tsx";
import { useKeys } from "./keyboard.ts";
import { Gradually, Near } from "./near.tsx";
import { ValuesCard } from "./values-card.tsx";

/** Lines that a chart holds at most. */
const CHARTED_MAX = 50;

interface Group {
  readonly plan: LinePlan;
  readonly runs: readonly string[];
}

interface Shared {
  readonly lines: readonly LinePlan[];
  readonly groups: readonly Group[];
  readonly chartData: ChartData;
  readonly data: Comparison;
}

export function CompareCharts({ data, who }: { data: Comparison; who: readonly Run[] }) {
  const charted = useMemo(() => who.slice(0, CHARTED_MAX), [who]);
  const chartData = useMemo(
    () =>
      createChartData(
        chartView,
        (id) => data.runs.peek().find((run) => run.runId === id)?.createdUs ?? 0,
      ),
    [data],
  );
  useEffect(() => chartData.dispose, [chartData]);
  const search = useRef<HTMLInputElement>(null);
  useKeys(useMemo(() => ({ "/": () => search.current?.focus() }), []));
  const { groupBy, overlay, closed } = view.value.compare;
  const lines = useMemo(() => runLines(charted), [charted]);
  const groups = useMemo(() => groupLines(charted, groupBy), [charted, groupBy]);
  const shared = { lines, groups, chartData, data };
  const { matches, error } = searched.value;
  const sections = groupByPrefix(data.names.value.filter(matches), (name) => name);
  return (
    <div class="compare-charts">
      <div class="compare-controls">
        <ChartControls search={search} metrics={data.names.value} />
        <GroupControls runs={charted} />
        <OverlayMenu names={data.names.value} />
      </div>
      {error !== null && (
        <p class="caption" role="alert">
          {S.compare.badPattern(error)}
        </p>
      )}
      {who.length > CHARTED_MAX && (
        <p class="caption">{S.compare.firstCharts(CHARTED_MAX, who.length)}</p>
      )}
      {chartData.error.value && <Problem error={chartData.error.value} retry={chartData.retry} />}
      {groups.length > 0 && <GroupLegend groups={groups} />}
      {overlay.length > 0 && (
        <div class="chart-group">
          <OverlayChart key={overlay.join("\n")} metrics={overlay} {...shared} />
        </div>
      )}
      {sections.length === 0 && !data.loading.value && (
        <Empty
          title={view.value.search ? S.noMatch : S.noMetrics.title}
          code={view.value.search ? undefined : S.noMetrics.code}
        />
      )}
      {sections.map(({ prefix, items }) => (
        <section class="chart-group" key={prefix}>
          <h2>
            <button
              type="button"
              class="fold"
              aria-expanded={!closed.includes(sectionId(prefix))}
              onClick={() => setCompare({ closed: toggled(closed, sectionId(prefix)) })}
            >
              {prefix || S.metrics}
              <span class="badge">{items.length}</span>
            </button>
          </h2>
          {!closed.includes(sectionId(prefix)) && (
            <div class="chart-grid">
              <Gradually items={items}>
                {(metric) => (
                  <Near key={metric} title={metric}>
                    <CompareMetric metric={metric} {...shared} />
                  </Near>
                )}
              </Gradually>
            </div>
          )}
        </section>
      ))}
    </div>
  );
}

/** The section of names without a prefix needs a name in the address; no prefix holds a slash. */
function sectionId(prefix: string): string {
  return prefix || "/";
}

function groupLines(runs: readonly Run[], groupBy: string): Group[] {
  if (!groupBy) return [];
  return groupRuns(runs, groupBy, now.peek()).map((group, i) => ({
    plan: {
      id: group.id,
      label: S.compare.group(group.label, group.runs.length),
      colorIndex: i % SERIES_COUNT,
      dashIndex: Math.floor(i / SERIES_COUNT) % DASHES.length,
    },
    runs: group.runs.map((run) => run.runId),
  }));
}

function GroupLegend({ groups }: { groups: readonly Group[] }) {
  const { spread } = view.value.compare;
  return (
    <>
      <ul class="legend group-legend" aria-label={S.compare.groups}>
        {groups.map(({ plan }) => (
          <li key={plan.id}>
            <Swatch color={SERIES_COLORS[theme.value][plan.colorIndex]} />
            {plan.label}
          </li>
        ))}
      </ul>
      <p class="caption">{S.compare.bandIs[spread]}</p>
    </>
  );
}

function CompareMetric({ metric, ...shared }: Shared & { metric: string }) {
  const runs = shared.data.runs.value;
  const summaries = runs.flatMap((run) => run.metrics[metric] ?? []);
  if (summaries.every(isConstant)) return <ConstantCard metric={metric} {...shared} />;
  if (shared.groups.length > 0) return <GroupsChart metric={metric} {...shared} />;
  return <MetricChart metric={metric} lines={shared.lines} data={shared.chartData} />;
}

/** Runs that never left one value compare as bars. */
function ConstantCard({ metric, lines, data }: Shared & { metric: string }) {
  const byId = new Map(data.runs.value.map((run) => [run.runId, run]));
  const values = lines.flatMap((plan) => {
    const value = byId.get(plan.id)?.metrics[metric]?.last;
    return typeof value === "number" ? [{ plan, value }] : [];
  });
  return <ValuesCard metric={metric} values={values} />;
}

function GroupsChart({ metric, lines, groups, chartData }: Shared & { metric: string }) {
  const { spread } = view.value.compare;
  const plans = useMemo(() => groups.map(({ plan }) => plan), [groups]);
  const runs = useMemo(() => lines.map((line) => line.id), [lines]);
  // A group is folded anew only when one of its members has changed.
  const bands = useMemo(
    () => new Map<string, { members: readonly Series[]; band: BandSeries }>(),
    [groups, spread],
  );
  const bandOf = (id: string): BandSeries | null => {
    const group = groups.find(({ plan }) => plan.id === id);
    const members = (group?.runs ?? []).flatMap((run) => seriesOf(chartData, run, metric) ?? []);
    if (members.length === 0) return null;
    const known = bands.get(id);
    const isSame =
      known?.members.length === members.length &&
      known.members.every((one, i) => one === members[i]);
    if (known && isSame) return known.band;
    const band = groupBand(members, spread);
    bands.set(id, { members, band });
    return band;
  };
  return (
    <ChartCard
      title={metric}
      plans={plans}
      seriesOf={bandOf}
      axisOf={() => view.value.x}
      zoomOf={() => view.value.zoom}
      onZoom={(zoom) => setView({ zoom })}
      onVisible={() => chartData.show(runs, [metric])}
      csv={(signal) => csvOf([metric], lines, signal)}
      xName={axisName(view.value.x)}
      syncKey="metrics"
    />
  );
}

/** A run keeps its colour, and each metric has a dash of its own. */
function OverlayChart({ metrics, lines, chartData }: Shared & { metrics: readonly string[] }) {
  const runs = useMemo(() => lines.map((line) => line.id), [lines]);
  const drawn = useMemo(
    () =>
      new Map(
        lines.flatMap((line) =>
          metrics.map((metric, i) => {
            const label = `${line.label} · ${metric}`;
            const plan = { ...line, id: `${line.id} ${metric}`, label, dashIndex: i };
            return [plan.id, { plan, run: line.id, metric }] as const;
          }),
        ),
      ),
    [lines, metrics],
  );
  const plans = useMemo(() => [...drawn.values()].map(({ plan }) => plan), [drawn]);
  return (
    <>
      <ChartCard
        title={metrics.join(", ")}
        plans={plans}
        seriesOf={(id) => {
          const of = drawn.get(id);
          return of ? seriesOf(chartData, of.run, of.metric) : null;
        }}
        axisOf={() => view.value.x}
        zoomOf={() => view.value.zoom}
        onZoom={(zoom) => setView({ zoom })}
        onVisible={() => chartData.show(runs, metrics)}
        csv={(signal) => csvOf(metrics, lines, signal)}
        xName={axisName(view.value.x)}
        syncKey="metrics"
      />
      <ul class="legend" aria-label={S.compare.overlay}>
        {metrics.map((metric, i) => (
          <li key={metric}>
            <DashMark dash={DASHES[i]} />
            {metric}
          </li>
        ))}
      </ul>
    </>
  );
}

function DashMark({ dash }: { dash: readonly number[] }) {
  return (
    <svg class="dash-mark" width="28" height="8" aria-hidden="true">
      <path d="M0 4h28" stroke-dasharray={dash.join(" ")} />
    </svg>
  );
}

function seriesOf(chartData: ChartData, run: string, metric: string): Series | null {
  return seriesFor(chartData.entry(run, metric).value, chartView.value);
}

/** The runs' own points, of groups too. */
function csvOf(metrics: readonly string[], runs: readonly LinePlan[], signal: AbortSignal) {
  const { x: axis, zoom: range } = view.value;
  return exportCsv({ metrics, runs, axis, range }, signal);
}
