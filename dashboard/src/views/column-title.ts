/** What a column is called on the page. */
import { columnTitle, type RunColumn } from "../model/columns.ts";
import { S } from "../strings.ts";

export function titleOf(column: RunColumn): string {
  return column.kind === "attribute" ? S.table.attributes[column.name] : columnTitle(column);
}
