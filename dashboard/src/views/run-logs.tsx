/** What the run printed: any number of lines, of which those on the screen are in the page. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import type { LogItem } from "../model/catalog.ts";
import { ERROR_QUERY, type LogQuery } from "../model/log-search.ts";
import { createLogSearch, createLogView, type LogSearch } from "../state/log-view.ts";
import { setView, view } from "../state/router.ts";
import { logUrl, type RunPage, refreshOn } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { useKeys } from "./keyboard.ts";
import { type Jump, LogBox } from "./log-box.tsx";

export function RunLogs({ data }: { data: RunPage }) {
  const { value, error } = data.logs.state.value;
  if (error) return <Problem error={error} retry={data.logs.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noLogs} />;
  const open = value.find((log) => log.file === view.value.open) ?? value[0];
  return <OneLog key={open.file} data={data} log={open} all={value} />;
}

interface OneLogProps {
  readonly data: RunPage;
  readonly log: LogItem;
  readonly all: readonly LogItem[];
}

function OneLog({ data, log, all }: OneLogProps) {
  const { runId } = data;
  const lines = useMemo(() => createLogView(runId, log.file), [runId, log.file]);
  const search = useMemo(() => createLogSearch(runId, log.file), [runId, log.file]);
  const errors = useMemo(() => createLogSearch(runId, log.file), [runId, log.file]);
  const jump = useRef<Jump>({ top: 0, to: () => {} });
  useEffect(() => {
    const stop = refreshOn(data, "logs", lines.more);
    return () => {
      stop();
      lines.dispose();
      search.dispose();
      errors.dispose();
    };
  }, [data, lines, search, errors]);

  const { search: pattern, regex, matchCase } = view.value;
  const query = useMemo(() => ({ pattern, regex, matchCase }), [pattern, regex, matchCase]);
  const problem = lines.error.value ?? search.error.value ?? errors.error.value;
  const found = errors.line.value;
  return (
    <div class="log">
      <div class="log-tools">
        <FileChoice log={log} all={all} />
        <SearchBox search={search} query={query} jump={jump.current} />
        <ErrorButton errors={errors} jump={jump.current} />
        <span class="spacer" />
        <label>
          <input
            type="checkbox"
            checked={view.value.wrap}
            onChange={(event) => setView({ wrap: event.currentTarget.checked })}
          />
          {S.runPage.wrap}
        </label>
        <span class="quiet number">{S.runPage.lines(lines.pages.value.lineCount)}</span>
        <a class="button" href={logUrl(runId, log.file)} download>
          {S.download}
        </a>
      </div>
      {problem && <Problem error={problem} retry={lines.more} />}
      <LogBox
        lines={lines}
        label={log.file}
        query={query}
        marked={search.lines.value}
        current={search.line.value ?? found}
        jump={jump.current}
      />
    </div>
  );
}

const CHIPS_MAX = 4;

function FileChoice({ log, all }: { log: LogItem; all: readonly LogItem[] }) {
  const open = (file: string) => setView({ open: file, line: 0 });
  if (all.length === 1) return <code class="log-name">{log.file}</code>;
  if (all.length > CHIPS_MAX) {
    return (
      <select
        aria-label={S.logFiles}
        value={log.file}
        onChange={(event) => open(event.currentTarget.value)}
      >
        {all.map(({ file }) => (
          <option key={file}>{file}</option>
        ))}
      </select>
    );
  }
  return (
    <fieldset class="chips" aria-label={S.logFiles}>
      {all.map(({ file }) => (
        <button
          type="button"
          key={file}
          class="chip"
          aria-pressed={file === log.file}
          onClick={() => open(file)}
        >
          {file}
        </button>
      ))}
    </fieldset>
  );
}

const SEARCH_DELAY_MS = 250;

interface SearchBoxProps {
  readonly search: LogSearch;
  readonly query: LogQuery;
  readonly jump: Jump;
}

function SearchBox({ search, query, jump }: SearchBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useKeys(useMemo(() => ({ "/": () => box.current?.focus() }), []));
  useEffect(() => {
    const timer = setTimeout(async () => {
      await search.find(query, jump.top);
      showLine(search, jump);
    }, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [search, query, jump]);
  const go = async (by: number) => {
    await search.go(by);
    showLine(search, jump);
  };
  const { pattern, regex, matchCase } = query;
  const count = search.count.value;
  return (
    <search class="log-search">
      <input
        ref={box}
        type="search"
        aria-label={S.runPage.searchLog}
        placeholder={S.runPage.searchLog}
        value={pattern}
        onInput={(event) => setView({ search: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
        }}
      />
      <Toggle
        text="Aa"
        title={S.runPage.matchCase}
        on={matchCase}
        turn={() => setView({ matchCase: !matchCase })}
      />
      <Toggle
        text=".*"
        title={S.runPage.regex}
        on={regex}
        turn={() => setView({ regex: !regex })}
      />
      {pattern && !search.error.value && (
        <>
          <output class="quiet number">
            {count === null
              ? S.runPage.searching
              : S.runPage.matchOf(count > 0 ? search.at.value + 1 : 0, count)}
          </output>
          <Step text="↑" title={S.runPage.previousMatch} disabled={!count} go={() => go(-1)} />
          <Step text="↓" title={S.runPage.nextMatch} disabled={!count} go={() => go(1)} />
        </>
      )}
    </search>
  );
}

/** The first click looks at the whole log; every further one goes on to the next. */
function ErrorButton({ errors, jump }: { errors: LogSearch; jump: Jump }) {
  const [busy, setBusy] = useState(false);
  const count = errors.count.value;
  const go = async () => {
    setBusy(true);
    if (count === null) await errors.find(ERROR_QUERY, jump.top);
    else await errors.go(1);
    setBusy(false);
    showLine(errors, jump);
  };
  return (
    <button
      type="button"
      onClick={go}
      disabled={busy || count === 0}
      title={S.runPage.nextErrorTitle}
    >
      {busy ? S.runPage.searching : count === 0 ? S.runPage.noError : S.runPage.nextError}
      {count ? (
        <span class="quiet number">
          {formatCount(errors.at.value + 1)}/{formatCount(count)}
        </span>
      ) : null}
    </button>
  );
}

function showLine(search: LogSearch, jump: Jump): void {
  const line = search.line.peek();
  if (line !== null) jump.to(line);
}

function Toggle(props: { text: string; title: string; on: boolean; turn: () => void }) {
  return (
    <button
      type="button"
      class="icon mono"
      aria-pressed={props.on}
      title={props.title}
      aria-label={props.title}
      onClick={props.turn}
    >
      {props.text}
    </button>
  );
}

function Step(props: { text: string; title: string; disabled: boolean; go: () => void }) {
  return (
    <button
      type="button"
      class="icon"
      title={props.title}
      aria-label={props.title}
      disabled={props.disabled}
      onClick={props.go}
    >
      {props.text}
    </button>
  );
}
