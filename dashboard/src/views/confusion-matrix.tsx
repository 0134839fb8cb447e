/** A confusion matrix as a heat map, in counts or in shares of the row. */
import { useState } from "preact/hooks";
import { viridis } from "../base/color.ts";
import { formatCount, formatNumber } from "../base/format.ts";
import type { ConfusionMatrix } from "../model/published.ts";
import { S } from "../strings.ts";

/** Each row is shaded by its own share, so that a rare class is as readable as a frequent one. */
export function Matrix({ chart, name }: { chart: ConfusionMatrix; name: string }) {
  const { labels, counts } = chart;
  const [shares, setShares] = useState(false);
  const [at, setAt] = useState<readonly [number, number] | null>(null);
  const total = counts.flat().reduce((a, b) => a + b, 0);
  const right = counts.reduce((sum, row, i) => sum + row[i], 0);
  return (
    <>
      <div class="matrix-tools">
        <div class="segments">
          <button type="button" aria-pressed={!shares} onClick={() => setShares(false)}>
            {S.published.counts}
          </button>
          <button type="button" aria-pressed={shares} onClick={() => setShares(true)}>
            {S.published.shares}
          </button>
        </div>
        <span class="quiet number">
          {total > 0 && S.published.accuracy(percentOf(right, total))}
        </span>
      </div>
      <div class="matrix-scroll">
        <table class="matrix" aria-label={name}>
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
            {counts.map((row, i) => (
              <tr key={labels[i]}>
                <th scope="row" title={labels[i]}>
                  {labels[i]}
                </th>
                {row.map((count, j) => (
                  <Cell
                    key={labels[j]}
                    count={count}
                    total={sumOf(row)}
                    shares={shares}
                    onPoint={(isIn) => setAt(isIn ? [i, j] : null)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <output class="caption number matrix-foot">{at && readoutOf(chart, at)}</output>
    </>
  );
}

interface CellProps {
  readonly count: number;
  readonly total: number;
  readonly shares: boolean;
  readonly onPoint: (isIn: boolean) => void;
}

function Cell({ count, total, shares, onPoint }: CellProps) {
  const share = total > 0 ? count / total : 0;
  const look = { background: viridis(share), color: share > 0.6 ? "#111" : "#fff" };
  return (
    <td
      class={count > 0 ? undefined : "none"}
      style={count > 0 ? look : undefined}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
    >
      {shares ? percentOf(count, total) : formatNumber(count)}
    </td>
  );
}

function readoutOf({ labels, counts }: ConfusionMatrix, [i, j]: readonly [number, number]): string {
  const count = counts[i][j];
  return S.published.cellOf(
    labels[i],
    labels[j],
    formatCount(count),
    percentOf(count, sumOf(counts[i])),
    percentOf(count, sumOf(counts.map((row) => row[j]))),
  );
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}

function percentOf(part: number, whole: number): string {
  return whole > 0 ? `${formatNumber(Math.round((1000 * part) / whole) / 10)} %` : "–";
}
