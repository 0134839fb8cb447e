/** What a run's lists hold: experiments, metrics, tables, images, charts, files and logs. */
import type { EpochUs } from "../base/time.ts";
import type { MetricSummary, Run } from "./run.ts";
import type { TableColumn } from "./tables.ts";

/** One page of a list. `position` is where the live stream continues without a gap. */
export interface Paged<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly position: string;
}

export interface Experiment {
  readonly name: string;
  readonly workspace: string;
  readonly runCount: number;
  readonly runningCount: number;
  readonly createdUs: EpochUs | null;
  readonly lastCreatedUs: EpochUs | null;
}

/** A page of runs; the first one counts the runs of all pages. */
export interface RunsAnswer extends Paged<Run> {
  readonly totalCount: number | null;
}

export interface RunsQuery {
  readonly experiment?: string;
  readonly parent?: string;
  /** Child runs too, where neither an experiment's nor a parent's are asked for. */
  readonly includeChildren?: boolean;
  readonly filter?: string;
  readonly sort?: string;
  readonly archived?: boolean;
  /** The bin: deleted runs and no others. */
  readonly deleted?: boolean;
  readonly metrics: readonly string[];
  readonly limit: number;
  readonly cursor?: string | null;
}

export interface MetricItem {
  readonly name: string;
  readonly kind: "scalar" | "list" | "table" | "image" | "chart";
  readonly count: number;
  readonly numeric: boolean;
  readonly nonfinite: number;
  readonly summary: MetricSummary;
}

export interface TableItem {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
}

export interface TablePage {
  readonly rowCount: number;
  /** Rows that the search leaves. */
  readonly matchCount: number;
  /** The number of each row, if they were sorted or searched. */
  readonly rows: readonly number[] | null;
  readonly offset: number;
  readonly columns: readonly TableColumn[];
}

export interface ImageItem {
  readonly name: string;
  readonly path: string;
  readonly step: number | null;
  readonly tsUs: EpochUs | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly description: string | null;
}

export interface ChartItem {
  readonly name: string;
  readonly schemaType: string;
  readonly path: string;
}

export interface FileItem {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly tsUs: EpochUs | null;
}

export interface LogItem {
  readonly file: string;
  readonly sizeChars: number;
}
