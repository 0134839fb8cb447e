/** The statements that were run in this browser, the newest first. */

export interface PastStatement {
  readonly statement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly ranMs: number;
}

const KEPT_MAX = 50;

/** The history with one more; the same statement is there once. */
export function withPast(
  history: readonly PastStatement[],
  past: PastStatement,
): readonly PastStatement[] {
  const others = history.filter((one) => one.statement !== past.statement);
  return [past, ...others].slice(0, KEPT_MAX);
}

/** What was stored, which anything may have written. */
export function parseHistory(text: string | null): readonly PastStatement[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored) ? stored.filter(isPast).slice(0, KEPT_MAX) : [];
  } catch {
    return [];
  }
}

function isPast(value: unknown): value is PastStatement {
  const past = value as Partial<PastStatement> | null;
  return (
    typeof past?.statement === "string" &&
    typeof past.ranMs === "number" &&
    typeof past.parameters === "object" &&
    past.parameters !== null &&
    Object.values(past.parameters).every((one) => typeof one === "string")
  );
}

/** The first line that says something, for a list. */
export function headline(statement: string): string {
  return statement.replace(/\s+/g, " ").trim();
}
