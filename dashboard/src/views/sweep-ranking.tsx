/** The children of a sweep by their primary metric, the best one marked. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import { DEFAULT_COMPARE } from "../model/compare-view.ts";
import { numbersOf } from "../model/dimensions.ts";
import { type Run, shortName } from "../model/run.ts";
import { type Ranking, rankingOf, type Sweep, type SweepChild, sweepAxes } from "../model/sweep.ts";
import { createChildren } from "../state/children.ts";
import { CHOSEN_MAX } from "../state/compare.ts";
import { hrefOf } from "../state/router.ts";
import { S } from "../strings.ts";
import { Duration, Problem, Section, Skeleton, StatusMark, Value } from "./bits.tsx";

/** Children that are listed at first; more are asked for. */
const SHOWN_MAX = 20;

export function SweepRanking({ run, sweep }: { run: Run; sweep: Sweep }) {
  const { metric, goal } = sweep;
  const children = useMemo(() => createChildren(run.runId, [metric]), [run.runId, metric]);
  useEffect(() => children.dispose, [children]);
  const runs = children.runs.value;
  const ranking = useMemo(
    () => (runs ? rankingOf({ metric, goal }, runs) : null),
    [runs, metric, goal],
  );
  if (children.error.value) {
    return <Problem error={children.error.value} retry={children.refresh} />;
  }
  if (!ranking) return <Skeleton rows={8} />;
  return (
    <Section title={S.sweep.best(metric)} aside={<Compare sweep={sweep} ranking={ranking} />}>
      <p class="caption sweep-note">
        {S.sweep.goals[goal]}
        {ranking.children.every(({ value }) => value === null) && ` · ${S.sweep.noValue}`}
      </p>
      <RankingTable sweep={sweep} ranking={ranking} />
    </Section>
  );
}

/** Exactly these children; of more than can be compared, the best ones. */
function Compare({ sweep, ranking }: { sweep: Sweep; ranking: Ranking }) {
  const runs = ranking.children.slice(0, CHOSEN_MAX).map(({ run }) => run.runId);
  const axes = sweepAxes(sweep, ranking);
  const compare = { ...DEFAULT_COMPARE, runs, axes, color: axes.at(-1) ?? "" };
  return (
    <a class="button" href={hrefOf({ kind: "compare", tab: "parameters" }, { compare })}>
      {runs.length < ranking.children.length
        ? S.sweep.firstCompared(runs.length)
        : S.sweep.compare(runs.length)}
    </a>
  );
}

function RankingTable({ sweep, ranking }: { sweep: Sweep; ranking: Ranking }) {
  const [limit, setLimit] = useState(SHOWN_MAX);
  const { children, parameters } = ranking;
  const looks = parameters.map((name) =>
    numbersOf(children.map((child) => child.parameters.get(name) ?? null)) ? "number" : "",
  );
  return (
    <>
      <section class="wide-table" tabIndex={0} aria-label={S.sweep.best(sweep.metric)}>
        <table class="plain ranking">
          <thead>
            <tr>
              <th class="number">{S.sweep.rank}</th>
              <th>{S.sweep.child}</th>
              <th class="number">{sweep.metric}</th>
              {parameters.map((name, i) => (
                <th key={name} class={`cut ${looks[i]}`} title={name}>
                  {name}
                </th>
              ))}
              <th>{S.sweep.status}</th>
              <th class="number">{S.run.duration}</th>
            </tr>
          </thead>
          <tbody>
            {children.slice(0, limit).map((child, i) => (
              <Row
                key={child.run.runId}
                child={child}
                rank={i + 1}
                parameters={parameters}
                looks={looks}
              />
            ))}
          </tbody>
        </table>
      </section>
      {limit < children.length && (
        <button type="button" class="more" onClick={() => setLimit(limit + 10 * SHOWN_MAX)}>
          {S.sweep.more(children.length - limit)}
        </button>
      )}
    </>
  );
}

interface RowProps {
  readonly child: SweepChild;
  readonly rank: number;
  readonly parameters: readonly string[];
  /** How each parameter is set: numbers stand right. */
  readonly looks: readonly string[];
}

function Row({ child: { run, value, parameters: drawn }, rank, parameters, looks }: RowProps) {
  const isBest = rank === 1 && value !== null;
  return (
    <tr class={isBest ? "best" : undefined}>
      <td class="number">{value === null ? "–" : formatCount(rank)}</td>
      <td class="cut">
        <a href={hrefOf({ kind: "run", runId: run.runId, tab: "overview" })} title={run.name}>
          {shortName(run)}
        </a>
        {isBest && (
          <span class="best-mark" role="img" aria-label={S.sweep.bestMark} title={S.sweep.bestMark}>
            ★
          </span>
        )}
      </td>
      <td class="number strong">
        <Value of={value} />
      </td>
      {parameters.map((name, i) => (
        <td key={name} class={looks[i]}>
          <Value of={drawn.get(name) ?? null} />
        </td>
      ))}
      <td>
        <StatusMark status={run.status} reason={run.statusReason} />
      </td>
      <td class="number">
        <Duration run={run} />
      </td>
    </tr>
  );
}
