/** A metric of which each run has one value: as bars, because lines of one point say nothing. */
import { SERIES_COLORS } from "../base/color.ts";
import type { LinePlan } from "../model/lines.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Bars } from "./bars.tsx";

interface ValuesCardProps {
  readonly metric: string;
  readonly values: readonly { readonly plan: LinePlan; readonly value: number }[];
}

export function ValuesCard({ metric, values }: ValuesCardProps) {
  const most = Math.max(...values.map(({ value }) => Math.abs(value)).filter(Number.isFinite));
  return (
    <article class="card chart">
      <header>
        <h3 title={metric}>{metric}</h3>
        <span class="note">{S.valuesOf}</span>
      </header>
      <Bars
        max={values.length}
        bars={values.map(({ plan, value }) => ({
          id: plan.id,
          text: plan.label,
          share: most > 0 && Number.isFinite(value) ? Math.abs(value) / most : 0,
          value,
          color: SERIES_COLORS[theme.value][plan.colorIndex],
        }))}
      />
    </article>
  );
}
