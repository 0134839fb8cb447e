/** Pages and tabs that come in a file of their own, when they are first opened. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { missingPart } from "../state/outage.ts";
import { Problem, Skeleton } from "./bits.tsx";

/** A component that is fetched when it is first shown; grey bars stand in for it until then. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<{ readonly view: ComponentType<P> } | null>(null);
  const error = signal<Error | null>(null);
  let asked = false;
  const ask = async () => {
    asked = true;
    try {
      loaded.value = { view: await load() };
    } catch {
      error.value = await missingPart();
    }
  };
  return function Lazy(props: P) {
    if (!asked) void ask();
    // Some browsers remember that a file did not come; a page that is loaded anew asks for it again.
    if (error.value) return <Problem error={error.value} retry={() => location.reload()} />;
    const View = loaded.value?.view;
    return View ? <View {...props} /> : <Skeleton rows={10} />;
  };
}
