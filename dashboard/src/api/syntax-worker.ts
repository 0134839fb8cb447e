/** Runs in a worker: parses texts, however long that takes, and hands their marks over. */
import { loadLanguage } from "../model/languages.ts";
import type { Language, Marks } from "../model/syntax.ts";

export interface MarksCall {
  readonly id: number;
  readonly text: string;
  readonly language: Language;
}

export interface MarksAnswer {
  readonly id: number;
  readonly marks: Marks;
}

self.onmessage = async ({ data }: MessageEvent<MarksCall>) => {
  const marks = await marksOf(data);
  self.postMessage({ id: data.id, marks } satisfies MarksAnswer, { transfer: [marks.buffer] });
};

/** No marks where the parser cannot be fetched, or the text is nested deeper than its stack is. */
async function marksOf({ text, language }: MarksCall): Promise<Uint32Array<ArrayBuffer>> {
  try {
    return new Uint32Array((await loadLanguage(language))(text));
  } catch {
    return new Uint32Array();
  }
}
