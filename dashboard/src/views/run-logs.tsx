/** The console: it follows the end unless one scrolls away from it. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LogItem } from "../model/catalog.ts";
import { setView, view } from "../state/router.ts";
import { createLogTail, type RunPage, refreshOn } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";

export function RunLogs({ data }: { data: RunPage }) {
  const { value, error } = data.logs.state.value;
  if (error) return <Problem error={error} retry={data.logs.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noLogs} />;
  const open = value.find((log) => log.file === view.value.open) ?? value[0];
  return (
    <div class="logs">
      {value.length > 1 && (
        <fieldset class="controls" aria-label={S.logFiles}>
          {value.map((log) => (
            <button
              type="button"
              key={log.file}
              class="chip"
              aria-pressed={log === open}
              onClick={() => setView({ open: log.file })}
            >
              {log.file}
            </button>
          ))}
        </fieldset>
      )}
      <Tail key={open.file} data={data} log={open} />
    </div>
  );
}

/** Closer to the end than this many pixels counts as being there. */
const END_SLACK = 24;

function Tail({ data, log }: { data: RunPage; log: LogItem }) {
  const box = useRef<HTMLElement>(null);
  const [follows, setFollows] = useState(true);
  const tail = useMemo(() => createLogTail(data.runId, log.file, log.sizeChars), [data, log.file]);
  useEffect(() => {
    const stop = refreshOn(data, "logs", tail.more);
    return () => {
      stop();
      tail.dispose();
    };
  }, [data, tail]);
  const text = tail.text.value;
  useLayoutEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text, follows]);
  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setFollows(below < END_SLACK);
  };
  return (
    <div class="log">
      {tail.error.value && <Problem error={tail.error.value} retry={tail.more} />}
      {tail.skipped.value > 0 && <p class="caption">{S.logSkipped(tail.skipped.value)}</p>}
      <section class="log-scroll" ref={box} onScroll={onScroll} tabIndex={0} aria-label={log.file}>
        <pre>{text}</pre>
      </section>
      {!follows && (
        <button type="button" class="pill jump" onClick={() => setFollows(true)}>
          {S.jumpToEnd} ↓
        </button>
      )}
    </div>
  );
}
