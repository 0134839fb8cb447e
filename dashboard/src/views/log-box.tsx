/** The scrolled box of a log. It follows the end unless one scrolls away from it. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import { lineAt } from "../model/log-pages.ts";
import {
  endScrollTop,
  isAtEnd,
  LINE_HEIGHT,
  type ScrollBox,
  scrollHeight,
  scrollTopOf,
  type Visible,
  visibleLines,
} from "../model/log-scroll.ts";
import type { LogQuery } from "../model/log-search.ts";
import type { LogView } from "../state/log-view.ts";
import { setView, view } from "../state/router.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Skeleton } from "./bits.tsx";
import { LogText } from "./log-text.tsx";

/** The height of an element, as it is resized. */
function useHeight(target: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = target.current;
    if (!element) return;
    const measure = () => setHeight(element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [target]);
  return height;
}

/** Where the drawn lines are in the scrolled height. */
function placeOf(box: ScrollBox, shown: Visible, scrollTop: number, isAtEnd: boolean) {
  if (isAtEnd && box.wraps && box.lineCount * LINE_HEIGHT > box.boxHeight) {
    return { bottom: `${scrollHeight(box) - scrollTop - box.boxHeight}px` };
  }
  return { top: `${scrollTop - shown.hidden - (shown.top - shown.start) * LINE_HEIGHT}px` };
}

function classOf(isCurrent: boolean, isLinked: boolean): string | undefined {
  if (isCurrent) return "current";
  return isLinked ? "linked" : undefined;
}

/** How the tools above the box move it. */
export interface Jump {
  /** The line at the top of the box. */
  top: number;
  to: (line: number) => void;
}

interface LogBoxProps {
  readonly lines: LogView;
  readonly label: string;
  readonly query: LogQuery;
  /** Numbers of lines in which the query finds something. */
  readonly marked: ReadonlySet<number>;
  readonly current: number | null;
  readonly jump: Jump;
}

export function LogBox({ lines, label, query, marked, current, jump }: LogBoxProps) {
  const frame = useRef<HTMLElement>(null);
  const linked = view.value.line;
  const wraps = view.value.wrap;
  const [follows, setFollows] = useState(linked === 0);
  const [scrollTop, setScrollTop] = useState(0);
  const boxHeight = useHeight(frame);
  const pages = lines.pages.value;
  const box: ScrollBox = { lineCount: pages.lineCount, boxHeight, wraps };
  const shown = visibleLines(box, follows ? endScrollTop(box) : scrollTop);

  const scrollTo = (top: number) => {
    if (frame.current) frame.current.scrollTop = top;
    setScrollTop(top);
  };
  jump.top = shown.top;
  jump.to = (line) => {
    setFollows(false);
    scrollTo(scrollTopOf(box, line));
  };

  // A link to a line leads there once; then the reader scrolls.
  const ready = lines.ready.value && boxHeight > 0;
  useLayoutEffect(() => {
    if (ready && linked > 0) jump.to(linked - 1);
  }, [ready, linked, jump]);
  useLayoutEffect(() => {
    if (follows && frame.current) frame.current.scrollTop = endScrollTop(box);
  });
  useEffect(() => lines.want(shown.start, shown.end), [lines, shown.start, shown.end]);

  const onScroll = () => {
    const top = frame.current?.scrollTop ?? 0;
    setFollows(isAtEnd(box, top));
    setScrollTop(top);
  };
  const digits = formatCount(pages.lineCount).length;
  const numbers = Array.from({ length: shown.end - shown.start }, (_, i) => shown.start + i);
  return (
    <div class="log-frame">
      <section
        class={wraps ? "log-scroll wraps" : "log-scroll"}
        ref={frame}
        onScroll={onScroll}
        tabIndex={0}
        aria-label={label}
      >
        {!lines.ready.value && <Skeleton rows={12} height={18} />}
        <div class="log-height" style={{ height: `${scrollHeight(box)}px` }}>
          <ol
            class="log-lines"
            style={{
              ...placeOf(box, shown, follows ? endScrollTop(box) : scrollTop, follows),
              "--digits": `${digits}ch`,
            }}
          >
            {numbers.map((number) => (
              <li
                key={number}
                class={classOf(number === current, number === linked - 1)}
                aria-current={number === current ? "true" : undefined}
              >
                <a
                  class="log-number"
                  href={`#L${number + 1}`}
                  aria-label={S.runPage.linkToLine(number + 1)}
                  onClick={(event) => {
                    event.preventDefault();
                    setView({ line: linked === number + 1 ? 0 : number + 1 });
                  }}
                >
                  {formatCount(number + 1)}
                </a>
                <span class="log-text">
                  <LogText
                    line={lineAt(pages, number) ?? "…"}
                    theme={theme.value}
                    query={marked.has(number) ? query : undefined}
                  />
                </span>
              </li>
            ))}
          </ol>
        </div>
      </section>
      {!follows && (
        <button type="button" class="pill jump" onClick={() => setFollows(true)}>
          {S.jumpToEnd} ↓
        </button>
      )}
    </div>
  );
}
