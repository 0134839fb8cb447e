/** Marks of texts, from a worker: parsing takes seconds where a text is large or odd. */
import type { Language, Marks } from "../model/syntax.ts";
import type { MarksAnswer, MarksCall } from "./syntax-worker.ts";

let worker: Worker | null = null;
let calls = 0;
const waiters = new Map<number, (marks: Marks) => void>();

/** Tell the marks once they are there. Call the result when nobody waits for them any more. */
export function askMarks(
  text: string,
  language: Language,
  tell: (marks: Marks) => void,
): () => void {
  worker ??= startWorker();
  const id = ++calls;
  waiters.set(id, tell);
  worker.postMessage({ id, text, language } satisfies MarksCall);
  return () => {
    if (!waiters.delete(id) || waiters.size > 0) return;
    // It works on what nobody waits for; the next text is not to wait for that.
    worker?.terminate();
    worker = null;
  };
}

function startWorker(): Worker {
  const started = new Worker(new URL("./syntax-worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<MarksAnswer>) => {
    const tell = waiters.get(data.id);
    waiters.delete(data.id);
    tell?.(data.marks);
  };
  // A script that cannot be loaded never answers: what waits stays without colours.
  started.onerror = () => {
    worker = null;
    waiters.clear();
  };
  return started;
}
