/** A chart on the page: drawn when it is near the screen, and gone with its canvas when it is not. */
import { effect, type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { DASHES as DASHES_OF, SERIES_COLORS } from "../base/color.ts";
import type { ChartAxis } from "../chart/axes.ts";
import { INK } from "../chart/ink.ts";
import { type ChartLine, type ChartModel, type Hover, LineChart } from "../chart/line-chart.ts";
import { type Curve, xExtent, yExtent } from "../model/curve.ts";
import type { LinePlan } from "../model/lines.ts";
import { EMPTY_POINTS } from "../model/series.ts";
import type { Range } from "../model/viewport.ts";
import type { CsvFile } from "../state/chart-export.ts";
import { hoveredRun } from "../state/hover.ts";
import { setView, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { ChartMenu } from "./chart-menu.tsx";
import { Readout } from "./chart-readout.tsx";
import { Nearness } from "./nearness.ts";

export interface ChartCardProps {
  readonly title: string;
  /** What stands right of the name, such as the last value. */
  readonly note?: string;
  readonly plans: readonly LinePlan[];
  /** Reads signals; null while it loads. */
  readonly seriesOf: (id: string) => Curve | null;
  readonly axisOf: () => ChartAxis;
  readonly xName: string;
  readonly zoomOf: () => Range | null;
  readonly onZoom: (range: Range | null) => void;
  readonly onVisible?: () => () => void;
  /** Every point of what is seen, as a file. */
  readonly csv: (signal: AbortSignal) => Promise<CsvFile>;
  /** What the picture cannot show, in words; reads signals. */
  readonly hintOf?: () => string;
  readonly legend?: boolean;
  readonly syncKey: string;
}

export function ChartCard(props: ChartCardProps) {
  const { title, note, plans } = props;
  const plot = usePlot(props);
  const isFull = view.value.chart === title;
  return (
    <article class="card chart">
      <header>
        <h3 title={title}>{title}</h3>
        {note && <span class="note">{note}</span>}
        <button
          type="button"
          class="icon"
          onClick={() => setView({ chart: title })}
          title={S.chart.fullScreen}
          aria-label={S.chart.of(S.chart.fullScreen, title)}
        >
          ⤢
        </button>
        <ChartMenu title={title} picture={() => plot.picture(title, props.xName)} csv={props.csv} />
      </header>
      <PlotBox plot={plot} title={title} count={plans.length} axis={props.axisOf()} />
      {props.legend && <Legend plans={plans} />}
      {isFull && <FullScreen {...props} />}
    </article>
  );
}

/** The same chart over the whole window; its address is a link to it. */
function FullScreen(props: ChartCardProps) {
  const { title, note, plans } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const plot = usePlot(props);
  useEffect(() => {
    dialog.current?.showModal();
    // Otherwise the first button would have the focus, and its ring.
    dialog.current?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="chart-full"
      aria-label={title}
      tabIndex={-1}
      onClose={() => setView({ chart: "" })}
    >
      <header>
        <h2 title={title}>{title}</h2>
        {note && <span class="note">{note}</span>}
        <ChartMenu title={title} picture={() => plot.picture(title, props.xName)} csv={props.csv} />
        <button
          type="button"
          class="icon"
          onClick={() => dialog.current?.close()}
          title={S.chart.leaveFullScreen}
          aria-label={S.chart.leaveFullScreen}
        >
          ✕
        </button>
      </header>
      <PlotBox plot={plot} title={title} count={plans.length} axis={props.axisOf()} />
      <p class="caption">{S.chart.gestures}</p>
    </dialog>
  );
}

interface PlotBoxProps {
  readonly plot: Plot;
  readonly title: string;
  readonly count: number;
  readonly axis: ChartAxis;
}

function PlotBox({ plot, title, count, axis }: PlotBoxProps) {
  const shape = plot.shape.value;
  return (
    <div class="plot-box">
      <div class="plot" ref={plot.root} role="img" aria-label={S.chartOf(title, count)} />
      {shape !== "drawn" && <p class="plot-note">{shape === "loading" ? S.loading : S.noPoints}</p>}
      {plot.hint.value && <p class="plot-hint">{plot.hint.value}</p>}
      <Readout hover={plot.hover.value} axis={axis} />
    </div>
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

const SCROLLERS = "#main, dialog";
/** A canvas takes memory, and each of its points time: fewer are there than cards. */
const nearness = new Nearness("300px");

/** A line closer to the pointer than this many pixels is pointed at. */
const TOUCH_GAP = 30;

interface Plot {
  readonly root: { current: HTMLDivElement | null };
  readonly hover: Signal<Hover | null>;
  readonly shape: Signal<"loading" | "empty" | "drawn">;
  readonly hint: Signal<string>;
  readonly picture: (title: string, xName: string) => PictureParts;
}

export interface PictureParts {
  readonly model: ChartModel;
  readonly title: string;
  readonly xName: string;
  readonly background: string;
}

/** Everything behind one canvas: it exists while the element is near the screen. */
function usePlot(props: ChartCardProps): Plot {
  const { plans, title, syncKey } = props;
  const root = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useMemo(
    () => ({
      root,
      hover: signal<Hover | null>(null),
      shape: signal<"loading" | "empty" | "drawn">("loading"),
      hint: signal(""),
      version: signal(0),
      picture: (title: string, xName: string) => ({
        model: chartModel(latest.current),
        title,
        xName,
        background: INK[theme.peek()].background,
      }),
    }),
    [],
  );
  const visible = useVisible(root);

  useEffect(() => {
    return visible ? latest.current.onVisible?.() : undefined;
  }, [visible, plans, title]);

  useEffect(() => {
    plot.version.value += 1;
  });

  useEffect(() => {
    const element = root.current;
    if (!visible || !element) return;
    const chart = new LineChart(element, chartModel(latest.current), {
      onZoom: (range) => latest.current.onZoom(range),
      onHover: (at) => {
        plot.hover.value = at;
        const nearest = at?.readings[0];
        hoveredRun.value = nearest && nearest.gap < TOUCH_GAP ? nearest.line.id : null;
      },
    });
    const stop = effect(() => {
      plot.version.value;
      const model = chartModel(latest.current);
      const loaded = latest.current.plans.some((plan) => latest.current.seriesOf(plan.id) !== null);
      const drawn = model.lines.some((line) => line.series.x.length > 0);
      plot.shape.value = drawn ? "drawn" : loaded ? "empty" : "loading";
      plot.hint.value = [latest.current.hintOf?.(), hiddenOf(model)].filter(Boolean).join(" · ");
      chart.update(model);
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop();
      chart.destroy();
      plot.hover.value = null;
    };
  }, [visible, syncKey]);

  return plot;
}

function colorOf(plan: LinePlan): string {
  const colors = SERIES_COLORS[theme.value];
  return colors[plan.colorIndex % colors.length];
}

/** Reads signals, so that whoever calls it in an effect is called again when one changes. */
function chartModel(props: ChartCardProps): ChartModel {
  const { logX, logY, smoothing } = view.value;
  const lines = props.plans.map((plan): ChartLine => {
    const dash = DASHES_OF[plan.dashIndex % DASHES_OF.length];
    const series = props.seriesOf(plan.id) ?? EMPTY_POINTS;
    return { id: plan.id, label: plan.label, color: colorOf(plan), dash, series };
  });
  const axis = props.axisOf();
  return {
    lines,
    axis,
    range: props.zoomOf(),
    // A logarithm of wall time would say when 1970 was.
    logX: logX && axis !== "time",
    logY,
    smoothing: axis === "number" ? 0 : smoothing,
    highlighted: hoveredRun.value,
    ink: INK[theme.value],
    syncKey: `${props.syncKey} ${axis}`,
  };
}

/** What a log axis leaves out is said, and not just missing. */
function hiddenOf({ lines, logX, logY, range }: ChartModel): string {
  if (!logX && !logY) return "";
  const [from, to] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isHidden = lines.some(({ series }) => {
    const low = logY ? yExtent(series, from, to, false)?.[0] : undefined;
    return (low ?? 1) <= 0 || (logX && (xExtent(series)?.[0] ?? 1) <= 0);
  });
  return isHidden ? S.chart.hiddenByLog : "";
}

function useVisible(target: { readonly current: Element | null }): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const element = target.current;
    return element ? nearness.watch(element, element.closest(SCROLLERS), setVisible) : undefined;
  }, [target]);
  return visible;
}
