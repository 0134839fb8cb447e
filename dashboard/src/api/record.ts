/** The HTTP API of a run's tables and logs. */
import type { LogItem, TableItem, TablePage } from "../model/catalog.ts";
import type { LineWindow } from "../model/log-pages.ts";
import type { LogQuery } from "../model/log-search.ts";
import type { Cell, TableColumn } from "../model/tables.ts";
import {
  AS_IT_IS,
  BASE,
  encodePath,
  everyPage,
  getJson,
  paged,
  queryString,
  runPath,
} from "./client.ts";
import { asArray, asNumber, asObject, asText } from "./decode.ts";

export async function listTables(runId: string, asking = AS_IT_IS): Promise<readonly TableItem[]> {
  return paged(await getJson(`${runPath(runId)}/tables`, asking), (item) => ({
    name: asText(item.name, "table.name"),
    columns: asArray(item.columns, "table.columns").map((column) =>
      typeof column === "string" ? column : asText(asObject(column, "column").name, "column.name"),
    ),
    rowCount: asNumber(item.row_count, "table.row_count"),
  })).items;
}

export interface TableQuery {
  readonly offset: number;
  readonly limit: number;
  /** A column, `-` before it turns round. */
  readonly sort?: string;
  readonly search?: string;
}

export async function getTable(
  runId: string,
  name: string,
  { offset, limit, sort, search }: TableQuery,
  asking = AS_IT_IS,
): Promise<TablePage> {
  const query = queryString({ offset: String(offset), limit: String(limit), sort, search });
  const path = `${runPath(runId)}/tables/${encodePath(name)}?${query}`;
  const answer = asObject(await getJson(path, asking), "table");
  return {
    rowCount: asNumber(answer.row_count, "table.row_count"),
    matchCount: asNumber(answer.match_count, "table.match_count"),
    rows: answer.rows === null ? null : asNumbers(answer.rows, "table.rows"),
    offset: asNumber(answer.offset, "table.offset"),
    columns: asArray(answer.columns, "table.columns").map((value): TableColumn => {
      const column = asObject(value, "table.column");
      const values = asArray(column.value, "column.value") as readonly Cell[];
      return { name: asText(column.name, "column.name"), values };
    }),
  };
}

/** Where a browser finds a whole table as a file. */
export function tableUrl(runId: string, name: string, format: "csv" | "json"): string {
  return `${BASE}${runPath(runId)}/table-export/${encodePath(name)}?format=${format}`;
}

export async function listLogs(runId: string, asking = AS_IT_IS): Promise<readonly LogItem[]> {
  return everyPage(`${runPath(runId)}/logs`, asking, (item) => ({
    file: asText(item.file, "log.file"),
    sizeChars: asNumber(item.size_chars, "log.size_chars"),
  }));
}

/** Lines from `line` on; a negative one counts from the end. */
export async function readLines(
  runId: string,
  file: string,
  line: number,
  limit: number,
  asking = AS_IT_IS,
): Promise<LineWindow> {
  const query = queryString({ line: String(line), limit: String(limit) });
  const path = `${runPath(runId)}/log-lines/${encodePath(file)}?${query}`;
  const answer = asObject(await getJson(path, asking), "log");
  return {
    line: asNumber(answer.line, "log.line"),
    lineCount: asNumber(answer.line_count, "log.line_count"),
    lines: asArray(answer.lines, "log.lines").map((text) => asText(text, "log.line")),
  };
}

export interface LogMatches {
  readonly count: number;
  readonly lines: readonly number[];
}

/** Which lines match, some of them from the match `offset` on. */
export async function findLines(
  runId: string,
  file: string,
  { pattern, regex, matchCase }: LogQuery,
  { offset, limit }: { offset: number; limit: number },
  asking = AS_IT_IS,
): Promise<LogMatches> {
  const query = queryString({
    pattern,
    regex: regex ? "true" : "",
    case: matchCase ? "true" : "",
    offset: String(offset),
    limit: String(limit),
  });
  const path = `${runPath(runId)}/log-matches/${encodePath(file)}?${query}`;
  const answer = asObject(await getJson(path, asking), "matches");
  return {
    count: asNumber(answer.count, "matches.count"),
    lines: asNumbers(answer.lines, "matches.lines"),
  };
}

/** Where a browser finds a whole log as a file. */
export function logUrl(runId: string, file: string): string {
  return `${BASE}${runPath(runId)}/log-text/${encodePath(file)}`;
}

function asNumbers(value: unknown, where: string): readonly number[] {
  return asArray(value, where).map((one) => asNumber(one, where));
}
