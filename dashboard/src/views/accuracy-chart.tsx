/** An accuracy table as curves: two kinds beside each other, of the classes that one chooses. */
import { useState } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { formatNumber } from "../base/format.ts";
import {
  type AccuracyTable,
  areaUnder,
  CURVE_KINDS,
  type Curve,
  type CurveKind,
} from "../model/published.ts";
import { withToggled } from "../model/selection.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Frame, linePath, type Picked, scaleOf } from "./svg-frame.tsx";

export function Accuracy({ chart, name }: { chart: AccuracyTable; name: string }) {
  const { curves, labels } = chart;
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const kinds = CURVE_KINDS.filter((kind) => curves[kind].length > 0);
  const colors = SERIES_COLORS[theme.value];
  const colorOf = (label: string) => colors[labels.indexOf(label) % colors.length];
  const pane = { curves, kinds, hidden, colorOf, name };
  return (
    <>
      <div class="pair">
        <Curves {...pane} first="roc" />
        <Curves {...pane} first="precisionRecall" />
      </div>
      <ul class="legend" aria-label={S.published.classes}>
        {labels.map((label) => (
          <li key={label}>
            <button
              type="button"
              class="legend-toggle"
              aria-pressed={!hidden.includes(label)}
              onClick={() => setHidden(withToggled(hidden, [label]))}
            >
              <span class="swatch" style={{ background: colorOf(label) }} />
              {label}
              <span class="quiet number">{areaOf(curves.roc, label)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface CurvesProps {
  readonly curves: AccuracyTable["curves"];
  readonly kinds: readonly CurveKind[];
  readonly hidden: readonly string[];
  readonly colorOf: (label: string) => string;
  readonly name: string;
  readonly first: CurveKind;
}

function Curves({ curves, kinds, hidden, colorOf, name, first }: CurvesProps) {
  const [kind, setKind] = useState(first);
  const { title, xName, yName } = S.published.curves[kind];
  const shown = curves[kind].filter((curve) => !hidden.includes(curve.label));
  const top = kind === "lift" ? Math.max(1, ...shown.flatMap(heights)) : 1;
  const x = scaleOf(0, 1);
  const y = scaleOf(0, top);
  const pick = (atX: number, atY: number): Picked | null => {
    let best: Picked | null = null;
    let gap = Number.POSITIVE_INFINITY;
    for (const curve of shown) {
      for (const at of curve.points) {
        const distance = Math.hypot(at[0] - atX, (at[1] - atY) / y.max);
        if (distance >= gap) continue;
        gap = distance;
        const [px, py] = at.map(formatNumber);
        best = { at, text: S.published.pointOf(curve.label, px, py) };
      }
    }
    return best;
  };
  return (
    <figure>
      <figcaption>
        <select
          aria-label={S.published.curve}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as CurveKind)}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {S.published.curves[one].title}
            </option>
          ))}
        </select>
      </figcaption>
      <Frame x={x} y={y} xName={xName} yName={yName} label={`${name}: ${title}`} pick={pick}>
        {(px, py) => (
          <>
            <path class="guide" d={guideOf(kind, px, py)} />
            {shown.map((curve) => (
              <path
                key={curve.label}
                class="curve"
                stroke={colorOf(curve.label)}
                d={linePath(curve.points, px, py)}
              />
            ))}
          </>
        )}
      </Frame>
    </figure>
  );
}

/** What a classifier that knows nothing, or a calibrated one, would be. */
function guideOf(kind: CurveKind, px: (x: number) => number, py: (y: number) => number): string {
  if (kind === "precisionRecall") return "";
  if (kind === "lift") return `M${px(0)} ${py(1)}L${px(1)} ${py(1)}`;
  return `M${px(0)} ${py(0)}L${px(1)} ${py(1)}`;
}

function heights(curve: Curve): number[] {
  return curve.points.map(([, y]) => y);
}

function areaOf(roc: readonly Curve[], label: string): string {
  const curve = roc.find((one) => one.label === label);
  return curve ? S.published.area(formatNumber(areaUnder(curve.points))) : "";
}
