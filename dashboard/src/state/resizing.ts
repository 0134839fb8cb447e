/** The column whose edge is being dragged: the address takes the width when it is let go. */
import { signal } from "@preact/signals";

export const resizing = signal<{ readonly id: string; readonly width: number } | null>(null);
