/**
 * Work of charts, spread over frames: a task is done in a coming frame, once however often it was
 * asked for, and a frame takes no further task once its share of time is used up.
 */

/** Half of a frame at 60 a second: the rest belongs to scrolling and to the page. */
const FRAME_BUDGET_MS = 8;

const queue = new Set<() => void>();
let isRunning = false;

export function inFrame(task: () => void): void {
  queue.add(task);
  if (isRunning) return;
  isRunning = true;
  requestAnimationFrame(run);
}

export function notInFrame(task: () => void): void {
  queue.delete(task);
}

async function run(): Promise<void> {
  const end = performance.now() + FRAME_BUDGET_MS;
  try {
    for (const task of queue) {
      queue.delete(task);
      task();
      // uPlot draws in a microtask; after it is through, the clock knows what the task took.
      await null;
      if (performance.now() > end) break;
    }
  } finally {
    isRunning = queue.size > 0;
    if (isRunning) requestAnimationFrame(run);
  }
}
