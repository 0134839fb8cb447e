/** Every compute target: what runs on it, and what waits for it in which order. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatCount, formatNumber } from "../base/format.ts";
import { durationUs, type EpochUs, formatDuration, formatInstant } from "../base/time.ts";
import { isWaiting, type TargetLoad, type TargetRun } from "../model/job.ts";
import { now } from "../state/clock.ts";
import { createCompute } from "../state/compute.ts";
import { hrefOf } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton, StatusMark } from "./bits.tsx";
import { CancelButton } from "./run-actions.tsx";

export function ComputePage() {
  const data = useMemo(createCompute, []);
  useEffect(() => data.dispose, [data]);
  useEffect(() => {
    document.title = S.title(S.compute.title);
  }, []);
  const targets = data.targets.value;
  const error = data.error.value;
  return (
    <div class="page narrow compute">
      <h1>{S.compute.title}</h1>
      {error && <Problem error={error} retry={data.refresh} />}
      {!targets && !error && <Skeleton rows={8} height={36} />}
      {targets?.length === 0 && <Empty {...S.compute.nothing} />}
      {targets?.map((load) => (
        <Target key={load.name} load={load} />
      ))}
    </div>
  );
}

/** Runs that wait and are drawn at first; more are asked for. */
const SHOWN_MAX = 100;

function Target({ load }: { load: TargetLoad }) {
  const { name, active, queued } = load;
  const [limit, setLimit] = useState(SHOWN_MAX);
  const shown = queued.slice(0, limit);
  return (
    <section class="section target" aria-label={name}>
      <header>
        <h2>{name}</h2>
        <span class="count">
          {S.compute.active(active.length)} · {S.compute.queued(queued.length)}
        </span>
      </header>
      {active.length + queued.length === 0 ? (
        <p class="quiet">{S.compute.idle}</p>
      ) : (
        <table class="plain load" aria-label={S.compute.runsOf(name)}>
          <thead>
            <tr>
              <th class="wide-only">{S.compute.columns.status}</th>
              <th>{S.compute.columns.run}</th>
              <th class="wide-only">{S.compute.columns.experiment}</th>
              <th class="wide-only">{S.compute.columns.user}</th>
              <th class="number wide-only">{S.compute.columns.priority}</th>
              <th class="number">{S.compute.columns.since}</th>
              <th aria-label={S.edits.cancel} />
            </tr>
          </thead>
          <tbody>
            {active.map((run) => (
              <Row key={run.runId} run={run} place={null} />
            ))}
            {shown.map((run, i) => (
              <Row key={run.runId} run={run} place={i + 1} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length < queued.length && (
        <button type="button" class="more" onClick={() => setLimit(limit + 10 * SHOWN_MAX)}>
          {S.compute.more(queued.length - shown.length)}
        </button>
      )}
    </section>
  );
}

function Row({ run, place }: { run: TargetRun; place: number | null }) {
  return (
    <tr>
      <td class="wide-only">
        <StatusMark status={run.status} />
        {place !== null && <Place place={place} />}
      </td>
      <td class="load-run">
        <a href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })} title={run.name}>
          {run.name}
        </a>
        <span class="narrow-only">
          <StatusMark status={run.status} />
          {place !== null && <Place place={place} />}
          {run.priority !== 0 && (
            <span class="quiet">{S.compute.priority(formatNumber(run.priority))}</span>
          )}
        </span>
      </td>
      <td class="wide-only cut" title={run.experiment}>
        <a href={hrefOf({ kind: "runs", experiment: run.experiment })}>{run.experiment}</a>
      </td>
      <td class="wide-only cut">{run.user ?? <span class="quiet">–</span>}</td>
      <td class="number wide-only">{formatNumber(run.priority)}</td>
      <td class="number">
        <Since run={run} />
      </td>
      <td class="load-actions">
        <CancelButton run={run} />
      </td>
    </tr>
  );
}

function Place({ place }: { place: number }) {
  return (
    <span class="place" title={S.compute.place(place)}>
      {formatCount(place)}
    </span>
  );
}

/** For how long it runs, or waits. */
function Since({ run }: { run: TargetRun }) {
  const at = run.startedUs ?? run.submittedUs;
  if (at === null) return <span class="quiet">–</span>;
  return <time title={sinceTitle(run, at)}>{formatDuration(durationUs(at, now.value))}</time>;
}

function sinceTitle(run: TargetRun, at: EpochUs): string {
  const instant = formatInstant(at);
  if (run.startedUs !== null) return S.compute.startedAt(instant);
  return isWaiting(run.status) ? S.compute.waitsSince(instant) : S.compute.takenSince(instant);
}
