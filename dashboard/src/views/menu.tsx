/** A button with a panel below it that closes by Escape, or when one goes on elsewhere. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface MenuProps {
  readonly title: string;
  readonly name: string;
  readonly isOn?: boolean;
  readonly children: ComponentChildren;
}

export function Menu({ title, name, isOn, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: PointerEvent) => {
      if (menu.current && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, []);
  return (
    <details
      class={`menu ${name}`}
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        event.stopPropagation();
        menu.current.open = false;
        menu.current.querySelector("summary")?.focus();
      }}
    >
      <summary class={isOn ? "on" : undefined}>{title}</summary>
      <div class="menu-body">{children}</div>
    </details>
  );
}
