/** Cards of a long page: a box with the name stands in for each until it comes near the screen. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { inFrame, notInFrame } from "../chart/frames.ts";
import { view } from "../state/router.ts";

const NEAR = "800px";
/** Cards that are there at once, about two screens, and that follow in each further frame. */
const FIRST_COUNT = 24;
const STEP_COUNT = 48;

interface Watch {
  readonly observer: IntersectionObserver;
  readonly waiting: Map<Element, () => void>;
}

const watches = new Map<Element | null, Watch>();

/**
 * Tell, once, that an element is near what its scroller shows. Call the result to stop. One observer
 * a scroller: hundreds of elements are as cheap as a few.
 */
export function whenNear(element: Element, scroller: Element | null, tell: () => void): () => void {
  const watch = watches.get(scroller) ?? startWatch(scroller);
  watch.waiting.set(element, tell);
  watch.observer.observe(element);
  return () => {
    watch.observer.unobserve(element);
    if (!watch.waiting.delete(element) || watch.waiting.size > 0) return;
    watch.observer.disconnect();
    watches.delete(scroller);
  };
}

function startWatch(scroller: Element | null): Watch {
  const waiting = new Map<Element, () => void>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    // A margin counts around the element that scrolls, which is not the window.
    { root: scroller, rootMargin: NEAR },
  );
  const watch = { observer, waiting };
  watches.set(scroller, watch);
  return watch;
}

/** Once it was near the screen, or a link led to it, the content stays. */
export function Near({ title, children }: { title: string; children: ComponentChildren }) {
  const [wasNear, setNear] = useState(false);
  const isNear = wasNear || view.value.chart === title;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    return whenNear(element, document.querySelector("#main"), () => setNear(true));
  }, [isNear]);
  if (isNear) return children as JSX.Element;
  return (
    <article class="card near" ref={box}>
      <header>
        <h3>{title}</h3>
      </header>
    </article>
  );
}

interface GraduallyProps<T> {
  readonly items: readonly T[];
  readonly children: (item: T) => JSX.Element;
}

/** Thousands of cards in order, a few a frame: the page answers while they come. */
export function Gradually<T>({ items, children }: GraduallyProps<T>) {
  const [count, setCount] = useState(FIRST_COUNT);
  const isWhole = count >= items.length;
  useEffect(() => {
    if (isWhole) return;
    const putMore = () => setCount(count + STEP_COUNT);
    inFrame(putMore);
    return () => notInFrame(putMore);
  }, [count, isWhole]);
  return <>{items.slice(0, count).map(children)}</>;
}
