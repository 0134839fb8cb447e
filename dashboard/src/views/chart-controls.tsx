/** What all charts of a page share: the x-axis, the scale, smoothing, the zoom, and the search. */
import type { RefObject } from "preact";
import { formatX } from "../chart/axes.ts";
import { axisMetric, metricAxis } from "../model/axis.ts";
import { SMOOTHING_MAX } from "../model/route.ts";
import type { XAxis } from "../model/series.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";

export interface ChartControlsProps {
  readonly search?: RefObject<HTMLInputElement | null>;
  /** Names of numeric metrics, any of which may be x. */
  readonly metrics?: readonly string[];
}

export function ChartControls({ search, metrics = [] }: ChartControlsProps) {
  const { x, logX, logY, smoothing, zoom, search: text } = view.value;
  const chosen = axisMetric(x);
  const names = chosen === null || metrics.includes(chosen) ? metrics : [chosen, ...metrics];
  return (
    <div class="controls">
      <input
        ref={search}
        type="search"
        class="search"
        placeholder={S.controls.search}
        aria-label={S.controls.search}
        value={text}
        onInput={(event) => setView({ search: event.currentTarget.value })}
      />
      <label>
        <span>{S.controls.x}</span>
        <select
          aria-label={S.controls.x}
          value={x}
          onChange={(event) => setView({ x: event.currentTarget.value as XAxis, zoom: null })}
        >
          <option value="step">{S.axis.step}</option>
          <option value="relative">{S.axis.relative}</option>
          <option value="time">{S.axis.time}</option>
          {names.length > 0 && (
            <optgroup label={S.chart.metricsAsX}>
              {names.map((name) => (
                <option key={name} value={metricAxis(name)}>
                  {name}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={logX && x !== "time"}
          disabled={x === "time"}
          onChange={(event) => setView({ logX: event.currentTarget.checked })}
        />
        <span>{S.chart.logX}</span>
      </label>
      <label>
        <input
          type="checkbox"
          checked={logY}
          onChange={(event) => setView({ logY: event.currentTarget.checked })}
        />
        <span>{S.controls.logY}</span>
      </label>
      <label>
        <span>{S.controls.smoothing}</span>
        <input
          type="range"
          min="0"
          max={SMOOTHING_MAX}
          step="0.01"
          value={smoothing}
          onInput={(event) => setView({ smoothing: Number(event.currentTarget.value) })}
        />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      {zoom && (
        <button
          type="button"
          class="chip"
          onClick={() => setView({ zoom: null })}
          title={S.controls.reset}
        >
          {S.zoomed(formatX(x, zoom[0]), formatX(x, zoom[1]))}
          <span aria-hidden="true"> ✕</span>
        </button>
      )}
    </div>
  );
}

/** Whether a metric's name is searched for; letters' case does not matter. */
export function isSearched(name: string): boolean {
  return name.toLowerCase().includes(view.value.search.trim().toLowerCase());
}
