/** The syntax of a text that is shown. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { askMarks } from "../api/syntax.ts";
import { languageOf, lineStarts, type Marks } from "../model/syntax.ts";

export interface Syntax {
  readonly text: string;
  /** Where each line of the text starts. */
  readonly starts: readonly number[];
  /** Null until it is known, and for ever where the text is shown as it is. */
  readonly marks: ReadonlySignal<Marks | null>;
  readonly dispose: () => void;
}

/** The syntax of a text by the name of its file. */
export function createSyntax(path: string, text: string): Syntax {
  const marks = signal<Marks | null>(null);
  const language = languageOf(path, text);
  const dispose = language ? askMarks(text, language, (found) => (marks.value = found)) : () => {};
  return { text, starts: lineStarts(text), marks, dispose };
}
