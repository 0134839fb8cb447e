/** What could stand at a place of a statement: tables, columns of those it names, functions. */

import type { SqlTable } from "./sql.ts";
import { SQL_FUNCTIONS } from "./sql-functions.ts";

export interface SqlCompletion {
  readonly label: string;
  readonly kind: "table" | "column" | "function";
  /** A column's type, or a function's arguments. */
  readonly detail: string;
  readonly info: string;
}

/**
 * @param qualifier What stands before a dot, such as the `r` of `r.name`: then only the columns of
 * the table that is called so. Empty: anything.
 */
export function completionsFor(
  tables: readonly SqlTable[],
  statement: string,
  qualifier = "",
): readonly SqlCompletion[] {
  const named = namedTables(tables, statement);
  if (qualifier) return (named.get(qualifier.toLowerCase()) ?? []).flatMap(columnsOf);
  const mentioned = new Set([...named.values()].flat());
  const columns = [...mentioned].flatMap(columnsOf);
  const once = new Map(columns.map((column) => [column.label, column]));
  return [
    ...once.values(),
    ...tables.map(({ name, description }): SqlCompletion => {
      return { label: name, kind: "table", detail: "", info: description };
    }),
    ...SQL_FUNCTIONS.map(([label, detail, info]): SqlCompletion => {
      return { label, kind: "function", detail, info };
    }),
  ];
}

const SOURCE = /\b(?:from|join)\s+(?:runtide\.)?(\w+)(?:\s+final)?(?:\s+(?:as\s+)?(\w+))?/gi;

/** The tables that a statement reads, by their names and the names it gives them. */
function namedTables(
  tables: readonly SqlTable[],
  statement: string,
): ReadonlyMap<string, readonly SqlTable[]> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const named = new Map<string, readonly SqlTable[]>();
  for (const [, name, alias] of statement.matchAll(SOURCE)) {
    const table = byName.get(name.toLowerCase());
    if (!table) continue;
    for (const one of [name, alias]) {
      if (one) named.set(one.toLowerCase(), [table]);
    }
  }
  return named;
}

function columnsOf(table: SqlTable): readonly SqlCompletion[] {
  return table.columns.map(({ name, type, description }) => {
    return { label: name, kind: "column", detail: type, info: description };
  });
}
