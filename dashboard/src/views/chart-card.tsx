/** One metric's chart for some runs: drawn when it is near the screen, fetched once, grown live. */
import { effect, signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { DASHES as DASHES_OF, SERIES_COLORS } from "../base/color.ts";
import { formatNumber } from "../base/format.ts";
import type { ChartAxis } from "../chart/axes.ts";
import { formatX } from "../chart/axes.ts";
import { type ChartLine, type ChartModel, type Hover, LineChart } from "../chart/line-chart.ts";
import type { Curve } from "../model/curve.ts";
import type { LinePlan } from "../model/lines.ts";
import { EMPTY_POINTS, type Series } from "../model/series.ts";
import type { Range } from "../model/viewport.ts";
import { type ChartData, seriesFor } from "../state/chart-data.ts";
import { hoveredRun } from "../state/hover.ts";
import { setView, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";

export interface MetricChartProps {
  readonly metric: string;
  readonly lines: readonly LinePlan[];
  readonly data: ChartData;
  /** What stands right of the name, such as the last value. */
  readonly note?: string;
}

export function MetricChart({ metric, lines, data, note }: MetricChartProps) {
  const runs = useMemo(() => lines.map((line) => line.id), [lines]);
  const shownMetrics = useMemo(() => [metric], [metric]);
  const seriesOf = (id: string): Series | null => {
    const { x, zoom } = view.value;
    return seriesFor(data.entry(id, metric).value, { axis: x, range: zoom });
  };
  return (
    <ChartCard
      title={metric}
      note={note}
      plans={lines}
      seriesOf={seriesOf}
      axisOf={axisOfView}
      zoomOf={zoomOfView}
      onZoom={(zoom) => setView({ zoom })}
      onVisible={() => data.show(runs, shownMetrics)}
      syncKey="metrics"
    />
  );
}

const axisOfView = (): ChartAxis => view.value.x;
const zoomOfView = (): Range | null => view.value.zoom;

export interface PlainChartProps {
  readonly title: string;
  readonly note?: string;
  readonly lines: readonly { readonly name: string; readonly series: Series }[];
  readonly xName: string;
}

/** A chart of columns that are at hand: a table's, or a list over its index. */
export function PlainChart({ title, note, lines, xName }: PlainChartProps) {
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
      axisOf={() => "number"}
      zoomOf={() => zoom.value}
      onZoom={(range) => {
        zoom.value = range;
      }}
      legend={lines.length > 1}
      syncKey={`table ${title}`}
    />
  );
}

export interface ChartCardProps {
  readonly title: string;
  readonly note?: string;
  readonly plans: readonly LinePlan[];
  readonly seriesOf: (id: string) => Curve | null;
  readonly axisOf: () => ChartAxis;
  readonly zoomOf: () => Range | null;
  readonly onZoom: (range: Range | null) => void;
  readonly onVisible?: () => () => void;
  readonly legend?: boolean;
  readonly syncKey: string;
}

export function ChartCard(props: ChartCardProps) {
  const { title, note, plans, syncKey } = props;
  const root = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [wide, setWide] = useState(false);
  const [hover] = useState(() => signal<Hover | null>(null));
  const [version] = useState(() => signal(0));
  const [shape] = useState(() => signal<"loading" | "empty" | "drawn">("loading"));
  const visible = useVisible(root);

  useEffect(() => {
    return visible ? latest.current.onVisible?.() : undefined;
  }, [visible, plans, title]);

  useEffect(() => {
    version.value += 1;
  });

  useEffect(() => {
    const element = root.current;
    if (!visible || !element) return;
    const chart = new LineChart(element, chartModel(latest.current, syncKey), {
      onZoom: (range) => latest.current.onZoom(range),
      onHover: (at) => {
        hover.value = at;
        const nearest = at?.readings[0];
        hoveredRun.value = nearest && nearest.gap < TOUCH_GAP ? nearest.line.id : null;
      },
    });
    const stop = effect(() => {
      version.value;
      const model = chartModel(latest.current, syncKey);
      const loaded = latest.current.plans.some((plan) => latest.current.seriesOf(plan.id) !== null);
      const drawn = model.lines.some((line) => line.series.x.length > 0);
      shape.value = drawn ? "drawn" : loaded ? "empty" : "loading";
      chart.update(model);
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop();
      chart.destroy();
      hover.value = null;
    };
  }, [visible, syncKey]);

  return (
    <article class={wide ? "card chart wide" : "card chart"}>
      <header>
        <h3 title={title}>{title}</h3>
        {note && <span class="note">{note}</span>}
        <button
          type="button"
          class="icon"
          aria-pressed={wide}
          onClick={() => setWide(!wide)}
          title={wide ? S.shrink : S.expand}
          aria-label={`${wide ? S.shrink : S.expand}: ${title}`}
        >
          {wide ? "⤡" : "⤢"}
        </button>
      </header>
      <div class="plot-box">
        <div class="plot" ref={root} role="img" aria-label={S.chartOf(title, plans.length)} />
        {shape.value !== "drawn" && (
          <p class="plot-note">{shape.value === "loading" ? S.loading : S.noPoints}</p>
        )}
        <Readout hover={hover.value} axis={props.axisOf()} />
      </div>
      {props.legend && <Legend plans={plans} />}
    </article>
  );
}

function Legend({ plans }: { plans: readonly LinePlan[] }) {
  return (
    <ul class="legend">
      {plans.map((plan) => (
        <li key={plan.id}>
          <span class="swatch" style={{ background: colorOf(plan) }} />
          {plan.label}
        </li>
      ))}
    </ul>
  );
}

const READOUT_ROWS = 8;
/** A line closer to the pointer than this many pixels is pointed at. */
const TOUCH_GAP = 30;

function Readout({ hover, axis }: { hover: Hover | null; axis: ChartAxis }) {
  if (!hover || hover.readings.length === 0) return null;
  const onRight = hover.left > hover.width / 2;
  const more = hover.readings.length - READOUT_ROWS;
  return (
    <div class={onRight ? "readout at-left" : "readout at-right"}>
      <div class="readout-x">{formatX(axis, hover.readings[0].x)}</div>
      {hover.readings.slice(0, READOUT_ROWS).map(({ line, value, min, max, members }) => (
        <div class="readout-row" key={line.id}>
          <span class="swatch" style={{ background: line.color }} />
          <span class="readout-name">{line.label}</span>
          <span class="readout-value">{formatNumber(value)}</span>
          {min !== null && max !== null && (
            <span class="readout-band">
              {formatNumber(min)} … {formatNumber(max)}
            </span>
          )}
          {members && (
            <span class="readout-band">{S.chart.members(members.count, members.of)}</span>
          )}
        </div>
      ))}
      {more > 0 && <div class="quiet">{S.andMore(more)}</div>}
    </div>
  );
}

function colorOf(plan: LinePlan): string {
  const colors = SERIES_COLORS[theme.value];
  return colors[plan.colorIndex % colors.length];
}

/** Reads signals, so that whoever calls it in an effect is called again when one changes. */
function chartModel(props: ChartCardProps, syncKey: string): ChartModel {
  const { plans } = props;
  const { logY, smoothing } = view.value;
  const dark = theme.value === "dark";
  const lines = plans.map((plan): ChartLine => {
    const dash = DASHES_OF[plan.dashIndex % DASHES_OF.length];
    const series = props.seriesOf(plan.id) ?? EMPTY_POINTS;
    return { id: plan.id, label: plan.label, color: colorOf(plan), dash, series };
  });
  const axis = props.axisOf();
  return {
    lines,
    axis,
    range: props.zoomOf(),
    logY,
    smoothing: axis === "number" ? 0 : smoothing,
    highlighted: hoveredRun.value,
    ink: {
      text: dark ? "#9aa4b2" : "#5b6472",
      grid: dark ? "#252b34" : "#eceef1",
      font: "12px system-ui, sans-serif",
    },
    syncKey: `${syncKey} ${axis}`,
  };
}

function useVisible(target: { readonly current: Element | null }): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!target.current) return;
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries[entries.length - 1].isIntersecting),
      { rootMargin: "300px" },
    );
    observer.observe(target.current);
    return () => observer.disconnect();
  }, [target]);
  return visible;
}
