/** Cards of a long page: a box with the name stands in for each until it comes near the screen. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { inFrame, notInFrame } from "../chart/frames.ts";
import { view } from "../state/router.ts";
import { Nearness } from "./nearness.ts";

const nearness = new Nearness("800px");

/** Cards that are there at once, about two screens, and that follow in each further frame. */
const FIRST_COUNT = 24;
const STEP_COUNT = 48;

/** Tell, once, that an element is near what its scroller shows. Call the result to stop. */
export function whenNear(element: Element, scroller: Element | null, tell: () => void): () => void {
  return nearness.watch(element, scroller, (isNear) => isNear && tell());
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
