/** Which config keys a quantity goes with, one key at a time. */
import { dimensionTitle, flatKeys, parseDimension } from "../model/dimensions.ts";
import { parameterName } from "../model/parameters.ts";
import { associations } from "../model/ranks.ts";
import { setCompare } from "../state/compare.ts";
import { S } from "../strings.ts";
import type { Plotted } from "./compare-parameters.tsx";

const SHOWN_MAX = 20;

export function Associations({ plotted, target }: { plotted: Plotted; target: string }) {
  const { runs, isIn, axisOf } = plotted;
  const inside = <T,>(values: readonly T[]) => values.filter((_, i) => isIn[i]);
  const columns = flatKeys(runs).map((key) => ({
    key,
    values: inside(axisOf(`config.${key}`).values),
  }));
  const all = associations(columns, inside(axisOf(target).values));
  const told = all.filter(({ value }) => value !== null);
  const dimension = parseDimension(target);
  const title = dimension ? dimensionTitle(dimension) : target;
  return (
    <article class="card associations">
      <header>
        <h2>{S.compare.associated(title)}</h2>
      </header>
      {told.length === 0 ? (
        <p class="card-text">{S.compare.noAssociation}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{S.config}</th>
              <th class="number">{S.compare.strength}</th>
              <th />
              <th class="number">n</th>
            </tr>
          </thead>
          <tbody>
            {told.slice(0, SHOWN_MAX).map(({ key, n, value, measure }) => (
              <tr key={key}>
                <td>
                  <button
                    type="button"
                    class="link"
                    title={S.compare.plotKey(parameterName(key))}
                    onClick={() => setCompare({ scatterX: `config.${key}` })}
                  >
                    {parameterName(key)}
                  </button>
                </td>
                <td class="number" title={S.compare.measures[measure]}>
                  {S.compare.measured(measure, value ?? 0)}
                </td>
                <td class="strength">
                  <span style={{ width: `${100 * Math.abs(value ?? 0)}%` }} />
                </td>
                <td class="number quiet">{n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {told.length > SHOWN_MAX && <p class="card-text">{S.andMore(told.length - SHOWN_MAX)}</p>}
      <p class="caption card-text">
        {S.compare.associationIs}
        {all.length > told.length && ` ${S.compare.unsaid(all.length - told.length)}`}
      </p>
    </article>
  );
}
