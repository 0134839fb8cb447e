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

export interface AccuracyTable {
  readonly kind: "accuracy_table";
  readonly roc: readonly Curve[];
  readonly precisionRecall: readonly Curve[];
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
  if (!matrix.every((row) => isNumbers(row) && row.length === labels.length)) return null;
  return { kind: "confusion_matrix", labels: labels.map(String), counts: matrix };
}

/**
 * Tables are `[class][threshold][TP, FP, TN, FN]`, one class against the rest. The curves keep
 * the order of the thresholds: along it both rates only fall.
 */
function accuracyTable(data: Record<string, unknown>): AccuracyTable | null {
  const { class_labels: labels, probability_tables: tables } = data;
  if (!Array.isArray(labels) || !Array.isArray(tables) || tables.length !== labels.length)
    return null;
  const isTable = (table: unknown) =>
    Array.isArray(table) && table.every((row) => isNumbers(row) && row.length === 4);
  if (!tables.every(isTable)) return null;
  const curves = (pick: (row: number[]) => [number, number] | null): Curve[] =>
    tables.map((table: number[][], i) => ({
      label: String(labels[i]),
      points: table.map(pick).filter((point) => point !== null),
    }));
  return {
    kind: "accuracy_table",
    roc: curves(([tp, fp, tn, fn]) => [share(fp, tn) ?? 0, share(tp, fn) ?? 0]),
    precisionRecall: curves(([tp, fp, , fn]) => {
      const precision = share(tp, fp);
      return precision === null ? null : [share(tp, fn) ?? 0, precision];
    }),
  };
}

function residuals(data: Record<string, unknown>): Residuals | null {
  const { bin_edges: edges, bin_counts: counts } = data;
  if (!isNumbers(edges) || !isNumbers(counts) || edges.length !== counts.length + 1) return null;
  return { kind: "residuals", edges, counts };
}

function predictions(data: Record<string, unknown>): Predictions | null {
  const { bin_averages: averages, bin_errors: errors, bin_counts: counts, bin_edges: edges } = data;
  if (!isNumbers(averages) || !isNumbers(errors) || !isNumbers(counts) || !isNumbers(edges))
    return null;
  const n = averages.length;
  if (errors.length !== n || counts.length !== n || edges.length !== n + 1) return null;
  const centers = averages.map((_, i) => (edges[i] + edges[i + 1]) / 2);
  return { kind: "predictions", centers, averages, errors, counts };
}

function share(part: number, rest: number): number | null {
  return part + rest > 0 ? part / (part + rest) : null;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
