/** What a statement answered: as a table or a chart, and as files. */
import { useState } from "preact/hooks";
import { type DurationUs, formatDuration } from "../base/time.ts";
import { saveFile } from "../chart/save-file.ts";
import { type ChartChoice, proposedChart } from "../model/sql-chart.ts";
import { notify } from "../state/notices.ts";
import { toError } from "../state/resource.ts";
import type { Answered, SqlPage } from "../state/sql.ts";
import { S } from "../strings.ts";
import { SqlChartView } from "./sql-chart.tsx";
import { SqlGrid } from "./sql-grid.tsx";

const US_PER_MS = 1000;
const FORMATS = ["csv", "parquet"] as const;

interface AnswerProps {
  readonly page: SqlPage;
  readonly answered: Answered;
  /** Whether the editor holds another statement by now. */
  readonly isStale: boolean;
}

export function SqlAnswerView({ page, answered, isStale }: AnswerProps) {
  const { answer } = answered;
  const [shown, show] = useState<"table" | "chart">("table");
  const [choice, choose] = useState<ChartChoice | null>(() => proposedChart(answer));
  const took = formatDuration((answer.elapsedMs * US_PER_MS) as DurationUs);
  return (
    <section class="sql-answer" aria-label={S.sql.answer} aria-busy={page.isRunning.value}>
      <div class="sql-tools">
        <fieldset class="segments" aria-label={S.sql.answerViews}>
          {(["table", "chart"] as const).map((kind) => (
            <button
              type="button"
              key={kind}
              aria-pressed={shown === kind}
              onClick={() => show(kind)}
            >
              {S.sql[kind]}
            </button>
          ))}
        </fieldset>
        <span class="number" role="status">
          {S.sql.rows(answer.rowCount)}
          <span class="quiet"> · {S.sql.facts(took, answer.rowsRead, answer.bytesRead)}</span>
        </span>
        <span class="spacer" />
        {FORMATS.map((format) => (
          <SaveButton key={format} page={page} format={format} />
        ))}
      </div>
      {isStale && <p class="caption">{S.sql.stale}</p>}
      {answer.rows.length === 0 && <p class="quiet sql-none">{S.sql.noRows}</p>}
      {answer.rows.length > 0 && shown === "table" && <SqlGrid answer={answer} />}
      {answer.rows.length > 0 && shown === "chart" && (
        <SqlChartView answer={answer} choice={choice} onChoose={choose} />
      )}
    </section>
  );
}

function SaveButton({ page, format }: { page: SqlPage; format: (typeof FORMATS)[number] }) {
  const [isSaving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    try {
      saveFile(await page.file(format), `answer.${format}`);
    } catch (problem) {
      notify({ kind: "refused", error: toError(problem) });
    }
    setSaving(false);
  };
  return (
    <button type="button" disabled={isSaving} title={S.sql.save(S.sql[format])} onClick={save}>
      {isSaving ? S.sql.saving : S.sql[format]}
    </button>
  );
}
