/** Small things that every page uses. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { formatCell, fullText } from "../base/format.ts";
import { type EpochUs, formatAgo, formatDuration, formatInstant } from "../base/time.ts";
import { shownTags } from "../model/edits.ts";
import { type Run, runDuration, statusLook } from "../model/run.ts";
import { now } from "../state/clock.ts";
import { isOutage, whenBack } from "../state/outage.ts";
import { S } from "../strings.ts";

export function StatusMark({ status, reason }: { status: string; reason?: string | null }) {
  const { tone, icon } = statusLook(status);
  return (
    <span class={`status status-${tone}`} title={reason ?? undefined}>
      <span class="status-icon" aria-hidden="true">
        {icon}
      </span>
      {S.status[status] ?? status}
    </span>
  );
}

export function Ago({ at }: { at: EpochUs | null }) {
  if (at === null) return <span class="quiet">–</span>;
  return <time title={formatInstant(at)}>{formatAgo(at, now.value)}</time>;
}

export function Duration({ run }: { run: Run }) {
  const length = runDuration(run, now.value);
  return <span>{length === null ? "–" : formatDuration(length)}</span>;
}

/** A value as logged: short on the page, whole in the tooltip. */
export function Value({ of }: { of: unknown }) {
  const text = formatCell(of);
  const full = fullText(of);
  return <span title={full === text ? undefined : full}>{text}</span>;
}

export function Swatch({ color }: { color: string }) {
  return <span class="swatch" style={{ background: color }} aria-hidden="true" />;
}

export function Tags({ tags }: { tags: Readonly<Record<string, string | null>> }) {
  return (
    <>
      {shownTags(tags).map(([key, value]) => (
        <span class="tag" key={key} title={value ? `${key}: ${value}` : key}>
          {value ? `${key}: ${value}` : key}
        </span>
      ))}
    </>
  );
}

export function Empty(props: { title: string; text?: string; code?: string }) {
  return (
    <div class="empty">
      <p class="empty-title">{props.title}</p>
      {props.text && <p>{props.text}</p>}
      {props.code && <Code text={props.code} />}
    </div>
  );
}

export function Code({ text }: { text: string }) {
  return (
    <div class="code">
      <pre>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}

export function CopyButton(props: { text: string; label?: string; title?: string }) {
  const { text, label, title } = props;
  const copy = (event: MouseEvent) => {
    const button = event.currentTarget as HTMLButtonElement;
    navigator.clipboard?.writeText(text).then(() => {
      button.dataset.done = "yes";
      setTimeout(() => delete button.dataset.done, 1200);
    });
  };
  return (
    <button
      type="button"
      class="copy"
      onClick={copy}
      title={label ?? S.copy}
      aria-label={label ?? S.copy}
    >
      {title ?? S.copy}
    </button>
  );
}

/** What went wrong, what to do, and a way to try again, which a server that is back takes by itself. */
export function Problem({ error, retry }: { error: Error; retry?: () => void }) {
  const { title, advice } = S.problem(error);
  const goesOn = retry !== undefined && isOutage(error);
  useEffect(() => (goesOn ? whenBack(retry) : undefined), [error]);
  return (
    <div class="problem" role="alert">
      <p class="problem-title">{title}</p>
      <p>
        {advice} {goesOn && S.goesOn}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          {S.retry}
        </button>
      )}
    </div>
  );
}

/** Grey bars of the size of what will stand there. */
export function Skeleton({ rows, height = 28 }: { rows: number; height?: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} style={{ height: `${height - 8}px` }} />
      ))}
    </div>
  );
}

export function Section(props: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="section">
      <header>
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}
