/** SQL over HTTP. */
import type { SqlAnswer, SqlTable } from "../model/sql.ts";
import { AS_IT_IS, BASE, getJson, request } from "./client.ts";
import { asArray, asNumber, asObject, asText, textOrNull } from "./decode.ts";

export interface Statement {
  readonly query: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly queryId: string;
}

export type SqlFileFormat = "csv" | "parquet";

export async function runStatement(statement: Statement, signal: AbortSignal): Promise<SqlAnswer> {
  const answer = asObject(await (await post(statement, "json", signal)).json(), "answer");
  return {
    columns: asArray(answer.columns, "columns").map((value) => {
      const column = asObject(value, "column");
      return { name: asText(column.name, "column.name"), type: asText(column.type, "column.type") };
    }),
    rows: asArray(answer.rows, "rows").map((row) => asArray(row, "row")),
    rowCount: asNumber(answer.row_count, "row_count"),
    elapsedMs: asNumber(answer.elapsed_ms, "elapsed_ms"),
    rowsRead: asNumber(answer.rows_read, "rows_read"),
    bytesRead: asNumber(answer.bytes_read, "bytes_read"),
  };
}

export async function readFile(
  statement: Statement,
  format: SqlFileFormat,
  signal: AbortSignal,
): Promise<Blob> {
  return (await post(statement, format, signal)).blob();
}

/** End a statement on the server. One that has ended already is none of the server's any more. */
export async function cancelStatement(queryId: string): Promise<void> {
  await request(`${BASE}/sql/${queryId}`, { method: "DELETE" });
}

export async function listTables(): Promise<readonly SqlTable[]> {
  const answer = asObject(await getJson("/sql/tables", AS_IT_IS), "tables");
  return asArray(answer.tables, "tables").map((value) => {
    const table = asObject(value, "table");
    return {
      name: asText(table.name, "table.name"),
      description: textOrNull(table.description) ?? "",
      columns: asArray(table.columns, "table.columns").map((one) => {
        const column = asObject(one, "column");
        return {
          name: asText(column.name, "column.name"),
          type: asText(column.type, "column.type"),
          description: textOrNull(column.description) ?? "",
        };
      }),
    };
  });
}

function post(
  { query, parameters, queryId }: Statement,
  format: string,
  signal: AbortSignal,
): Promise<Response> {
  return request(`${BASE}/sql`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, parameters, format, query_id: queryId }),
    signal,
  });
}
