/** CodeMirror, set up for one statement. */
import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { SqlTable } from "../model/sql.ts";
import { completionsFor } from "../model/sql-completion.ts";
import { S } from "../strings.ts";

export interface EditorWiring {
  readonly tables: () => readonly SqlTable[];
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

/** The words of a SELECT in ClickHouse; PostgreSQL's own would paint columns called `name`. */
const KEYWORDS = `select distinct from final sample array join left right inner full outer cross
  asof any all semi anti global on using prewhere where group by rollup cube totals with having
  window over partition rows range between unbounded preceding following current row qualify
  order asc desc nulls limit offset union except intersect as and or not in like ilike is null
  exists case when then else end interval true false`;

const DIALECT = SQLDialect.define({
  keywords: KEYWORDS.replace(/\s+/g, " "),
  types: "",
  builtin: "",
  identifierQuotes: '`"',
  backslashEscapes: true,
});

const markError = StateEffect.define<readonly [number, number] | null>();

const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(markError)) continue;
      next = effect.value
        ? Decoration.set(Decoration.mark({ class: "cm-mistake" }).range(...effect.value))
        : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function openEditor(parent: HTMLElement, text: string, wiring: EditorWiring): EditorView {
  // In a tree of its own, the editor may adopt its styles, which the page's security policy
  // refuses to a <style> element.
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      bracketMatching(),
      errorMark,
      EditorView.lineWrapping,
      sql({
        dialect: DIALECT,
        keywordCompletion: (label) => ({ label: label.toUpperCase(), boost: -1 }),
      }),
      DIALECT.language.data.of({
        autocomplete: (context: CompletionContext) => complete(context, wiring.tables()),
      }),
      autocompletion({ icons: false }),
      syntaxHighlighting(HIGHLIGHT),
      THEME,
      placeholder(S.sql.placeholder),
      EditorView.contentAttributes.of({ "aria-label": S.sql.editor, spellcheck: "false" }),
      keymap.of([
        { key: "Mod-Enter", run: () => run(wiring), preventDefault: true },
        { key: "Tab", run: acceptCompletion },
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.domEventHandlers({ beforeinput: replaceSelected }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) wiring.onChange(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent: root as unknown as HTMLElement, root });
}

/** Put another text in, as one step that can be undone. */
export function replaceText(editor: EditorView, text: string): void {
  if (editor.state.doc.toString() === text) return;
  editor.dispatch({
    changes: { from: 0, to: editor.state.doc.length, insert: text },
    selection: { anchor: text.length },
  });
}

/** Put a name in where the cursor is. */
export function insertText(editor: EditorView, text: string): void {
  editor.dispatch(editor.state.replaceSelection(text));
  editor.focus();
}

/** Underline a stretch until the text changes. */
export function showMistake(editor: EditorView, place: readonly [number, number] | null): void {
  const isInside = place !== null && place[0] < place[1] && place[1] <= editor.state.doc.length;
  editor.dispatch({ effects: markError.of(isInside ? place : null) });
}

/**
 * Typing over a selection is done here. Left to the browser, it would keep the look of what was
 * selected in a style of its own, which the page's security policy refuses and complains of.
 */
function replaceSelected(event: InputEvent, editor: EditorView): boolean {
  const isPlain = event.inputType === "insertText" && event.data !== null && !event.isComposing;
  if (!isPlain || editor.state.selection.main.empty) return false;
  event.preventDefault();
  const typed = editor.state.replaceSelection(event.data);
  editor.dispatch(typed, { userEvent: "input.type", scrollIntoView: true });
  return true;
}

function run(wiring: EditorWiring): boolean {
  wiring.onRun();
  return true;
}

const ORDER = { column: 2, table: 1, function: 0 } as const;
const CLASSES = { column: "property", table: "class", function: "function" } as const;

function complete(context: CompletionContext, tables: readonly SqlTable[]) {
  const word = context.matchBefore(/(?:\w+\.)?\w*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const dot = word.text.indexOf(".");
  const qualifier = dot > 0 ? word.text.slice(0, dot) : "";
  const found = completionsFor(tables, context.state.doc.toString(), qualifier);
  return {
    from: word.from + dot + 1,
    options: found.map(({ label, kind, detail, info }): Completion => {
      const isCalled = kind === "function" && detail.startsWith("(");
      return {
        label,
        detail,
        info: info || undefined,
        type: CLASSES[kind],
        boost: ORDER[kind],
        apply: isCalled ? applyCall : undefined,
      };
    }),
    // Until the tables are known, each letter asks again.
    validFor: tables.length > 0 ? /^\w*$/ : undefined,
  };
}

/** `name(` with the cursor inside the brackets. */
function applyCall(editor: EditorView, { label }: Completion, from: number, to: number): void {
  editor.dispatch({
    changes: { from, to, insert: `${label}()` },
    selection: { anchor: from + label.length + 1 },
    userEvent: "input.complete",
  });
}

const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--syntax-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--syntax-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syntax-number)" },
  { tag: tags.comment, color: "var(--syntax-comment)", fontStyle: "italic" },
]);

const THEME = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--size)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.5",
    minHeight: "116px",
    maxHeight: "40vh",
    overflow: "auto",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    border: "0",
    backgroundColor: "var(--surface)",
    color: "var(--text-quiet)",
  },
  ".cm-placeholder": { color: "var(--text-quiet)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--selected)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)" },
  ".cm-mistake": { textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "3px" },
  ".cm-tooltip": {
    border: "1px solid var(--border-strong)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "var(--size-small)",
    maxHeight: "240px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "1.4" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--selected)",
    color: "var(--text)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent-text)" },
  ".cm-completionDetail": { color: "var(--text-quiet)", fontStyle: "normal" },
  ".cm-tooltip.cm-completionInfo": {
    padding: "6px 10px",
    maxWidth: "320px",
    fontFamily: "var(--font)",
    fontSize: "var(--size-small)",
  },
});
