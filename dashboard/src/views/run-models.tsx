/** The versions of models that a run registered. */
import { useEffect, useMemo } from "preact/hooks";
import { createModelsOfRun } from "../state/models.ts";
import { S } from "../strings.ts";
import { Section } from "./bits.tsx";
import { ModelLink, StageMark } from "./model-bits.tsx";

export function RunModels({ runId }: { runId: string }) {
  const models = useMemo(() => createModelsOfRun(runId), [runId]);
  useEffect(() => models.dispose, [models]);
  const items = models.state.value.value?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={S.models.title}>
      <ul class="run-models">
        {items.map((version) => (
          <li key={`${version.workspace}/${version.id}`}>
            <ModelLink version={version} text={version.id} />
            {version.stage && <StageMark stage={version.stage} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}
