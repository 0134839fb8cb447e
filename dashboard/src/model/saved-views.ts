/** Named states of an experiment's runs page, which everybody who uses the server shares. */
import type { EpochUs } from "../base/time.ts";
import { formatRoute, parseRoute, type Route } from "./route.ts";

export interface SavedView {
  readonly name: string;
  /** What stands behind the `?` of the page's address. */
  readonly query: string;
  readonly savedUs: EpochUs | null;
}

/** What the live stream says: the view as it is saved now, or that it is deleted. */
export interface SavedViewChange {
  readonly experiment: string;
  readonly name: string;
  readonly view: SavedView | null;
}

export const VIEW_NAME_CHARS_MAX = 255;

/** The part of the page's address that a view keeps. */
export function queryOf(route: Route): string {
  return formatRoute(route).split("?")[1] ?? "";
}

/** Where a view leads: the experiment's page in the state that was saved. */
export function routeOfView(experiment: string, view: SavedView): Route {
  return { page: { kind: "runs", experiment }, view: parseRoute("/", view.query).view };
}

/** The views with one put in its place by name, or taken out. */
export function withView(
  views: readonly SavedView[],
  name: string,
  view: SavedView | null,
): readonly SavedView[] {
  const others = views.filter((one) => one.name !== name);
  return (view ? [...others, view] : others).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The name as it is saved, or null when no view can be called so. */
export function viewName(text: string): string | null {
  const name = text.trim();
  // An address with these would lead to another resource.
  const isPath = name === "." || name === "..";
  return name && !isPath && name.length <= VIEW_NAME_CHARS_MAX ? name : null;
}
