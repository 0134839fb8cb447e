/** Light or dark, as the notebook is; each kind of notebook says it in its own way. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ThemeName } from "../src/base/color.ts";

/** What the page says of itself; null where it says nothing. */
export function notebookTheme(body: {
  readonly dataset: Readonly<Record<string, string | undefined>>;
  readonly classList: { contains: (name: string) => boolean };
}): ThemeName | null {
  const isLight = body.dataset.jpThemeLight;
  if (isLight) return isLight === "true" ? "light" : "dark";
  const has = (name: string) => body.classList.contains(name);
  if (has("vscode-dark") || has("vscode-high-contrast") || has("dark")) return "dark";
  return has("vscode-light") || has("light") ? "light" : null;
}

/** The theme as it is now and as it changes. */
export function followTheme(): { theme: ReadonlySignal<ThemeName>; dispose: () => void } {
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  const read = () => notebookTheme(document.body) ?? (systemIsDark.matches ? "dark" : "light");
  const theme = signal<ThemeName>(read());
  const update = () => {
    theme.value = read();
  };
  const observer = new MutationObserver(update);
  observer.observe(document.body, { attributes: true });
  systemIsDark.addEventListener("change", update);
  return {
    theme,
    dispose: () => {
      observer.disconnect();
      systemIsDark.removeEventListener("change", update);
    },
  };
}
