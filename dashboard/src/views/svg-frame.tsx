/** The axes of a small SVG chart. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { formatTick } from "../chart/axes.ts";
import { savePng, saveSvg } from "../chart/save-picture.ts";
import { S } from "../strings.ts";

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

export interface Picked {
  readonly at: readonly [number, number];
  readonly text: string;
}

interface FrameProps {
  readonly x: Scale;
  readonly y: Scale;
  readonly xName: string;
  readonly yName: string;
  readonly label: string;
  /** What is nearest to the pointer, whose place is in the axes' units. */
  readonly pick?: (x: number, y: number) => Picked | null;
  readonly children: (px: (x: number) => number, py: (y: number) => number) => ComponentChildren;
}

export function Frame({ x, y, xName, yName, label, pick, children }: FrameProps) {
  const clip = useId();
  const svg = useRef<SVGSVGElement>(null);
  const width = WIDTH - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const px = (value: number) => MARGIN.left + ((value - x.min) / (x.max - x.min)) * width;
  const py = (value: number) => MARGIN.top + height - ((value - y.min) / (y.max - y.min)) * height;
  const pointer = usePointer(svg);
  const picked =
    pointer &&
    pick?.(
      x.min + ((pointer[0] * WIDTH - MARGIN.left) / width) * (x.max - x.min),
      y.min + ((MARGIN.top + height - pointer[1] * HEIGHT) / height) * (y.max - y.min),
    );
  return (
    <>
      <svg class="frame" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} ref={svg}>
        <clipPath id={clip}>
          <rect x={MARGIN.left} y={MARGIN.top} width={width} height={height} />
        </clipPath>
        <Grid x={x} y={y} px={px} py={py} />
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
        {picked && <circle class="picked" cx={px(picked.at[0])} cy={py(picked.at[1])} r="4" />}
      </svg>
      <div class="frame-foot">
        <output class="caption number">{picked?.text}</output>
        <SaveButtons svg={svg} name={label} />
      </div>
    </>
  );
}

interface GridProps {
  readonly x: Scale;
  readonly y: Scale;
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}

function Grid({ x, y, px, py }: GridProps) {
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <>
      {x.ticks.map((tick) => (
        <g key={tick}>
          <path class="gridline" d={`M${px(tick)} ${MARGIN.top}V${bottom}`} />
          <text x={px(tick)} y={bottom + 16} text-anchor="middle">
            {formatTick(tick)}
          </text>
        </g>
      ))}
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="gridline" d={`M${MARGIN.left} ${py(tick)}H${WIDTH - MARGIN.right}`} />
          <text x={MARGIN.left - 8} y={py(tick) + 4} text-anchor="end">
            {formatTick(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

function SaveButtons({ svg, name }: { svg: { current: SVGSVGElement | null }; name: string }) {
  const save = (how: typeof saveSvg) => () => {
    if (svg.current) how(svg.current, name);
  };
  return (
    <span class="save">
      <button
        type="button"
        class="copy"
        aria-label={S.published.save("PNG", name)}
        onClick={save(savePng)}
      >
        PNG
      </button>
      <button
        type="button"
        class="copy"
        aria-label={S.published.save("SVG", name)}
        onClick={save(saveSvg)}
      >
        SVG
      </button>
    </span>
  );
}

/** Where the pointer is in the picture, as shares of its width and height. */
function usePointer(target: {
  readonly current: SVGSVGElement | null;
}): readonly [number, number] | null {
  const [at, setAt] = useState<readonly [number, number] | null>(null);
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const move = (event: PointerEvent) => {
      const matrix = element.getScreenCTM()?.inverse();
      if (!matrix) return;
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
      setAt([point.x / WIDTH, point.y / HEIGHT]);
    };
    const leave = () => setAt(null);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerleave", leave);
    return () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerleave", leave);
    };
  }, [target]);
  return at;
}

function niceStep(low: number, high: number): number {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5, 10].find((d) => d * power >= rough) ?? 10;
  return digit * power;
}
