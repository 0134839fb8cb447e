/** Every experiment, the one with the newest run first. */
import { useEffect, useMemo } from "preact/hooks";
import { formatCount } from "../base/format.ts";
import { createExperiments } from "../state/experiments.ts";
import { goTo, hrefOf } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Problem, Skeleton } from "./bits.tsx";

export function ExperimentsPage() {
  const list = useMemo(createExperiments, []);
  useEffect(() => list.dispose, [list]);
  useEffect(() => {
    document.title = S.title(S.experiments);
  }, []);
  const { value, error } = list.state.value;
  return (
    <div class="page narrow">
      <h1>{S.experiments}</h1>
      {error && <Problem error={error} retry={list.refresh} />}
      {!value && !error && <Skeleton rows={6} height={36} />}
      {value && value.items.length === 0 && (
        <Empty
          title={S.noExperiments.title}
          text={S.noExperiments.text}
          code={S.noExperiments.code}
        />
      )}
      {value && value.items.length > 0 && (
        <table class="plain experiments">
          <thead>
            <tr>
              <th>{S.columns.name}</th>
              <th class="number">{S.columns.runs}</th>
              <th>{S.columns.running}</th>
              <th>{S.columns.lastRun}</th>
            </tr>
          </thead>
          <tbody>
            {value.items.map((one) => (
              <tr
                key={`${one.workspace}/${one.name}`}
                onClick={(event) => {
                  // The link inside goes there by itself.
                  const onLink = (event.target as Element).closest("a") !== null;
                  if (!onLink) goTo({ kind: "runs", experiment: one.name });
                }}
              >
                <td>
                  <a href={hrefOf({ kind: "runs", experiment: one.name })}>{one.name}</a>
                </td>
                <td class="number">{formatCount(one.runCount)}</td>
                <td>
                  {one.runningCount > 0 ? (
                    <span class="status status-active">
                      <span class="status-icon" aria-hidden="true">
                        ◐
                      </span>
                      {S.runningCount(one.runningCount)}
                    </span>
                  ) : (
                    <span class="quiet">–</span>
                  )}
                </td>
                <td>
                  <Ago at={one.lastCreatedUs} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
