/** What a run's `system/host.json` says, which another program may have written. */

export interface HostFacts {
  readonly command: readonly string[];
  readonly python: string;
  readonly executable: string;
  readonly os: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly usableCpuCount: number;
  readonly memoryBytes: number;
  /** Names. */
  readonly gpus: readonly string[];
}

/** Null where the text is no such document. What is missing in it is empty. */
export function parseHost(text: string): HostFacts | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof document !== "object" || document === null) return null;
  const facts = document as Record<string, unknown>;
  const [python, cpu] = [objectOf(facts.python), objectOf(facts.cpu)];
  const cpuCount = numberOf(cpu.count);
  return {
    command: arrayOf(facts.command).map(String),
    python: textOf(python.version),
    executable: textOf(python.executable),
    os: textOf(facts.os),
    cpuModel: textOf(cpu.model),
    cpuCount,
    usableCpuCount: numberOf(cpu.usable_count) || cpuCount,
    memoryBytes: numberOf(facts.memory_bytes),
    gpus: arrayOf(facts.gpus).map((gpu) => textOf(objectOf(gpu).name)),
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
