/** A line of a log as it looked in its terminal. */
import type { ThemeName } from "../base/color.ts";
import { markSpans, parseAnsi, type Span } from "../model/ansi.ts";
import { ansiLook } from "../model/ansi-look.ts";
import { type LogQuery, matchRanges } from "../model/log-search.ts";

interface LogTextProps {
  readonly line: string;
  readonly theme: ThemeName;
  readonly query?: LogQuery;
}

/** With a query, what it finds in the line is marked. */
export function LogText({ line, theme, query }: LogTextProps) {
  const spans = parseAnsi(line);
  const text = query ? spans.map((span) => span.text).join("") : "";
  const shown = query ? markSpans(spans, matchRanges(text, query)) : spans;
  return (
    <>
      {shown.map((span, i) => (
        <SpanText key={i} span={span} theme={theme} />
      ))}
    </>
  );
}

function SpanText({ span, theme }: { span: Span; theme: ThemeName }) {
  const { text, style, marked } = span;
  if (marked) return <mark>{text}</mark>;
  const look = ansiLook(style, theme);
  const names = ["bold", "dim", "italic", "underline", "strike"] as const;
  const classes = names.filter((name) => style[name]).map((name) => `ansi-${name}`);
  if (classes.length === 0 && look.color === undefined) return <>{text}</>;
  return (
    <span class={classes.join(" ") || undefined} style={{ ...look }}>
      {text}
    </span>
  );
}
