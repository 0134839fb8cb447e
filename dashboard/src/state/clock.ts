/** The time of day for "3 min ago" and durations: it ticks once a second while the page is seen. */
import { signal } from "@preact/signals";
import { fromEpochMs } from "../base/time.ts";

export const now = signal(fromEpochMs(Date.now()));

setInterval(() => {
  if (!document.hidden) now.value = fromEpochMs(Date.now());
}, 1000);
