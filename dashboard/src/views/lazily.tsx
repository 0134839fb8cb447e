/** Pages and tabs that come in a file of their own, when they are first opened. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { Problem, Skeleton } from "./bits.tsx";

/** A component that is fetched when it is first shown; grey bars stand in for it until then. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<{ readonly view: ComponentType<P> } | null>(null);
  const error = signal<Error | null>(null);
  let asked = false;
  const ask = () => {
    asked = true;
    error.value = null;
    load().then(
      (view) => {
        loaded.value = { view };
      },
      (problem) => {
        error.value = problem instanceof Error ? problem : new Error(String(problem));
      },
    );
  };
  return function Lazy(props: P) {
    if (!asked) ask();
    if (error.value) return <Problem error={error.value} retry={ask} />;
    const View = loaded.value?.view;
    return View ? <View {...props} /> : <Skeleton rows={10} />;
  };
}
