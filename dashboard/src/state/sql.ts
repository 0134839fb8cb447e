/** The SQL page: a statement, its parameters, and what it answered. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ApiError } from "../api/client.ts";
import {
  cancelStatement,
  listTables,
  readFile,
  runStatement,
  type SqlFileFormat,
  type Statement,
} from "../api/sql.ts";
import { parseCookbook } from "../model/cookbook.ts";
import type { SqlAnswer, SqlTable } from "../model/sql.ts";
import { boundValues } from "../model/sql-parameters.ts";
import COOKBOOK from "./cookbook.sql?raw";
import { createResource, type Resource, toError } from "./resource.ts";
import { setView, view } from "./router.ts";
import { remember } from "./sql-history.ts";

export const RECIPES = parseCookbook(COOKBOOK);

export interface Answered {
  /** Another one for each answer. */
  readonly key: string;
  readonly statement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly answer: SqlAnswer;
}

export interface SqlPage {
  readonly statement: Signal<string>;
  readonly typed: Signal<Readonly<Record<string, string>>>;
  readonly tables: Resource<readonly SqlTable[]>;
  /** The last answer; it stays in view until there is another one. */
  readonly answered: ReadonlySignal<Answered | null>;
  /** What the last statement failed with, and that statement. */
  readonly failed: ReadonlySignal<{ readonly statement: string; readonly error: Error } | null>;
  readonly isRunning: ReadonlySignal<boolean>;
  readonly isCanceling: ReadonlySignal<boolean>;
  readonly runningMs: ReadonlySignal<number>;
  readonly run: () => void;
  readonly cancel: () => void;
  readonly file: (format: SqlFileFormat) => Promise<Blob>;
  readonly dispose: () => void;
}

const TICK_MS = 100;
const ADDRESS_DELAY_MS = 300;

/** What was in the editor when the page was left, for when it is opened again. */
let left: Pick<View, "sql" | "parameters"> = { sql: "", parameters: {} };

type View = typeof view.value;

export function createSqlPage(): SqlPage {
  // An address that says something fills the editor and runs nothing: the link may be anybody's.
  const start = view.peek().sql ? view.peek() : left;
  const statement = signal(start.sql);
  const typed = signal(start.parameters);
  const tables = createResource(() => listTables());
  const answered = signal<Answered | null>(null);
  const failed = signal<{ statement: string; error: Error } | null>(null);
  const running = signal<{ id: string; ending: AbortController } | null>(null);
  const isCanceling = signal(false);
  const runningMs = signal(0);
  let tick: ReturnType<typeof setInterval> | undefined;

  const sent = (): Statement => ({
    query: statement.peek(),
    parameters: boundValues(statement.peek(), typed.peek()),
    queryId: newQueryId(),
  });

  const run = async () => {
    if (running.peek() || !statement.peek().trim()) return;
    const asked = sent();
    const ending = new AbortController();
    const startedMs = performance.now();
    batch(() => {
      running.value = { id: asked.queryId, ending };
      runningMs.value = 0;
      isCanceling.value = false;
      failed.value = null;
    });
    tick = setInterval(() => {
      runningMs.value = performance.now() - startedMs;
    }, TICK_MS);
    remember({ statement: asked.query, parameters: asked.parameters, ranMs: Date.now() });
    try {
      const answer = await runStatement(asked, ending.signal);
      const { queryId: key, query, parameters } = asked;
      answered.value = { key, statement: query, parameters, answer };
    } catch (problem) {
      const error = ending.signal.aborted ? canceled() : toError(problem);
      failed.value = { statement: asked.query, error };
    }
    clearInterval(tick);
    running.value = null;
  };

  const cancel = async () => {
    const current = running.peek();
    if (!current || isCanceling.peek()) return;
    isCanceling.value = true;
    // One that the server does not know is not begun or is over: then there is nobody to wait for.
    await cancelStatement(current.id).catch(() => current.ending.abort());
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopFollowing = computed(() => [statement.value, typed.value] as const).subscribe(
    ([sql, parameters]) => {
      clearTimeout(timer);
      // Browsers refuse addresses that change with every letter.
      timer = setTimeout(() => setView({ sql, parameters }), ADDRESS_DELAY_MS);
    },
  );

  return {
    statement,
    typed,
    tables,
    answered,
    failed,
    isRunning: computed(() => running.value !== null),
    isCanceling,
    runningMs,
    run,
    cancel,
    file: (format) => {
      const last = answered.peek();
      if (!last) return Promise.reject(new ApiError(400, "usage", "nothing was answered yet"));
      const { statement: query, parameters } = last;
      const asked = { query, parameters, queryId: newQueryId() };
      return readFile(asked, format, new AbortController().signal);
    },
    dispose: () => {
      left = { sql: statement.peek(), parameters: typed.peek() };
      clearTimeout(timer);
      clearInterval(tick);
      stopFollowing();
      if (running.peek()) cancel();
      tables.dispose();
    },
  };
}

/** As the server says it, of a statement that it did not know when it was canceled. */
function canceled(): Error {
  return new ApiError(
    409,
    "sql-canceled",
    "The statement was canceled: run it again, or change it",
  );
}

/** `crypto.randomUUID` is not there on a page that came without TLS from another machine. */
function newQueryId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
