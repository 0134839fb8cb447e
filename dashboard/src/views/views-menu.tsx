/** The saved views of an experiment: open one, save what is seen under a name, delete one. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatRoute } from "../model/route.ts";
import {
  queryOf,
  routeOfView,
  type SavedView,
  VIEW_NAME_CHARS_MAX,
  viewName,
} from "../model/saved-views.ts";
import { route } from "../state/router.ts";
import { createSavedViews, type SavedViews } from "../state/saved-views.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton } from "./bits.tsx";
import { Menu } from "./menu.tsx";

export function ViewsMenu({ experiment }: { experiment: string }) {
  const saved = useMemo(() => createSavedViews(experiment), [experiment]);
  useEffect(() => saved.dispose, [saved]);
  return (
    <Menu class="views-menu" summary={S.edits.views} onOpen={saved.load}>
      {(close) => <ViewsList experiment={experiment} saved={saved} close={close} />}
    </Menu>
  );
}

interface ViewsListProps {
  readonly experiment: string;
  readonly saved: SavedViews;
  readonly close: () => void;
}

function ViewsList({ experiment, saved, close }: ViewsListProps) {
  const views = saved.views.value;
  const current = queryOf(route.value);
  return (
    <>
      {saved.error.value && <Problem error={saved.error.value} retry={saved.load} />}
      {!views && !saved.error.value && <Skeleton rows={3} />}
      {views?.length === 0 && <p class="quiet views-none">{S.edits.noViews}</p>}
      {views && views.length > 0 && (
        <ul class="views-list">
          {views.map((view) => (
            <li key={view.name}>
              <a
                href={formatRoute(routeOfView(experiment, view))}
                aria-current={isOf(experiment, view, current) ? "true" : undefined}
                title={view.name}
                onClick={close}
              >
                {view.name}
              </a>
              <button
                type="button"
                class="icon"
                onClick={() => saved.remove(view)}
                aria-label={S.edits.deleteView(view.name)}
                title={S.edits.deleteView(view.name)}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {views && <SaveForm views={views} query={current} saved={saved} />}
    </>
  );
}

/** Whether the page is in the state that the view keeps. */
function isOf(experiment: string, view: SavedView, current: string): boolean {
  return queryOf(routeOfView(experiment, view)) === current;
}

interface SaveFormProps {
  readonly views: readonly SavedView[];
  readonly query: string;
  readonly saved: SavedViews;
}

function SaveForm({ views, query, saved }: SaveFormProps) {
  const [text, setText] = useState("");
  const name = viewName(text);
  const isThere = views.some((view) => view.name === name);
  const save = (event: Event) => {
    event.preventDefault();
    if (name === null) return;
    saved.save(name, query);
    setText("");
  };
  return (
    <form class="views-form" onSubmit={save}>
      <input
        type="text"
        aria-label={S.edits.viewName}
        placeholder={S.edits.viewName}
        value={text}
        maxLength={VIEW_NAME_CHARS_MAX}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" disabled={name === null}>
        {isThere ? S.edits.replaceView : S.edits.saveView}
      </button>
    </form>
  );
}
