/** Elements that come near what their scroller shows, and that leave it. */

/** Called at first, and whenever the element comes near or leaves. */
type Tell = (isNear: boolean) => void;

interface Watch {
  readonly observer: IntersectionObserver;
  readonly tellOf: Map<Element, Tell>;
}

/** One observer a scroller: hundreds of elements are as cheap as a few. */
export class Nearness {
  private readonly watches = new Map<Element | null, Watch>();
  private readonly margin: string;

  /** `margin` is how far from what is shown is still near, as CSS says it. */
  constructor(margin: string) {
    this.margin = margin;
  }

  /** `scroller` is the ancestor that scrolls, and null the window. Call the result to stop. */
  watch(element: Element, scroller: Element | null, tell: Tell): () => void {
    const watch = this.watches.get(scroller) ?? this.start(scroller);
    watch.tellOf.set(element, tell);
    watch.observer.observe(element);
    return () => {
      watch.observer.unobserve(element);
      if (!watch.tellOf.delete(element) || watch.tellOf.size > 0) return;
      watch.observer.disconnect();
      this.watches.delete(scroller);
    };
  }

  private start(scroller: Element | null): Watch {
    const tellOf = new Map<Element, Tell>();
    const observer = new IntersectionObserver(
      (entries) => {
        // The last of an element is how it is now.
        const isNear = new Map(entries.map((entry) => [entry.target, entry.isIntersecting]));
        for (const [target, near] of isNear) tellOf.get(target)?.(near);
      },
      // A margin counts around the element that scrolls, which is seldom the window.
      { root: scroller, rootMargin: this.margin },
    );
    const watch = { observer, tellOf };
    this.watches.set(scroller, watch);
    return watch;
  }
}
