/** The axes of a small SVG chart. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { formatTick } from "../chart/axes.ts";

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** A scale widened to its ticks. Equal ends get some room. */
export function scaleOf(low: number, high: number): Scale {
  const [from, to] = low < high ? [low, high] : [low - 1, high + 1];
  const step = niceStep(from, to);
  const min = Math.floor(from / step + 1e-9) * step;
  const max = Math.ceil(to / step - 1e-9) * step;
  return { min, max, ticks: ticksOf(min, max) };
}

/** Round numbers from `low` to `high`, four to eight of them. */
export function ticksOf(low: number, high: number): number[] {
  const step = niceStep(low, high);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(i * step);
  return ticks;
}

/** A path through the points, without its end. */
export function linePath(
  points: readonly (readonly [number, number])[],
  px: (x: number) => number,
  py: (y: number) => number,
): string {
  return points
    .map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x).toFixed(2)} ${py(y).toFixed(2)}`)
    .join("");
}

const WIDTH = 360;
const HEIGHT = 220;
const MARGIN = { left: 52, right: 12, top: 8, bottom: 40 };

interface FrameProps {
  readonly x: Scale;
  readonly y: Scale;
  readonly xName: string;
  readonly yName: string;
  readonly label: string;
  readonly children: (px: (x: number) => number, py: (y: number) => number) => ComponentChildren;
}

export function Frame({ x, y, xName, yName, label, children }: FrameProps) {
  const clip = useId();
  const width = WIDTH - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const px = (value: number) => MARGIN.left + ((value - x.min) / (x.max - x.min)) * width;
  const py = (value: number) => MARGIN.top + height - ((value - y.min) / (y.max - y.min)) * height;
  return (
    <svg class="frame" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <clipPath id={clip}>
        <rect x={MARGIN.left} y={MARGIN.top} width={width} height={height} />
      </clipPath>
      {x.ticks.map((tick) => (
        <g key={tick}>
          <path class="gridline" d={`M${px(tick)} ${MARGIN.top}v${height}`} />
          <text x={px(tick)} y={HEIGHT - MARGIN.bottom + 16} text-anchor="middle">
            {formatTick(tick)}
          </text>
        </g>
      ))}
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="gridline" d={`M${MARGIN.left} ${py(tick)}h${width}`} />
          <text x={MARGIN.left - 8} y={py(tick) + 4} text-anchor="end">
            {formatTick(tick)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={MARGIN.left + width / 2} y={HEIGHT - 6} text-anchor="middle">
        {xName}
      </text>
      <text
        class="axis-name"
        x={12}
        y={MARGIN.top + height / 2}
        text-anchor="middle"
        transform={`rotate(-90 12 ${MARGIN.top + height / 2})`}
      >
        {yName}
      </text>
      <g clip-path={`url(#${clip})`}>{children(px, py)}</g>
    </svg>
  );
}

function niceStep(low: number, high: number): number {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((d) => d * power >= rough) ?? 10;
  return digit * power;
}
