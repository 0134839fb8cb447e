/** What the lines say at the pointer, the nearest first. */
import { formatCount, formatNumber, fullText } from "../base/format.ts";
import { type ChartAxis, formatX } from "../chart/axes.ts";
import type { Hover, LineReading } from "../chart/line-chart.ts";
import type { Extreme } from "../chart/readout.ts";
import { HAS_NAN, HAS_NEGATIVE_INFINITY, HAS_POSITIVE_INFINITY } from "../model/series.ts";
import { S } from "../strings.ts";

const ROWS_MAX = 8;

export function Readout({ hover, axis }: { hover: Hover | null; axis: ChartAxis }) {
  if (!hover || hover.readings.length === 0) return null;
  const onRight = hover.left > hover.width / 2;
  const more = hover.readings.length - ROWS_MAX;
  return (
    <div class={onRight ? "readout at-left" : "readout at-right"}>
      <div class="readout-x">{formatX(axis, hover.readings[0].x)}</div>
      {hover.readings.slice(0, ROWS_MAX).map((reading, i) => (
        <ReadoutLine key={reading.line.id} reading={reading} axis={axis} isNearest={i === 0} />
      ))}
      {more > 0 && <div class="quiet">{S.andMore(more)}</div>}
    </div>
  );
}

interface LineProps {
  readonly reading: LineReading;
  readonly axis: ChartAxis;
  readonly isNearest: boolean;
}

/** The nearest line says where its extremes are; of the others their values are enough. */
function ReadoutLine({ reading, axis, isNearest }: LineProps) {
  const { line, value, low, high } = reading;
  return (
    <>
      <div class="readout-row">
        <span class="swatch" style={{ background: line.color }} />
        <span class="readout-name">{line.label}</span>
        <span class="readout-value" title={fullText(value)}>
          {formatNumber(value)}
        </span>
        {!isNearest && low && high && (
          <span class="readout-range">
            {formatNumber(low.value)} … {formatNumber(high.value)}
          </span>
        )}
      </div>
      {isNearest && <Details reading={reading} axis={axis} />}
    </>
  );
}

function Details({ reading, axis }: { reading: LineReading; axis: ChartAxis }) {
  const { low, high, members } = reading;
  const marks = marksOf(reading);
  if (!low && !high && !members && !marks) return null;
  return (
    <div class="readout-band">
      {low && <span>{S.chart.min(extremeText(low, axis))}</span>}
      {high && <span>{S.chart.max(extremeText(high, axis))}</span>}
      {members && <span>{S.chart.members(members.count, members.of)}</span>}
      {marks && <span>{S.chart.among(marks)}</span>}
    </div>
  );
}

/** Steps are how a run's points are named, whatever x is; a table has only x. */
function extremeText({ value, x, step }: Extreme, axis: ChartAxis): string {
  const text = formatNumber(value);
  if (axis === "number") return S.chart.at(text, formatNumber(x));
  return step === null ? text : S.chart.atStep(text, formatCount(step));
}

function marksOf({ nonfinite, value }: LineReading): string {
  const bits = Number.isFinite(value) ? nonfinite : 0;
  return [
    bits & HAS_NAN ? "NaN" : "",
    bits & HAS_POSITIVE_INFINITY ? "∞" : "",
    bits & HAS_NEGATIVE_INFINITY ? "−∞" : "",
  ]
    .filter(Boolean)
    .join(", ");
}
