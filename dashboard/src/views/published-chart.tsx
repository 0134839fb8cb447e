/** The four published JSON charts, drawn as SVG. */
import { useEffect, useMemo } from "preact/hooks";
import { SERIES_COLORS, viridis } from "../base/color.ts";
import { formatCount, formatNumber } from "../base/format.ts";
import {
  type AccuracyTable,
  areaUnder,
  type ConfusionMatrix,
  type Curve,
  type Predictions,
  type Residuals,
} from "../model/published.ts";
import { createPublished, type RunPage, refreshOn } from "../state/run-page.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton } from "./bits.tsx";
import { Frame, linePath, scaleOf, ticksOf } from "./svg-frame.tsx";

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
      {value?.kind === "confusion_matrix" && <Matrix chart={value} />}
      {value?.kind === "accuracy_table" && <Accuracy chart={value} />}
      {value?.kind === "residuals" && <Histogram chart={value} />}
      {value?.kind === "predictions" && <PredictedTrue chart={value} />}
    </article>
  );
}

/** Each row is shaded by its own share, so that a rare class is as readable as a frequent one. */
function Matrix({ chart: { labels, counts } }: { chart: ConfusionMatrix }) {
  return (
    <div class="matrix-scroll">
      <table class="matrix">
        <caption>
          {S.published.actual} ↓ · {S.published.predicted} →
        </caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col" title={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, i) => {
            const total = row.reduce((a, b) => a + b, 0);
            return (
              <tr key={labels[i]}>
                <th scope="row" title={labels[i]}>
                  {labels[i]}
                </th>
                {row.map((count, j) => {
                  const share = total > 0 ? count / total : 0;
                  const percent = `${Math.round(100 * share)} %`;
                  return (
                    <td
                      key={labels[j]}
                      class={count === 0 ? "none" : undefined}
                      style={
                        count === 0
                          ? undefined
                          : { background: viridis(share), color: share > 0.6 ? "#111" : "#fff" }
                      }
                      title={S.published.share(formatCount(count), percent)}
                    >
                      {formatNumber(count)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Accuracy({ chart }: { chart: AccuracyTable }) {
  const { published } = S;
  return (
    <div class="pair">
      <Curves
        title={published.roc}
        curves={chart.roc}
        xName={published.falsePositives}
        yName={published.truePositives}
        diagonal
      />
      <Curves
        title={published.precisionRecall}
        curves={chart.precisionRecall}
        xName={published.recall}
        yName={published.precision}
      />
    </div>
  );
}

interface CurvesProps {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly xName: string;
  readonly yName: string;
  readonly diagonal?: boolean;
}

function Curves({ title, curves, xName, yName, diagonal }: CurvesProps) {
  const x = scaleOf(0, 1);
  const y = scaleOf(0, 1);
  const colors = SERIES_COLORS[theme.value];
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Frame x={x} y={y} xName={xName} yName={yName} label={title}>
        {(px, py) => (
          <>
            {diagonal && <path class="guide" d={`M${px(0)} ${py(0)}L${px(1)} ${py(1)}`} />}
            {curves.map((curve, i) => (
              <path
                key={curve.label}
                class="curve"
                stroke={colors[i % colors.length]}
                d={linePath(curve.points, px, py)}
              />
            ))}
          </>
        )}
      </Frame>
      <ul class="legend">
        {curves.map((curve, i) => (
          <li key={curve.label}>
            <span class="swatch" style={{ background: colors[i % colors.length] }} />
            {curve.label}
            {diagonal && (
              <span class="quiet">{S.published.area(formatNumber(areaUnder(curve.points)))}</span>
            )}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Histogram({ chart: { edges, counts } }: { chart: Residuals }) {
  const x = {
    ...scaleOf(edges[0], edges[edges.length - 1]),
    ticks: ticksOf(edges[0], edges[edges.length - 1]),
  };
  const y = scaleOf(0, Math.max(1, ...counts));
  return (
    <Frame
      x={x}
      y={y}
      xName={S.published.residual}
      yName={S.published.count}
      label={S.published.residual}
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
          >
            <title>{`${formatNumber(edges[i])} … ${formatNumber(edges[i + 1])}: ${formatCount(count)}`}</title>
          </rect>
        ))
      }
    </Frame>
  );
}

function PredictedTrue({ chart }: { chart: Predictions }) {
  const { centers, averages, errors } = chart;
  const shown = centers.flatMap((center, i) =>
    chart.counts[i] > 0 ? [{ center, mean: averages[i], error: errors[i] }] : [],
  );
  const highs = shown.map((p): [number, number] => [p.center, p.mean + p.error]);
  const lows = shown.map((p): [number, number] => [p.center, p.mean - p.error]);
  const all = [...highs, ...lows].flat();
  const low = Math.min(...all);
  const high = Math.max(...all);
  const x = scaleOf(Math.min(...centers), Math.max(...centers));
  const color = SERIES_COLORS[theme.value][0];
  return (
    <figure>
      <Frame
        x={x}
        y={scaleOf(low, high)}
        xName={S.published.actual}
        yName={S.published.predicted}
        label={S.published.average}
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
