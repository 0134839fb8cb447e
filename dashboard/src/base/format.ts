/** Numbers, sizes and counts as a person reads them. */

const SIGNIFICANT = 4;

/**
 * Four significant digits, or `digits`; the full value belongs in a tooltip.
 *
 * Integers below a million are whole (`12345`), others switch to an exponent at a million and
 * below 1e-4 (`1.235e+7`, `3.2e-5`). NaN and the infinities are `NaN`, `∞`, `−∞`.
 */
export function formatNumber(value: number, digits = SIGNIFICANT): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return minus(String(value));
  if (size >= 1e6 || size < 1e-4) return minus(trimmedExponent(value, digits));
  const text = value.toPrecision(digits);
  if (text.includes("e")) return minus(trimmedExponent(value, digits));
  return minus(text.includes(".") ? text.replace(/\.?0+$/, "") : text);
}

/** Any logged cell: numbers as `formatNumber`, booleans and text as they are, null as a dash. */
export function formatCell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return NONFINITE_TEXT[value] ?? value;
  if (typeof value === "boolean") return String(value);
  return JSON.stringify(value);
}

/** The whole value for a tooltip or the clipboard; nothing is rounded. */
export function fullText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `0 B`, `812 B`, `1.5 kB`, `20 MB`: decimal units, two significant digits from a kilobyte up. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let at = 0;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${at > 0 && size < 10 ? size.toFixed(1) : Math.round(size)} ${units[at]}`;
}

/** Made once: `toLocaleString` would make one for every number of a table. */
const counter = new Intl.NumberFormat("en-US");

/** Thousands set apart: `1,234,567`. */
export function formatCount(count: number): string {
  return counter.format(count);
}

const NONFINITE_TEXT: Readonly<Record<string, string>> = {
  Infinity: "∞",
  "-Infinity": "−∞",
};

function trimmedExponent(value: number, digits: number): string {
  return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
}

/** A real minus sign is as wide as a digit in tabular figures; the hyphen is not. */
function minus(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}
