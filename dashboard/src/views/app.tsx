/** The frame of every page: where one is, whether it is live, and the theme. */
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import type { Page } from "../model/route.ts";
import { closeDialog, openDialog } from "../state/dialogs.ts";
import { lagCount, liveState } from "../state/live.ts";
import { followLink, hrefOf, page } from "../state/router.ts";
import { loadSession, mustSignIn } from "../state/session.ts";
import { switchTheme, theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Empty } from "./bits.tsx";
import { Dialog } from "./dialog.tsx";
import { ExperimentsPage } from "./experiments-page.tsx";
import { handleKey, MOD_KEY, useKeys } from "./keyboard.ts";
import { lazily } from "./lazily.tsx";
import { PaletteDialog } from "./palette.tsx";
import { RunActions } from "./run-actions.tsx";
import { ParentLink } from "./run-facts.tsx";
import { type OpenRun, RunPageView } from "./run-page.tsx";
import { RunsPage } from "./runs-page.tsx";
import { SignedIn, SignIn } from "./sign-in.tsx";
import { useOpenInView } from "./tabs.tsx";

const ComputePage = lazily(() => import("./compute-page.tsx").then((part) => part.ComputePage));
const ModelsPage = lazily(() => import("./models-page.tsx").then((part) => part.ModelsPage));
const ModelPage = lazily(() => import("./model-page.tsx").then((part) => part.ModelPage));
const ComparePage = lazily(() => import("./compare-page.tsx").then((part) => part.ComparePage));
const SqlPage = lazily(() => import("./sql-page.tsx").then((part) => part.SqlPage));

/** The experiment of the run that is open, once it is known. */
export const openRun = signal<OpenRun | null>(null);

export function App() {
  useEffect(() => {
    document.addEventListener("keydown", handleKey);
    document.addEventListener("click", followLink);
    return () => {
      document.removeEventListener("keydown", handleKey);
      document.removeEventListener("click", followLink);
    };
  }, []);
  useKeys(useMemo(() => ({ "?": openKeys, "Mod+k": openPalette }), []));
  useEffect(() => {
    void loadSession();
  }, []);
  if (mustSignIn.value) {
    return (
      <main id="main">
        <SignIn />
      </main>
    );
  }
  return (
    <>
      <Header />
      <main id="main">
        <CurrentPage />
      </main>
      {openDialog.value === "keys" && <Help />}
      {openDialog.value === "palette" && <PaletteDialog />}
      <RunActions />
    </>
  );
}

function openKeys(): void {
  openDialog.value = "keys";
}

function openPalette(): void {
  openDialog.value = "palette";
}

function CurrentPage() {
  const at = page.value;
  switch (at.kind) {
    case "experiments":
      return <ExperimentsPage />;
    case "runs":
      return <RunsPage key={at.experiment} experiment={at.experiment} />;
    case "run":
      return <RunPageView key={at.runId} runId={at.runId} tab={at.tab} onRun={showOpenRun} />;
    case "compare":
      return <ComparePage tab={at.tab} onOpen={showOpenRun} />;
    case "compute":
      return <ComputePage />;
    case "sql":
      return <SqlPage />;
    case "models":
      return <ModelsPage />;
    case "model": {
      const { name, workspace } = at;
      return <ModelPage key={`${workspace}/${name}`} name={name} workspace={workspace} />;
    }
    case "unknown":
      return <Empty title={S.unknownPage} text={S.unknownPageAdvice} />;
  }
}

function showOpenRun(run: OpenRun | null): void {
  openRun.value = run;
}

const PLACES = [
  { kind: "experiments", title: S.experiments },
  { kind: "models", title: S.models.title },
  { kind: "compute", title: S.compute.title },
  { kind: "sql", title: S.sql.title },
] as const;

function placeOf(at: Page): (typeof PLACES)[number]["kind"] {
  if (at.kind === "compute" || at.kind === "sql") return at.kind;
  return at.kind === "models" || at.kind === "model" ? "models" : "experiments";
}

function Header() {
  const at = page.value;
  const place = placeOf(at);
  const places = useRef<HTMLElement>(null);
  useOpenInView(places, place);
  const experiment = at.kind === "runs" ? at.experiment : openRun.value?.experiment;
  return (
    <header class="top">
      <a class="brand" href={hrefOf({ kind: "experiments" })}>
        <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M5 19c3.5 0 3.5-6 7.3-6s3.9 6 7.4 6 3.6-6 7.3-6" />
        </svg>
        {S.product}
      </a>
      <nav class="places" aria-label={S.places} ref={places}>
        {PLACES.map(({ kind, title }) => (
          <a key={kind} href={hrefOf({ kind })} aria-current={kind === place ? "true" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <nav class="crumbs" aria-label={S.breadcrumbs}>
        {at.kind === "model" && <span>{at.name}</span>}
        {at.kind !== "experiments" && place === "experiments" && experiment && (
          <a href={hrefOf({ kind: "runs", experiment })}>{experiment}</a>
        )}
        {at.kind === "run" && openRun.value?.parentId && <ParentLink id={openRun.value.parentId} />}
        {(at.kind === "run" || at.kind === "compare") && openRun.value && (
          <span>{openRun.value.name}</span>
        )}
      </nav>
      <button
        type="button"
        class="palette-button"
        onClick={openPalette}
        aria-keyshortcuts="Meta+K Control+K"
      >
        <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
          <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M10.5 10.5 14 14" stroke="currentColor" stroke-width="1.5" />
        </svg>
        <span>{S.palette.open}</span>
        <kbd>{MOD_KEY} K</kbd>
      </button>
      <LiveStatus />
      <SignedIn />
      <button
        type="button"
        class="icon"
        onClick={openKeys}
        title={S.keys.title}
        aria-label={S.keys.title}
      >
        ?
      </button>
      <button
        type="button"
        class="icon"
        onClick={switchTheme}
        title={S.switchTheme(theme.value)}
        aria-label={S.switchTheme(theme.value)}
      >
        {theme.value === "dark" ? "☀" : "☾"}
      </button>
    </header>
  );
}

/** Records the tables may trail the log without a word: it is caught up within a second. */
const LAG_QUIET = 50;

function LiveStatus() {
  const state = liveState.value;
  const behind = state === "live" && lagCount.value > LAG_QUIET;
  const text = behind ? S.behind(formatCount(lagCount.value)) : S.live[state];
  return (
    <span
      class={`live live-${behind ? "behind" : state}`}
      role="status"
      title={behind ? S.behindTitle : S.liveTitle[state]}
    >
      <span class="live-dot" aria-hidden="true" />
      {text}
    </span>
  );
}

function Help() {
  return (
    <Dialog label={S.keys.title} onClose={closeDialog}>
      <h2>{S.keys.title}</h2>
      <dl class="keys">
        {S.keys.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((one) => (
                <kbd key={one}>{one === "Mod" ? MOD_KEY : one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="caption">{S.keys.mouse}</p>
      <form method="dialog">
        <button type="submit">{S.close}</button>
      </form>
    </Dialog>
  );
}
