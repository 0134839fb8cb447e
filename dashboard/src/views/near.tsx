/** Cards of a long page: a box with the name stands in for each until it comes near the screen. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

const NEAR = "800px";

const waiting = new Map<Element, () => void>();
let observer: IntersectionObserver | null = null;

/** One observer for all: hundreds of boxes are as cheap as a few. */
function theObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    // A margin counts around the element that scrolls, which is not the window.
    { root: document.querySelector("#main"), rootMargin: NEAR },
  );
  return observer;
}

/** Once it was near the screen the content stays. */
export function Near({ title, children }: { title: string; children: ComponentChildren }) {
  const [isNear, setNear] = useState(false);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    waiting.set(element, () => setNear(true));
    theObserver().observe(element);
    return () => {
      waiting.delete(element);
      theObserver().unobserve(element);
    };
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
