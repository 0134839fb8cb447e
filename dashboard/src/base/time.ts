/**
 * Instants and lengths of time. The API speaks microseconds since 1970, UTC, and so does
 * everything here; this is the only file that turns them into milliseconds.
 */
import type { Brand } from "./brand.ts";

/** Microseconds since the Unix epoch, UTC. */
export type EpochUs = Brand<number, "EpochUs">;

/** A length of time in microseconds. Never an instant. */
export type DurationUs = Brand<number, "DurationUs">;

export const US_PER_S = 1_000_000;

/** A length of so many seconds. */
export function secondsUs(seconds: number): DurationUs {
  return (seconds * US_PER_S) as DurationUs;
}

export function epochUs(us: number): EpochUs {
  return us as EpochUs;
}

export function durationUs(from: EpochUs, to: EpochUs): DurationUs {
  return (to - from) as DurationUs;
}

/** The instant of a clock that counts milliseconds, such as `Date.now()`. */
export function fromEpochMs(ms: number): EpochUs {
  return (ms * 1000) as EpochUs;
}

export function toDate(us: EpochUs): Date {
  return new Date(us / 1000);
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`: two units at most, the second unless zero. */
export function formatDuration(length: DurationUs): string {
  const seconds = Math.max(0, length) / US_PER_S;
  if (seconds < 0.001) return seconds === 0 ? "0 s" : "<1 ms";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${trimZero(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const at = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[at];
  const rest = whole % size;
  const next = UNITS[at + 1];
  const second = next ? Math.floor(rest / next[1]) : 0;
  const head = `${Math.floor(whole / size)} ${unit}`;
  return second > 0 ? `${head} ${second} ${next[0]}` : head;
}

/** `now`, `40 s ago`, `3 min ago`, `2 h ago`, `5 d ago`; an instant ahead of `now` is `now`. */
export function formatAgo(then: EpochUs, now: EpochUs): string {
  const seconds = Math.floor((now - then) / US_PER_S);
  if (seconds < 5) return "now";
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

/** The instant in the viewer's zone, to the second, with the zone's name. */
export function formatInstant(us: EpochUs): string {
  return toDate(us).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

/** A tick of wall time in the viewer's zone: a clock's time, with the day where a span has several. */
export function formatClock(us: EpochUs, span: DurationUs): string {
  const days = span > 2 * 86_400 * US_PER_S;
  const seconds = span < 600 * US_PER_S;
  return toDate(us).toLocaleString(undefined, {
    ...(days ? { month: "short", day: "numeric" } : {}),
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  });
}

/** Seconds along an axis as `0`, `30s`, `5m`, `1h30m`, `2d`; below a second as `0.25s`. */
export function formatAxisSeconds(seconds: number): string {
  if (seconds === 0) return "0";
  if (Math.abs(seconds) < 60) return `${trimZero(seconds.toFixed(3))}s`;
  const sign = seconds < 0 ? "-" : "";
  let rest = Math.round(Math.abs(seconds));
  let text = "";
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    if (rest < size) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return sign + text;
}

function trimZero(text: string): string {
  return text.replace(/\.?0+$/, "");
}
