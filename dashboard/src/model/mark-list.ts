/** Marks, as a parser finds them. */
import { type Marks, SYNTAX_KINDS, type SyntaxKind } from "./syntax.ts";

export class MarkList {
  readonly #marks: number[] = [];

  /** In order, and without overlap. Neighbours of one kind become one stretch. */
  put(from: number, to: number, kind: SyntaxKind): void {
    const index = SYNTAX_KINDS.indexOf(kind);
    const last = this.#marks.length - 3;
    const continues = last >= 0 && this.#marks[last + 1] === from;
    if (continues && this.#marks[last + 2] === index) this.#marks[last + 1] = to;
    else this.#marks.push(from, to, index);
  }

  done(): Marks {
    return Uint32Array.from(this.#marks);
  }
}
