/** What was measured of a run's machines, sorted into the charts that show it. */
import type { BucketSeries, PointSeries, Series } from "./series.ts";

export interface Measured {
  readonly host: string;
  readonly name: string;
  readonly series: Series;
}

export type SystemChartKind =
  | "cpu"
  | "memory"
  | "memoryShare"
  | "gpu"
  | "gpuMemory"
  | "gpuTemperature"
  | "gpuPower"
  | "disk"
  | "diskFree"
  | "network"
  | "other";

export interface SystemLine {
  readonly id: string;
  /** Which of the chart's lines it is: `machine`, `processes`, `read`, …; the name itself where nothing is known of it. */
  readonly what: string;
  /** Null where all lines of the run are of one host. */
  readonly host: string | null;
  readonly series: Series;
}

export interface SystemChart {
  readonly kind: SystemChartKind;
  /** What tells two charts of one kind apart: the name of a quantity that nothing is known of. */
  readonly name: string;
  readonly lines: readonly SystemLine[];
}

interface Place {
  readonly kind: SystemChartKind;
  readonly what: string;
  /** What a value is multiplied by: charts count in megabytes a second and in gigabytes. */
  readonly factor: number;
}

const [MEGA, GIGA] = [1e-6, 1e-9];

const PLACES: Readonly<Record<string, Place>> = {
  cpu_percent: { kind: "cpu", what: "machine", factor: 1 },
  process_cpu_percent: { kind: "cpu", what: "processes", factor: 1 },
  memory_used_bytes: { kind: "memory", what: "machine", factor: GIGA },
  process_memory_bytes: { kind: "memory", what: "processes", factor: GIGA },
  memory_percent: { kind: "memoryShare", what: "machine", factor: 1 },
  disk_read_bytes_per_s: { kind: "disk", what: "read", factor: MEGA },
  disk_write_bytes_per_s: { kind: "disk", what: "written", factor: MEGA },
  disk_free_bytes: { kind: "diskFree", what: "free", factor: GIGA },
  network_received_bytes_per_s: { kind: "network", what: "received", factor: MEGA },
  network_sent_bytes_per_s: { kind: "network", what: "sent", factor: MEGA },
};

const GPU_PLACES: Readonly<Record<string, Omit<Place, "what">>> = {
  percent: { kind: "gpu", factor: 1 },
  memory_used_bytes: { kind: "gpuMemory", factor: GIGA },
  temperature_celsius: { kind: "gpuTemperature", factor: 1 },
  power_watts: { kind: "gpuPower", factor: 1 },
};

const ORDER: readonly SystemChartKind[] = [
  "gpu",
  "gpuMemory",
  "cpu",
  "memory",
  "memoryShare",
  "disk",
  "diskFree",
  "network",
  "gpuTemperature",
  "gpuPower",
  "other",
];

/** The charts in the order of a page. Every quantity is in one of them, whatever its name. */
export function systemCharts(measured: readonly Measured[]): SystemChart[] {
  const hasHosts = new Set(measured.map((one) => one.host)).size > 1;
  const charts = new Map<string, { kind: SystemChartKind; name: string; lines: SystemLine[] }>();
  for (const { host, name, series } of measured) {
    const { kind, what, factor } = placeOf(name);
    const key = kind === "other" ? name : "";
    const chart = charts.get(`${kind} ${key}`) ?? { kind, name: key, lines: [] };
    charts.set(`${kind} ${key}`, chart);
    chart.lines.push({
      id: `${host}\n${name}`,
      what,
      host: hasHosts ? host : null,
      series: scaled(series, factor),
    });
  }
  return [...charts.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function placeOf(name: string): Place {
  const gpu = /^gpu(\d+)_(.*)$/.exec(name);
  const known = gpu && GPU_PLACES[gpu[2]];
  if (known) return { ...known, what: `GPU ${gpu[1]}` };
  return PLACES[name] ?? { kind: "other", what: name, factor: 1 };
}

function scaled(series: Series, factor: number): Series {
  if (factor === 1) return series;
  const times = (column: Float64Array) => column.map((value) => value * factor);
  if (series.kind === "points") {
    return { ...series, value: times(series.value) } satisfies PointSeries;
  }
  const { first, last, min, max } = series;
  const values = { first: times(first), last: times(last), min: times(min), max: times(max) };
  return { ...series, ...values } satisfies BucketSeries;
}
