/** The four published JSON charts, drawn as SVG. */
import { useEffect, useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatCount, formatNumber } from "../base/format.ts";
import type { Predictions, Residuals } from "../model/published.ts";
import { createPublished, type RunPage, refreshOn } from "../state/run-page.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Accuracy } from "./accuracy-chart.tsx";
import { Problem, Skeleton } from "./bits.tsx";
import { Matrix } from "./confusion-matrix.tsx";
import { Frame, linePath, type Picked, scaleOf, ticksOf } from "./svg-frame.tsx";

/** The last chart of a name. */
export function PublishedCard({ data, name }: { data: RunPage; name: string }) {
  const logged = (data.charts.state.value.value ?? []).filter((chart) => chart.name === name);
  const path = logged[logged.length - 1]?.path;
  if (!path) return null;
  return <OneChart key={path} data={data} name={name} path={path} />;
}

function OneChart({ data, name, path }: { data: RunPage; name: string; path: string }) {
  const chart = useMemo(() => createPublished(data.runId, path), [data.runId, path]);
  useEffect(() => {
    const stop = refreshOn(data, "charts", chart.refresh);
    return () => {
      stop();
      chart.dispose();
    };
  }, [data, chart]);
  const { value, error, loading } = chart.state.value;
  return (
    <article class="card chart published">
      <header>
        <h3 title={name}>{name}</h3>
      </header>
      {error && <Problem error={error} retry={chart.refresh} />}
      {!value &&
        !error &&
        (loading ? <Skeleton rows={5} /> : <p class="card-text">{S.brokenChart}</p>)}
      {value?.kind === "confusion_matrix" && <Matrix chart={value} name={name} />}
      {value?.kind === "accuracy_table" && <Accuracy chart={value} name={name} />}
      {value?.kind === "residuals" && <Histogram chart={value} name={name} />}
      {value?.kind === "predictions" && <PredictedTrue chart={value} name={name} />}
    </article>
  );
}

function Histogram({ chart: { edges, counts }, name }: { chart: Residuals; name: string }) {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const total = counts.reduce((a, b) => a + b, 0);
  const x = { ...scaleOf(low, high), ticks: ticksOf(low, high) };
  const y = scaleOf(0, Math.max(1, ...counts));
  const pick = (at: number): Picked | null => {
    const i = edges.findIndex((edge) => edge > at) - 1;
    if (i < 0) return null;
    const share = total > 0 ? counts[i] / total : 0;
    return {
      at: [(edges[i] + edges[i + 1]) / 2, counts[i]],
      text: S.published.binOf(
        formatNumber(edges[i]),
        formatNumber(edges[i + 1]),
        formatCount(counts[i]),
        percent(share),
      ),
    };
  };
  return (
    <Frame
      x={x}
      y={y}
      xName={S.published.residual}
      yName={S.published.count}
      label={name}
      pick={pick}
    >
      {(px, py) =>
        counts.map((count, i) => (
          <rect
            key={edges[i]}
            class="column"
            x={px(edges[i]) + 0.5}
            width={Math.max(0.5, px(edges[i + 1]) - px(edges[i]) - 1)}
            y={py(count)}
            height={py(0) - py(count)}
          />
        ))
      }
    </Frame>
  );
}

function percent(share: number): string {
  return `${formatNumber(Math.round(1000 * share) / 10)} %`;
}

function PredictedTrue({ chart, name }: { chart: Predictions; name: string }) {
  const { centers, averages, errors } = chart;
  const shown = centers.flatMap((center, i) => {
    if (chart.counts[i] === 0) return [];
    const error = Number.isFinite(errors[i]) ? errors[i] : 0;
    return [{ center, mean: averages[i], error, count: chart.counts[i] }];
  });
  const highs = shown.map((p): [number, number] => [p.center, p.mean + p.error]);
  const lows = shown.map((p): [number, number] => [p.center, p.mean - p.error]);
  const all = [...highs, ...lows].map(([, value]) => value);
  if (shown.length === 0) return <p class="card-text">{S.noPoints}</p>;
  const x = scaleOf(Math.min(...centers), Math.max(...centers));
  const y = scaleOf(Math.min(...all), Math.max(...all));
  const color = SERIES_COLORS[theme.value][0];
  const pick = (at: number): Picked => {
    const near = shown.reduce((a, b) =>
      Math.abs(b.center - at) < Math.abs(a.center - at) ? b : a,
    );
    return {
      at: [near.center, near.mean],
      text: S.published.predictionOf(
        formatNumber(near.center),
        formatNumber(near.mean),
        formatNumber(near.error),
        formatCount(near.count),
      ),
    };
  };
  return (
    <figure>
      <Frame
        x={x}
        y={y}
        xName={S.published.actual}
        yName={S.published.predicted}
        label={name}
        pick={pick}
      >
        {(px, py) => (
          <>
            <path class="guide" d={`M${px(x.min)} ${py(x.min)}L${px(x.max)} ${py(x.max)}`} />
            <path
              fill={color}
              opacity="0.18"
              d={`${linePath([...highs, ...lows.reverse()], px, py)}Z`}
            />
            <path
              class="curve"
              stroke={color}
              d={linePath(
                shown.map((p) => [p.center, p.mean]),
                px,
                py,
              )}
            />
          </>
        )}
      </Frame>
      <ul class="legend">
        <li>
          <span class="swatch" style={{ background: color }} />
          {S.published.average} <span class="quiet">{S.published.band}</span>
        </li>
        <li>
          <span class="dash" />
          {S.published.ideal}
        </li>
      </ul>
    </figure>
  );
}
