/** Horizontal bars: one a text and its count, or one a run and its only value. */
import { formatNumber, fullText } from "../base/format.ts";
import { S } from "../strings.ts";

export interface Bar {
  readonly id: string;
  readonly text: string;
  /** The bar's length, from 0 to 1. */
  readonly share: number;
  readonly value: number;
  readonly color?: string;
}

const BARS_MAX = 8;

export function Bars({ bars, max = BARS_MAX }: { bars: readonly Bar[]; max?: number }) {
  return (
    <div class="bars">
      {bars.slice(0, max).map(({ id, text, share, value, color }) => (
        <div class="bar" key={id} title={`${text}: ${fullText(value)}`}>
          <span class="bar-name">{text}</span>
          <span class="bar-track">
            <span style={{ width: `${100 * share}%`, background: color }} />
          </span>
          <span class="bar-count">{formatNumber(value)}</span>
        </div>
      ))}
      {bars.length > max && <p class="quiet">{S.andMore(bars.length - max)}</p>}
    </div>
  );
}
