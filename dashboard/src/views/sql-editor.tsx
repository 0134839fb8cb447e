/** The statement: CodeMirror, the values of its placeholders, and the button that runs it. */
import type { EditorView } from "@codemirror/view";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type DurationUs, formatDuration } from "../base/time.ts";
import { errorPlace } from "../model/sql-error.ts";
import { type Placeholder, placeholdersOf, unboundNames } from "../model/sql-parameters.ts";
import { hrefHere } from "../state/router.ts";
import type { SqlPage } from "../state/sql.ts";
import { S } from "../strings.ts";
import { Problem } from "./bits.tsx";
import { MOD_KEY } from "./keyboard.ts";
import { openEditor, replaceText, showMistake } from "./sql-codemirror.ts";

const US_PER_MS = 1000;

export interface EditorProps {
  readonly page: SqlPage;
  readonly onOpen: (editor: EditorView | null) => void;
}

export function SqlEditor({ page, onOpen }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const view = openEditor(place.current, page.statement.peek(), {
      tables: () => page.tables.state.peek().value ?? [],
      onChange: (text) => {
        page.statement.value = text;
      },
      onRun: () => runIfBound(page),
    });
    editor.current = view;
    onOpen(view);
    const stopText = page.statement.subscribe((text) => replaceText(view, text));
    const stopError = page.failed.subscribe((failed) => {
      showMistake(view, failed && errorPlace(failed.statement, failed.error.message));
    });
    return () => {
      stopText();
      stopError();
      onOpen(null);
      view.destroy();
    };
  }, [page, onOpen]);
  const failed = page.failed.value;
  return (
    <section class="sql-ask" aria-label={S.sql.editor}>
      <div class="sql-editor" ref={place} />
      <Parameters page={page} />
      <Tools page={page} />
      {failed && <Problem error={failed.error} />}
    </section>
  );
}

/** Run the statement, unless a value that it needs is missing. */
export function runIfBound(page: SqlPage): void {
  if (unboundNames(page.statement.peek(), page.typed.peek()).length === 0) page.run();
}

function Parameters({ page }: { page: SqlPage }) {
  const statement = page.statement.value;
  const placeholders = useMemo(() => placeholdersOf(statement), [statement]);
  if (placeholders.length === 0) return null;
  return (
    <fieldset class="sql-parameters" aria-label={S.sql.parameters}>
      {placeholders.map((one) => (
        <Parameter key={one.name} page={page} placeholder={one} />
      ))}
    </fieldset>
  );
}

function Parameter({ page, placeholder }: { page: SqlPage; placeholder: Placeholder }) {
  const { name, type } = placeholder;
  return (
    <label>
      <span>{name}</span>
      <input
        type="text"
        placeholder={type}
        inputMode={/^(U?Int)/.test(type) ? "numeric" : undefined}
        value={page.typed.value[name] ?? ""}
        onInput={(event) => {
          page.typed.value = { ...page.typed.peek(), [name]: event.currentTarget.value };
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") runIfBound(page);
        }}
      />
    </label>
  );
}

function Tools({ page }: { page: SqlPage }) {
  const isRunning = page.isRunning.value;
  const statement = page.statement.value;
  const unbound = unboundNames(statement, page.typed.value);
  const elapsed = formatDuration((page.runningMs.value * US_PER_MS) as DurationUs);
  return (
    <div class="sql-tools">
      {isRunning ? (
        <button
          type="button"
          class="primary"
          disabled={page.isCanceling.value}
          onClick={page.cancel}
        >
          {page.isCanceling.value ? S.sql.canceling : S.sql.cancel}
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          disabled={!statement.trim() || unbound.length > 0}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onClick={page.run}
        >
          {S.sql.run} <kbd>{MOD_KEY} ↵</kbd>
        </button>
      )}
      <output class="quiet number">
        {isRunning ? S.sql.running(elapsed) : unbound.length > 0 ? S.sql.unbound(unbound) : ""}
      </output>
      <span class="spacer" />
      {statement.trim() && <LinkButton page={page} />}
    </div>
  );
}

const COPIED_MS = 1500;

/** A link that fills another reader's editor; it runs when they say so. */
function LinkButton({ page }: { page: SqlPage }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const { statement, typed } = page;
    const here = hrefHere({ sql: statement.peek(), parameters: typed.peek() });
    await navigator.clipboard?.writeText(location.origin + here);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <button type="button" onClick={copy}>
      {isCopied ? S.sql.linkCopied : S.sql.copyLink}
    </button>
  );
}
