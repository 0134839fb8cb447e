/** What helps to write a statement: the tables, the cookbook's questions, and past statements. */
import { useState } from "preact/hooks";
import { epochUs, formatAgo, formatInstant } from "../base/time.ts";
import { byGroup } from "../model/cookbook.ts";
import type { SqlTable } from "../model/sql.ts";
import { headline } from "../model/sql-history.ts";
import { now } from "../state/clock.ts";
import { RECIPES, type SqlPage } from "../state/sql.ts";
import { forgetHistory, sqlHistory } from "../state/sql-history.ts";
import { S } from "../strings.ts";
import { Problem, Skeleton } from "./bits.tsx";

const TABS = ["tables", "questions", "history"] as const;
type Tab = (typeof TABS)[number];
const US_PER_MS = 1000;

interface SidebarProps {
  readonly page: SqlPage;
  readonly onStart: (statement: string, parameters?: Readonly<Record<string, string>>) => void;
  readonly onInsert: (name: string) => void;
}

export function SqlSidebar(props: SidebarProps) {
  const [open, setOpen] = useState<Tab>("tables");
  return (
    <aside class="sql-side" aria-label={S.sql.sidebar}>
      <fieldset class="segments" aria-label={S.sql.sidebar}>
        {TABS.map((tab) => (
          <button type="button" key={tab} aria-pressed={tab === open} onClick={() => setOpen(tab)}>
            {S.sql.tabs[tab]}
          </button>
        ))}
      </fieldset>
      <div class="sql-side-body">
        {open === "tables" && <Tables {...props} />}
        {open === "questions" && <Questions {...props} />}
        {open === "history" && <History {...props} />}
      </div>
    </aside>
  );
}

function Tables({ page, onInsert, onStart }: SidebarProps) {
  const { value, error } = page.tables.state.value;
  if (error) return <Problem error={error} retry={page.tables.refresh} />;
  if (!value) return <Skeleton rows={12} />;
  return (
    <>
      {value.map((table) => (
        <Table key={table.name} table={table} onInsert={onInsert} onStart={onStart} />
      ))}
    </>
  );
}

const LOOK_ROWS = 100;

function Table({ table, onInsert, onStart }: { table: SqlTable } & Omit<SidebarProps, "page">) {
  const { name, description, columns } = table;
  return (
    <details class="sql-table">
      <summary>
        <span class="mono">{name}</span>
        <span class="quiet">{S.sql.tableColumns(columns.length)}</span>
      </summary>
      <p class="quiet">
        {description}{" "}
        <button
          type="button"
          class="link"
          onClick={() => onStart(`SELECT * FROM ${name} LIMIT ${LOOK_ROWS}`)}
        >
          {S.sql.startWith(name)}
        </button>
      </p>
      <ul>
        {columns.map((column) => (
          <li key={column.name}>
            <button
              type="button"
              class="link mono"
              title={S.sql.insert(column.name)}
              onClick={() => onInsert(column.name)}
            >
              {column.name}
            </button>
            <span class="quiet mono">{column.type}</span>
            <span class="quiet">{column.description}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Questions({ onStart }: SidebarProps) {
  return (
    <>
      {byGroup(RECIPES).map(([group, recipes]) => (
        <section key={group}>
          <h2>{group}</h2>
          <ul class="sql-list">
            {recipes.map(({ question, text, statement }) => (
              <li key={question}>
                <button type="button" title={text} onClick={() => onStart(statement)}>
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function History({ onStart }: SidebarProps) {
  const past = sqlHistory.value;
  if (past.length === 0) return <p class="quiet">{S.sql.noHistory}</p>;
  return (
    <>
      <ul class="sql-list">
        {past.map(({ statement, parameters, ranMs }) => {
          const at = epochUs(ranMs * US_PER_MS);
          return (
            <li key={statement}>
              <button
                type="button"
                title={statement}
                onClick={() => onStart(statement, parameters)}
              >
                <code>{headline(statement)}</code>
                <time class="quiet" title={formatInstant(at)}>
                  {formatAgo(at, now.value)}
                </time>
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" onClick={forgetHistory}>
        {S.sql.clearHistory}
      </button>
    </>
  );
}
