/** What the x of charts may be, as text for the address and the controls. */
import type { XAxis } from "./series.ts";

const METRIC = "metric:";

/** The metric that is x, or null on the axes that every run has. */
export function axisMetric(axis: string): string | null {
  return axis.startsWith(METRIC) ? axis.slice(METRIC.length) : null;
}

export function metricAxis(metric: string): XAxis {
  return `metric:${metric}`;
}

/** The axis that the text names; steps for what names none. */
export function parseAxis(text: string | undefined): XAxis {
  if (text === "time" || text === "relative") return text;
  const metric = axisMetric(text ?? "");
  return metric ? metricAxis(metric) : "step";
}
