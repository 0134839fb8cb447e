/** What a submitted run was submitted with, and what its script left behind. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { formatCount, formatNumber } from "../base/format.ts";
import { formatDuration, secondsUs } from "../base/time.ts";
import { attemptCount, commandText, type Job, requirementsOf } from "../model/job.ts";
import type { Run } from "../model/run.ts";
import { SNAPSHOT_PROPERTY } from "../model/snapshot.ts";
import { createJob } from "../state/job.ts";
import { hrefOf } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, CopyButton, Problem, Section, Skeleton } from "./bits.tsx";
import { Fact } from "./run-facts.tsx";

export function RunJob({ run }: { run: Run }) {
  const { runId } = run;
  const data = useMemo(() => createJob(runId), [runId]);
  useEffect(() => data.dispose, [data]);
  const { value: job, error } = data.job.state.value;
  return (
    <Section title={S.job.title}>
      {error && <Problem error={error} retry={data.job.refresh} />}
      {!job && !error && <Skeleton rows={4} />}
      {job && (
        <>
          <Command words={job.command} />
          <Facts run={run} job={job} attempts={attemptCount(data.states.state.value.value ?? [])} />
        </>
      )}
    </Section>
  );
}

function Command({ words }: { words: readonly string[] }) {
  const text = commandText(words);
  return (
    <div class="code job-command">
      <pre>{text}</pre>
      <CopyButton text={text} label={S.job.copyCommand} />
    </div>
  );
}

function Facts({ run, job, attempts }: { run: Run; job: Job; attempts: number }) {
  const { exit_code: exitCode, signal } = run.error ?? {};
  const { variables } = job;
  return (
    <dl class="facts">
      <Fact name={S.job.exitCode} value={exitCode !== undefined && String(exitCode)} />
      <Fact name={S.job.signal} value={signal !== undefined && String(signal)} />
      <Fact name={S.job.target} value={<a href={hrefOf({ kind: "compute" })}>{job.target}</a>} />
      <Fact name={S.job.priority} value={formatNumber(job.priority)} />
      <Fact name={S.job.submitted} value={<Ago at={job.submittedUs} />} />
      <Fact name={S.job.attempts} value={attempts > 1 && formatCount(attempts)} />
      <Fact
        name={S.job.limit}
        value={job.durationSMax !== null && formatDuration(secondsUs(job.durationSMax))}
      />
      <Fact name={S.job.environment} value={<Environment environment={job.environment} />} />
      <Fact
        name={S.job.variables}
        value={Object.keys(variables).length > 0 && <Variables values={variables} />}
      />
      <Fact name={S.job.source} value={job.source && <code>{job.source}</code>} />
      <Fact
        name={S.job.code}
        value={
          SNAPSHOT_PROPERTY in run.properties && (
            <a href={hrefOf({ kind: "run", runId: run.runId, tab: "code" })}>{S.job.files}</a>
          )
        }
      />
    </dl>
  );
}

function Environment({ environment }: Pick<Job, "environment">) {
  const { kind, name, python } = environment;
  const packages = requirementsOf(environment);
  const version = typeof python === "string" ? python : null;
  return (
    <>
      {typeof name === "string" && name !== "" && <>{name}, </>}
      {S.job.kinds[String(kind)] ?? String(kind ?? "–")}
      {version !== null && (
        <div>{version.includes("/") ? <code>{version}</code> : S.job.python(version)}</div>
      )}
      {packages.length > 0 && (
        <Folded summary={S.job.packages(packages.length)}>
          <pre>{packages.join("\n")}</pre>
        </Folded>
      )}
    </>
  );
}

function Variables({ values }: { values: Job["variables"] }) {
  return (
    <pre class="job-variables">
      {Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n")}
    </pre>
  );
}

function Folded({ summary, children }: { summary: string; children: ComponentChildren }) {
  return (
    <details>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
