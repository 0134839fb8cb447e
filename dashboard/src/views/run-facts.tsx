/** What is known about a run beside its numbers: when, who, where, with what. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { type EpochUs, formatDuration, formatInstant } from "../base/time.ts";
import { shownTags } from "../model/edits.ts";
import { isSubmitted } from "../model/job.ts";
import { phasesOf } from "../model/phases.ts";
import { type Run, statusLook } from "../model/run.ts";
import { now } from "../state/clock.ts";
import { hrefOf } from "../state/router.ts";
import { createOneRun, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Ago, Section, Tags, Value } from "./bits.tsx";
import { JsonTree } from "./json-tree.tsx";
import { lazily } from "./lazily.tsx";
import { RunOrigin } from "./run-origin.tsx";

const RunJob = lazily(() => import("./run-job.tsx").then((part) => part.RunJob));

import { RunModels } from "./run-models.tsx";

export function RunFacts({ data, run }: { data: RunPage; run: Run }) {
  return (
    <div class="run-facts">
      <Section title={S.run.timeline}>
        <Timeline data={data} run={run} />
      </Section>
      {isSubmitted(run) && <RunJob key={run.runId} run={run} />}
      <Section title={S.run.details}>
        <dl class="facts">
          <Fact name={S.run.user} value={run.user} />
          <Fact name={S.run.host} value={run.host} />
          <Fact name={S.run.target} value={!isSubmitted(run) && run.target} />
          <Fact name={S.run.type} value={run.runType} />
          <Fact name={S.run.number} value={run.number || null} />
          <Fact name={S.run.parent} value={run.parentId && <ParentLink id={run.parentId} />} />
          <Fact name={S.tabs.children} value={run.childCount > 0 && <ChildrenLink run={run} />} />
          <Fact name={S.run.seen} value={<Instant at={run.seenUs} />} />
        </dl>
      </Section>
      <RunModels runId={run.runId} />
      <RunOrigin data={data} run={run} />
      {Object.keys(run.config).length > 0 && (
        <Section title={S.config}>
          <JsonTree value={run.config} label={S.config} openDepth={2} />
        </Section>
      )}
      {shownTags(run.tags).length > 0 && (
        <Section title={S.run.tags}>
          <p class="tags">
            <Tags tags={run.tags} />
          </p>
        </Section>
      )}
      {Object.keys(run.properties).length > 0 && (
        <Section title={S.run.properties}>
          <JsonTree value={run.properties} label={S.run.properties} openDepth={1} />
        </Section>
      )}
    </div>
  );
}

/** Every state, who brought the run into it, and how long it lasted. */
function Timeline({ data, run }: { data: RunPage; run: Run }) {
  const states = data.states.state.value.value ?? [];
  return (
    <ol class="timeline">
      {phasesOf(run, states, now.value).map(({ status, at, length, isNow, by, reason }, i) => (
        <li key={i} class={`status-${statusLook(status ?? "NotStarted").tone}`}>
          <span class="timeline-mark" aria-hidden="true" />
          <span class="timeline-what">
            {status === null ? S.run.created : (S.status[status] ?? status)}
            {by && <span class="quiet"> {S.runPage.by(by)}</span>}
          </span>
          <span>
            <Instant at={at} />
          </span>
          {length !== null && (
            <span class="quiet number">
              {formatDuration(length)}
              {isNow && ` ${S.runPage.soFar}`}
            </span>
          )}
          {reason && <span class="timeline-reason quiet">{reason}</span>}
        </li>
      ))}
    </ol>
  );
}

/** A name with its value; a value of nothing is left out. */
export function Fact(props: { name: string; value: ComponentChildren }) {
  if (props.value === null || props.value === false || props.value === "") return null;
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Instant({ at }: { at: EpochUs | null }) {
  if (at === null) return <span class="quiet">–</span>;
  return (
    <>
      {formatInstant(at)}{" "}
      <span class="quiet">
        (<Ago at={at} />)
      </span>
    </>
  );
}

/** The parent by its name, once that is known. */
export function ParentLink({ id }: { id: string }) {
  const parent = useMemo(() => createOneRun(id), [id]);
  useEffect(() => parent.dispose, [parent]);
  return (
    <a href={hrefOf({ kind: "run", runId: id, tab: "overview" })}>
      <Value of={parent.state.value.value?.name ?? id} />
    </a>
  );
}

function ChildrenLink({ run }: { run: Run }) {
  return (
    <a href={hrefOf({ kind: "run", runId: run.runId, tab: "children" })}>
      {S.childCount(run.childCount)}
    </a>
  );
}
