/** The address bar as a signal. Going somewhere adds to the history; moving a control does not. */
import { computed, signal } from "@preact/signals";
import { DEFAULT_VIEW, formatRoute, type Page, parseRoute, type View } from "../model/route.ts";
import { type ChartView, isSameView } from "../model/variants.ts";

export const route = signal(parseRoute(location.pathname, location.search, location.hash));
export const page = computed(() => route.value.page);
export const view = computed(() => route.value.view);

addEventListener("popstate", () => {
  route.value = parseRoute(location.pathname, location.search, location.hash);
});

/** The address of a page; only what the caller names is carried along. */
export function hrefOf(target: Page, kept: Partial<View> = {}): string {
  return formatRoute({ page: target, view: { ...DEFAULT_VIEW, ...kept } });
}

export function goTo(target: Page, kept: Partial<View> = {}): void {
  const next = { page: target, view: { ...DEFAULT_VIEW, ...kept } };
  history.pushState(null, "", formatRoute(next));
  route.value = next;
  scrollTo(0, 0);
}

/** The address of what is seen now, with some controls moved. */
export function hrefHere(change: Partial<View>): string {
  return formatRoute({ page: route.value.page, view: { ...route.value.view, ...change } });
}

/** Change controls of the page that is seen. */
export function setView(change: Partial<View>): void {
  const next = { page: route.value.page, view: { ...route.value.view, ...change } };
  const href = formatRoute(next);
  if (href === location.pathname + location.search + location.hash) return;
  history.replaceState(null, "", href);
  route.value = next;
}

/** Follow a plain click on a link of ours without loading the page anew. */
export function followLink(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const link = (event.target as Element | null)?.closest?.("a");
  if (!plain || !link || event.defaultPrevented || link.target || link.hasAttribute("download")) {
    return;
  }
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  event.preventDefault();
  const next = parseRoute(url.pathname, url.search, url.hash);
  goTo(next.page, next.view);
}

/** What of the view decides which series are fetched; equal views are one value. */
let lastChartView: ChartView = { axis: "step", range: null, dense: false };
export const chartView = computed(() => {
  const { x, zoom, logX } = view.value;
  const next = { axis: x, range: zoom, dense: logX && x !== "time" };
  if (!isSameView(lastChartView, next)) lastChartView = next;
  return lastChartView;
});
