/** The run under the pointer, wherever that is: its row and its lines stand out together. */
import { signal } from "@preact/signals";

export const hoveredRun = signal<string | null>(null);
