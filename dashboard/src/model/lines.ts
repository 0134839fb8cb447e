/** Which colour and dash each line of a picture has. */
import { DASHES, SERIES_COUNT } from "../base/color.ts";
import { colorIndex, type Run, shortName } from "./run.ts";

export interface LinePlan {
  readonly id: string;
  readonly label: string;
  readonly colorIndex: number;
  readonly dashIndex: number;
}

/** A line a run. The run's own colour, and where two share one, the later run is dashed. */
export function runLines(runs: readonly Run[]): LinePlan[] {
  const used = new Array<number>(SERIES_COUNT).fill(0);
  const dashes = new Map<string, number>();
  for (const run of [...runs].sort((a, b) => a.createdUs - b.createdUs)) {
    const color = colorIndex(run);
    dashes.set(run.runId, used[color] % DASHES.length);
    used[color] += 1;
  }
  return runs.map((run) => ({
    id: run.runId,
    label: shortName(run),
    colorIndex: colorIndex(run),
    dashIndex: dashes.get(run.runId) ?? 0,
  }));
}
