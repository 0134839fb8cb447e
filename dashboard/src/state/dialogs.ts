/** What floats above the page. */
import { signal } from "@preact/signals";

export type DialogKind = "keys" | "palette";

export const openDialog = signal<DialogKind | null>(null);

export function closeDialog(): void {
  openDialog.value = null;
}
