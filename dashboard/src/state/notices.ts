/** What the page says for a moment: that something was refused, or done and can be undone. */
import { signal } from "@preact/signals";

export type Notice =
  | { readonly kind: "refused"; readonly error: Error }
  | { readonly kind: "archived"; readonly count: number; readonly archived: boolean }
  | { readonly kind: "deleted"; readonly count: number; readonly deleted: boolean }
  | { readonly kind: "viewDeleted"; readonly name: string };

export interface ShownNotice {
  readonly id: number;
  readonly notice: Notice;
  readonly undo?: () => void;
}

const SHOWN_MS = 8000;
const SHOWN_MAX = 3;

export const notices = signal<readonly ShownNotice[]>([]);
let lastId = 0;

export function notify(notice: Notice, undo?: () => void): void {
  lastId += 1;
  const id = lastId;
  notices.value = [...notices.value, { id, notice, undo }].slice(-SHOWN_MAX);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id);
}
