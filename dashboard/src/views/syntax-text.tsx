/** Text in the colours of its syntax: as it is at once, and coloured when it comes near the screen. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { spansOf } from "../model/syntax.ts";
import { createSyntax, type Syntax } from "../state/syntax.ts";
import { whenNear } from "./near.tsx";

/** The syntax of a text by the name of its file, while the component is shown. */
export function useSyntax(path: string, text: string): Syntax {
  const syntax = useMemo(() => createSyntax(path, text), [path, text]);
  useEffect(() => syntax.dispose, [syntax]);
  return syntax;
}

/** What may scroll a text past the eye: the box of a file, else the page. */
const SCROLLERS = ".numbered, #main";

interface SyntaxTextProps {
  readonly syntax: Syntax;
  /** The part of its text that is shown. */
  readonly from: number;
  readonly to: number;
}

export function SyntaxText({ syntax, from, to }: SyntaxTextProps) {
  const [isNear, setNear] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const marks = syntax.marks.value;
  const isKnown = marks !== null;
  useEffect(() => {
    const element = box.current;
    if (!isKnown || !element) return;
    return whenNear(element, element.closest(SCROLLERS), () => setNear(true));
  }, [isKnown]);
  return (
    <span ref={box}>
      {marks && isNear
        ? spansOf(syntax.text, marks, from, to).map(({ text, kind }, i) =>
            kind ? (
              <span key={i} class={`syntax-${kind}`}>
                {text}
              </span>
            ) : (
              text
            ),
          )
        : syntax.text.slice(from, to)}
    </span>
  );
}
