/** Which columns the runs table has. */
import { configKeys } from "../model/columns.ts";
import { setView } from "../state/router.ts";
import type { RunsList } from "../state/runs-list.ts";
import { S } from "../strings.ts";

const AGGREGATES = ["last", "min", "max"] as const;

export function ColumnsMenu({ list }: { list: RunsList }) {
  const chosen = list.columns.value.map((column) => column.id);
  const toggle = (id: string) =>
    setView({
      columns: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id],
    });
  const keys = configKeys(list.runs.value);
  const names = list.metricNames.value;
  return (
    <details class="menu">
      <summary>{S.columns.title}</summary>
      <div class="menu-body">
        {keys.length > 0 && <h3>{S.config}</h3>}
        {keys.map((key) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={chosen.includes(`config.${key}`)}
              onChange={() => toggle(`config.${key}`)}
            />
            {key}
          </label>
        ))}
        {names.length > 0 && <h3>{S.metrics}</h3>}
        {names.map((name) => (
          <div class="menu-row" key={name}>
            <span title={name}>{name}</span>
            {AGGREGATES.map((aggregate) => {
              const id = `metrics.${name}.${aggregate}`;
              return (
                <label key={aggregate}>
                  <input
                    type="checkbox"
                    aria-label={`${name} ${aggregate}`}
                    checked={chosen.includes(id)}
                    onChange={() => toggle(id)}
                  />
                  {aggregate}
                </label>
              );
            })}
          </div>
        ))}
        {keys.length === 0 && names.length === 0 && <p class="quiet">{S.noColumns}</p>}
      </div>
    </details>
  );
}
