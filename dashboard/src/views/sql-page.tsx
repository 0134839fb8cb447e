/** Any question about everything logged: a statement, its answer, and what helps to write it. */
import type { EditorView } from "@codemirror/view";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { byGroup, type Recipe } from "../model/cookbook.ts";
import { unboundNames } from "../model/sql-parameters.ts";
import { createSqlPage, type SqlPage as PageState, RECIPES } from "../state/sql.ts";
import { S } from "../strings.ts";
import { Skeleton } from "./bits.tsx";
import { SqlAnswerView } from "./sql-answer.tsx";
import { insertText } from "./sql-codemirror.ts";
import { SqlEditor } from "./sql-editor.tsx";
import { SqlSidebar } from "./sql-sidebar.tsx";

const FIRST_FIELD = ".sql-parameters input:placeholder-shown";

export function SqlPage() {
  const page = useMemo(createSqlPage, []);
  useEffect(() => page.dispose, [page]);
  useEffect(() => {
    document.title = S.title(S.sql.title);
  }, []);
  const editor = useRef<EditorView | null>(null);
  const keepEditor = useCallback((view: EditorView | null) => {
    editor.current = view;
  }, []);
  const start = (statement: string, parameters: Readonly<Record<string, string>> = {}) => {
    page.statement.value = statement;
    page.typed.value = { ...page.typed.peek(), ...parameters };
    if (unboundNames(statement, page.typed.peek()).length === 0) {
      page.run();
      editor.current?.focus();
    } else {
      // Once its fields are there.
      requestAnimationFrame(() => document.querySelector<HTMLElement>(FIRST_FIELD)?.focus());
    }
  };
  return (
    <div class="page sql">
      <h1 class="visually-hidden">{S.sql.title}</h1>
      <div class="sql-main">
        <SqlEditor page={page} onOpen={keepEditor} />
        <Below page={page} onRecipe={({ statement }) => start(statement)} />
      </div>
      <SqlSidebar
        page={page}
        onStart={start}
        onInsert={(name) => editor.current && insertText(editor.current, name)}
      />
    </div>
  );
}

function Below({ page, onRecipe }: { page: PageState; onRecipe: (recipe: Recipe) => void }) {
  const answered = page.answered.value;
  if (answered) {
    const isStale = answered.statement !== page.statement.value && !page.isRunning.value;
    return <SqlAnswerView key={answered.key} page={page} answered={answered} isStale={isStale} />;
  }
  if (page.isRunning.value) return <Skeleton rows={8} />;
  if (page.failed.value) return null;
  return <Begin onRecipe={onRecipe} />;
}

/** Nothing was asked yet: questions that teach what can be. */
function Begin({ onRecipe }: { onRecipe: (recipe: Recipe) => void }) {
  const firsts = byGroup(RECIPES).map(([, [recipe]]) => recipe);
  return (
    <div class="sql-begin">
      <p class="empty-title">{S.sql.empty.title}</p>
      <p class="quiet">{S.sql.empty.text}</p>
      <ul>
        {firsts.map((recipe) => (
          <li key={recipe.question}>
            <button type="button" onClick={() => onRecipe(recipe)}>
              <span>{recipe.question}</span>
              <span class="quiet">{recipe.text}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="caption">
        {S.sql.moreQuestions(RECIPES.length)} {S.sql.help}
      </p>
    </div>
  );
}
