/** A series in the space of a word; empty space of the same size until it is known. */
import type { ReadonlySignal } from "@preact/signals";
import type { Series } from "../model/series.ts";
import { sparkPath } from "../model/spark.ts";

const WIDTH = 48;
const HEIGHT = 14;

export function Sparkline({ series }: { series: ReadonlySignal<Series | null> }) {
  const path = series.value && sparkPath(series.value, WIDTH, HEIGHT);
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT + 2}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      aria-hidden="true"
    >
      {path && <path d={path} />}
    </svg>
  );
}
