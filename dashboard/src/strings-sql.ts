/** The words of the SQL page. */
import { formatBytes, formatCount, many } from "./base/format.ts";

interface Failure {
  readonly title: string;
  readonly advice: string;
}

/** By the API's own codes; the server's text says what happened and what to do. */
function problem(error: Error & { code?: string }): Failure | null {
  const title = TITLES[error.code ?? ""];
  return title ? { title, advice: error.message } : null;
}

const TITLES: Readonly<Record<string, string>> = {
  "sql-refused": "This statement is not let through",
  "sql-failed": "The statement does not work",
  "sql-limit": "The statement reached a limit",
  "sql-busy": "Other statements of yours are still running",
  "sql-canceled": "The statement was canceled",
};

export const SQL = {
  title: "SQL",
  goTo: "Ask with SQL",
  editor: "SQL statement",
  run: "Run",
  cancel: "Cancel",
  canceling: "Canceling …",
  running: (elapsed: string) => `Running, ${elapsed}`,
  placeholder: "SELECT …",
  parameters: "Parameters of the statement",
  unbound: (names: readonly string[]) =>
    `Give ${names.map((name) => `“${name}”`).join(", ")} a value first`,
  copyLink: "Copy link",
  linkCopied: "Link copied",
  csv: "CSV",
  parquet: "Parquet",
  save: (format: string) => `Save the whole answer as ${format}`,
  saving: "Saving …",
  chart: "Chart",
  table: "Table",
  answerViews: "How the answer is shown",
  answer: "Answer",
  x: "x",
  y: "y",
  by: "a line for each",
  everyColumn: "all columns of numbers",
  nothing: "–",
  noChart: "No column holds numbers: nothing to draw.",
  firstLines: (shown: number, count: number) => `the first ${shown} of ${many(count, "line")}`,
  rows: (count: number) => many(count, "row"),
  facts: (elapsed: string, rowsRead: number, bytesRead: number) =>
    `${elapsed} · read ${many(rowsRead, "row")}${bytesRead > 0 ? ` (${formatBytes(bytesRead)})` : ""}`,
  noRows: "No row matches. The statement is fine: loosen its conditions.",
  stale: "The statement has changed since; run it again.",
  sidebar: "What to ask, and of what",
  tabs: { tables: "Tables", questions: "Questions", history: "History" },
  tableColumns: (count: number) => many(count, "column"),
  insert: (name: string) => `Put ${name} into the statement`,
  startWith: (name: string) => `Look at ${name}`,
  noHistory: "Statements that you run are kept here, in this browser only.",
  clearHistory: "Forget them",
  help: "Ctrl or ⌘ Enter runs it, Ctrl Space completes.",
  empty: {
    title: "Everything that was logged is a table here",
    text: "Write a SELECT above, or begin with a question:",
  },
  moreQuestions: (count: number) => `All ${formatCount(count)} questions are under Questions.`,
  problem,
};
