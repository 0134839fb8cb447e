/** The statements of this browser, kept in its storage. */
import { signal } from "@preact/signals";
import { type PastStatement, parseHistory, withPast } from "../model/sql-history.ts";

const KEY = "runtide.sql.history";

export const sqlHistory = signal<readonly PastStatement[]>(parseHistory(localStorage.getItem(KEY)));

export function remember(past: PastStatement): void {
  keep(withPast(sqlHistory.peek(), past));
}

export function forgetHistory(): void {
  keep([]);
}

function keep(history: readonly PastStatement[]): void {
  sqlHistory.value = history;
  try {
    localStorage.setItem(KEY, JSON.stringify(history));
  } catch {
    // The storage is full or closed: the history is of this visit.
  }
}
