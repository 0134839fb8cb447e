/** An axis of parallel coordinates from what runs have of one dimension. */
import type { EpochUs } from "../base/time.ts";
import { dimensionTitle, dimensionValue, parseDimension } from "./dimensions.ts";
import type { ParallelAxis } from "./parallel.ts";
import type { Run } from "./run.ts";
import { prefersLog, type Scale, scaleFor } from "./scale.ts";
import type { Cell } from "./tables.ts";

/** The axis of a dimension; `logs` names those that are logarithmic, null lets the values say. */
export function axisFor(
  runs: readonly Run[],
  id: string,
  logs: readonly string[] | null,
  at: EpochUs,
): ParallelAxis {
  const dimension = parseDimension(id);
  const values = runs.map((run): Cell => (dimension ? dimensionValue(run, dimension, at) : null));
  const isLog = logs ? logs.includes(id) : prefersLog(values) && id !== "created";
  const scale: Scale = scaleFor(values, isLog, id === "created");
  return { id, title: dimension ? dimensionTitle(dimension) : id, scale, values };
}
