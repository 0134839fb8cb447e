/** An answer drawn: pick x and y. */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { SERIES_COLORS } from "../base/color.ts";
import { kindOf, type SqlAnswer } from "../model/sql.ts";
import {
  BARS_MAX,
  type ChartChoice,
  chartOf,
  LINES_MAX,
  lineCount,
  type SqlChart,
} from "../model/sql-chart.ts";
import { theme } from "../state/theme.ts";
import { S } from "../strings.ts";
import { Bars } from "./bars.tsx";
import { PlainChart } from "./chart-card.tsx";

interface ChartProps {
  readonly answer: SqlAnswer;
  readonly choice: ChartChoice | null;
  readonly onChoose: (choice: ChartChoice) => void;
}

export function SqlChartView({ answer, choice, onChoose }: ChartProps) {
  const chart = useMemo(() => choice && chartOf(answer, choice), [answer, choice]);
  if (!choice || !chart) return <p class="quiet sql-none">{S.sql.noChart}</p>;
  const name = (at: number) => answer.columns[at].name;
  const count = lineCount(answer, choice);
  const note = choice.by !== null && count > LINES_MAX ? S.sql.firstLines(LINES_MAX, count) : "";
  const title = choice.y.map(name).join(", ");
  return (
    <div class="sql-chart">
      <Choices answer={answer} choice={choice} onChoose={onChoose} />
      {note && <p class="caption">{note}</p>}
      <Drawn chart={chart} title={title} xName={name(choice.x)} />
    </div>
  );
}

function Drawn({ chart, title, xName }: { chart: SqlChart; title: string; xName: string }) {
  if (chart.kind === "lines") {
    return <PlainChart title={title} lines={chart.lines} xName={xName} axis={chart.axis} />;
  }
  const most = Math.max(...chart.bars.map(({ value }) => Math.abs(value)).filter(Number.isFinite));
  const color = SERIES_COLORS[theme.value][0];
  return (
    <article class="card chart">
      <header>
        <h3 title={title}>{title}</h3>
        <span class="note">{S.overColumn(xName)}</span>
      </header>
      <Bars
        max={BARS_MAX}
        bars={chart.bars.map(({ text, value }, i) => ({
          id: String(i),
          text,
          value,
          share: most > 0 && Number.isFinite(value) ? Math.abs(value) / most : 0,
          color,
        }))}
      />
    </article>
  );
}

const ALL = "all";
const NONE = "";

function Choices({ answer, choice, onChoose }: ChartProps & { choice: ChartChoice }) {
  const places = answer.columns.map(({ type }, at) => ({ at, kind: kindOf(type) }));
  const numbers = places.flatMap(({ at, kind }) => (kind === "number" ? [at] : []));
  const isBars = kindOf(answer.columns[choice.x].type) === "text";
  const ys = numbers.filter((at) => at !== choice.x);
  const pickX = (x: number) => {
    const left = numbers.filter((at) => at !== x);
    const kept = choice.y.filter((at) => at !== x);
    onChoose({ x, y: kept.length > 0 ? kept : left, by: choice.by === x ? null : choice.by });
  };
  return (
    <div class="sql-tools">
      <Picker label={S.sql.x} value={String(choice.x)} onPick={(value) => pickX(Number(value))}>
        {places.map(({ at }) => (
          <Column key={at} answer={answer} at={at} />
        ))}
      </Picker>
      <Picker
        label={S.sql.y}
        value={choice.y.length > 1 ? ALL : String(choice.y[0])}
        onPick={(value) => {
          if (value === ALL) onChoose({ ...choice, y: ys, by: null });
          else onChoose({ ...choice, y: [Number(value)] });
        }}
      >
        {!isBars && ys.length > 1 && <option value={ALL}>{S.sql.everyColumn}</option>}
        {ys.map((at) => (
          <Column key={at} answer={answer} at={at} />
        ))}
      </Picker>
      {!isBars && (
        <Picker
          label={S.sql.by}
          value={choice.by === null ? NONE : String(choice.by)}
          onPick={(value) => {
            const by = value === NONE ? null : Number(value);
            onChoose({ ...choice, by, y: by === null ? choice.y : choice.y.slice(0, 1) });
          }}
        >
          <option value={NONE}>{S.sql.nothing}</option>
          {places
            .filter(({ at }) => at !== choice.x && !choice.y.includes(at))
            .map(({ at }) => (
              <Column key={at} answer={answer} at={at} />
            ))}
        </Picker>
      )}
    </div>
  );
}

function Picker(props: {
  label: string;
  value: string;
  onPick: (value: string) => void;
  children: ComponentChildren;
}) {
  return (
    <label>
      <span class="quiet">{props.label}</span>
      <select value={props.value} onChange={(event) => props.onPick(event.currentTarget.value)}>
        {props.children}
      </select>
    </label>
  );
}

function Column({ answer, at }: { answer: SqlAnswer; at: number }) {
  return <option value={String(at)}>{answer.columns[at].name}</option>;
}
