/** What the live stream told lately, for answers that are on their way while it tells. */
import type { Delta } from "./live.ts";

/** What a delta takes in a tab besides its numbers: two objects, three arrays, two names. */
const DELTA_BYTES = 450;
const POINT_BYTES = 24;

interface Told {
  readonly delta: Delta;
  readonly position: string;
  readonly bytes: number;
}

/** The last deltas, in order, of as many bytes as are given. */
export class RecentDeltas {
  /** Where what was forgotten ends; empty while nothing was. */
  forgottenUpTo = "";
  private told: Told[] = [];
  private bytes = 0;
  private readonly byRun = new Map<string, Delta[]>();

  constructor(private readonly bytesMax: number) {}

  add(deltas: readonly Delta[], position: string): void {
    for (const delta of deltas) {
      const bytes = DELTA_BYTES + delta.step.length * POINT_BYTES;
      this.told.push({ delta, position, bytes });
      this.bytes += bytes;
      const others = this.byRun.get(delta.run);
      if (others) others.push(delta);
      else this.byRun.set(delta.run, [delta]);
    }
    this.shrink();
  }

  /** The deltas of one run, or of one metric of it. */
  of(run: string, metric?: string): readonly Delta[] {
    const all = this.byRun.get(run) ?? [];
    return metric === undefined ? all : all.filter((delta) => delta.metric === metric);
  }

  clear(): void {
    this.told = [];
    this.bytes = 0;
    this.byRun.clear();
    this.forgottenUpTo = "";
  }

  private shrink(): void {
    let count = 0;
    while (this.bytes > this.bytesMax) {
      const { delta, position, bytes } = this.told[count];
      this.bytes -= bytes;
      this.forgottenUpTo = position;
      // The first of all is the first of its run.
      const others = this.byRun.get(delta.run) as Delta[];
      if (others.length > 1) others.shift();
      else this.byRun.delete(delta.run);
      count += 1;
    }
    this.told.splice(0, count);
  }
}
