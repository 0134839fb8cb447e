/** The four published JSON charts, checked and made ready to draw. */

export interface ConfusionMatrix {
  readonly kind: "confusion_matrix";
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

export const CURVE_KINDS = ["roc", "precisionRecall", "lift", "gain", "calibration"] as const;

export type CurveKind = (typeof CURVE_KINDS)[number];

export interface AccuracyTable {
  readonly kind: "accuracy_table";
  readonly labels: readonly string[];
  /** A curve a class; a kind that the tables do not define for any class is empty. */
  readonly curves: Readonly<Record<CurveKind, readonly Curve[]>>;
}

export interface Residuals {
  readonly kind: "residuals";
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface Predictions {
  readonly kind: "predictions";
  readonly centers: readonly number[];
  readonly averages: readonly number[];
  readonly errors: readonly number[];
  readonly counts: readonly number[];
}

export type PublishedChart = ConfusionMatrix | AccuracyTable | Residuals | Predictions;

/** The chart in a logged JSON document; null when it is none of the four or does not hold together. */
export function parsePublished(document: unknown): PublishedChart | null {
  if (!isRecord(document) || !isRecord(document.data)) return null;
  const { data } = document;
  switch (document.schema_type) {
    case "confusion_matrix":
      return confusionMatrix(data);
    case "accuracy_table":
      return accuracyTable(data);
    case "residuals":
      return residuals(data);
    case "predictions":
      return predictions(data);
    default:
      return null;
  }
}

/** The area under a curve by the trapezoid rule; x may run either way. */
export function areaUnder(points: readonly (readonly [number, number])[]): number {
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1];
    const [x1, y1] = points[i];
    area += ((x1 - x0) * (y0 + y1)) / 2;
  }
  return Math.abs(area);
}

function confusionMatrix(data: Record<string, unknown>): ConfusionMatrix | null {
  const { class_labels: labels, matrix } = data;
  if (!Array.isArray(labels) || !Array.isArray(matrix) || matrix.length !== labels.length)
    return null;
  const counts = matrix.map(numbersOf);
  if (!counts.every((row) => row !== null && row.length === labels.length)) return null;
  return { kind: "confusion_matrix", labels: labels.map(String), counts: counts as number[][] };
}

/** TP, FP, TN, FN at one threshold, one class against the rest. */
type Outcome = readonly number[];

/**
 * Tables are `[class][threshold][TP, FP, TN, FN]`. The curves keep the order of the thresholds:
 * along it fewer and fewer samples are called positive.
 */
function accuracyTable(data: Record<string, unknown>): AccuracyTable | null {
  const { class_labels: names } = data;
  if (!Array.isArray(names)) return null;
  const labels = names.map(String);
  const byProbability = outcomes(data.probability_tables, labels.length);
  if (!byProbability) return null;
  const byShare = outcomes(data.percentile_tables, labels.length) ?? byProbability;
  const thresholds = numbersOf(data.probability_thresholds) ?? [];
  const curves = (
    tables: readonly (readonly Outcome[])[],
    points: (table: readonly Outcome[]) => ([number, number] | null)[],
  ): Curve[] => {
    const drawn = tables.map((table, i) => ({
      label: labels[i],
      points: points(table).filter((point) => point !== null),
    }));
    return drawn.some((curve) => curve.points.length > 1) ? drawn : [];
  };
  const each =
    (pick: (outcome: Outcome) => [number, number] | null) => (table: readonly Outcome[]) =>
      table.map(pick);
  return {
    kind: "accuracy_table",
    labels,
    curves: {
      roc: curves(byProbability, each(rocPoint)),
      precisionRecall: curves(byProbability, each(precisionPoint)),
      lift: curves(byShare, each(liftPoint)),
      gain: curves(byShare, each(gainPoint)),
      calibration: curves(byProbability, (table) => calibration(table, thresholds)),
    },
  };
}

function rocPoint([tp, fp, tn, fn]: Outcome): [number, number] {
  return [share(fp, tn) ?? 0, share(tp, fn) ?? 0];
}

/** Where nothing is called positive, precision is not defined. */
function precisionPoint([tp, fp, , fn]: Outcome): [number, number] | null {
  const precision = share(tp, fp);
  return precision === null ? null : [share(tp, fn) ?? 0, precision];
}

/** Over the share of samples called positive: how much denser the class is there than among all. */
function liftPoint([tp, fp, tn, fn]: Outcome): [number, number] | null {
  const precision = share(tp, fp);
  const rate = share(tp + fn, fp + tn);
  return precision === null || !rate ? null : [(tp + fp) / (tp + fp + tn + fn), precision / rate];
}

/** Over the share of samples called positive: which share of the class they hold. */
function gainPoint([tp, fp, tn, fn]: Outcome): [number, number] | null {
  const found = share(tp, fn);
  return found === null ? null : [(tp + fp) / (tp + fp + tn + fn), found];
}

/** Between two thresholds: the share of the class among the samples whose probability is there. */
function calibration(
  table: readonly Outcome[],
  thresholds: readonly number[],
): ([number, number] | null)[] {
  if (thresholds.length !== table.length) return [];
  return table.slice(1).map(([tp, fp], i) => {
    const rate = share(table[i][0] - tp, table[i][1] - fp);
    return rate === null ? null : [(thresholds[i] + thresholds[i + 1]) / 2, rate];
  });
}

function outcomes(tables: unknown, classCount: number): number[][][] | null {
  if (!Array.isArray(tables) || tables.length !== classCount) return null;
  const read = tables.map((table) =>
    Array.isArray(table) ? table.map((row) => numbersOf(row)) : null,
  );
  const isWhole = read.every((table) => table?.every((row) => row?.length === 4));
  return isWhole ? (read as number[][][]) : null;
}

function residuals(data: Record<string, unknown>): Residuals | null {
  const edges = numbersOf(data.bin_edges);
  const counts = numbersOf(data.bin_counts);
  if (!edges || !counts || edges.length !== counts.length + 1) return null;
  return { kind: "residuals", edges, counts: counts.map(countOf) };
}

function predictions(data: Record<string, unknown>): Predictions | null {
  const [averages, errors, counts, edges] = [
    data.bin_averages,
    data.bin_errors,
    data.bin_counts,
    data.bin_edges,
  ].map(numbersOf);
  if (!averages || !errors || !counts || !edges) return null;
  const n = averages.length;
  if (errors.length !== n || counts.length !== n || edges.length !== n + 1) return null;
  const centers = averages.map((_, i) => (edges[i] + edges[i + 1]) / 2);
  // A bin without samples has no average, whatever stands there.
  const kept = counts.map((count, i) => (count > 0 && Number.isFinite(averages[i]) ? count : 0));
  return { kind: "predictions", centers, averages, errors, counts: kept };
}

function share(part: number, rest: number): number | null {
  return part + rest > 0 ? part / (part + rest) : null;
}

/** JSON has no NaN: what is missing is null, and NaN here. */
function numbersOf(value: unknown): number[] | null {
  if (!Array.isArray(value)) return null;
  if (!value.every((item) => item === null || typeof item === "number")) return null;
  return value.map((item) => item ?? Number.NaN);
}

function countOf(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
