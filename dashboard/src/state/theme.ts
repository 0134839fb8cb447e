/** Light or dark: the system's choice until the person makes one. */
import { computed, signal } from "@preact/signals";
import type { ThemeName } from "../base/color.ts";

const KEY = "runtide.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const systemTheme = signal<ThemeName>(system.matches ? "dark" : "light");
system.addEventListener("change", () => {
  systemTheme.value = system.matches ? "dark" : "light";
});

const chosen = signal<ThemeName | null>(storedTheme());

export const theme = computed<ThemeName>(() => chosen.value ?? systemTheme.value);

/** Show the other theme; choosing what the system shows follows the system again. */
export function switchTheme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  chosen.value = next === systemTheme.value ? null : next;
  if (chosen.value) {
    localStorage.setItem(KEY, chosen.value);
    document.documentElement.dataset.theme = chosen.value;
  } else {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  }
}

function storedTheme(): ThemeName | null {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : null;
}
