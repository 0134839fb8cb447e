/** Every model, with its newest version, its stages, and the run that it comes from. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { DEFAULT_WORKSPACE, type ModelVersion, stagesOf } from "../model/models.ts";
import { createModels } from "../state/models.ts";
import { goTo, setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Problem, Skeleton } from "./bits.tsx";
import { ModelLink, RunLink, StageMark } from "./model-bits.tsx";

const SEARCH_DELAY_MS = 200;

export function ModelsPage() {
  const list = useMemo(() => createModels(() => view.peek().search), []);
  useEffect(() => list.dispose, [list]);
  useEffect(() => {
    document.title = S.title(S.models.title);
  }, []);
  const { search } = view.value;
  const { value, error } = list.state.value;
  const isAny = value !== null && (value.items.length > 0 || search !== "");
  const asked = useRef(search);
  useEffect(() => {
    if (asked.current === search) return;
    asked.current = search;
    const timer = setTimeout(list.refresh, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [list, search]);
  return (
    <div class="page narrow">
      <div class="page-head">
        <h1>{S.models.title}</h1>
        {isAny && (
          <input
            type="search"
            aria-label={S.models.search}
            placeholder={S.models.search}
            value={search}
            onInput={(event) => setView({ search: event.currentTarget.value })}
          />
        )}
      </div>
      {error && <Problem error={error} retry={list.refresh} />}
      {!value && !error && <Skeleton rows={6} height={36} />}
      {value && !isAny && <Empty {...S.models.nothing} />}
      {value && isAny && value.items.length === 0 && (
        <Empty title={S.models.nothingFound(search)} />
      )}
      {value && value.items.length > 0 && <ModelsTable models={value.items} />}
      {value?.nextCursor && <p class="caption">{S.models.firstShown(value.items.length)}</p>}
    </div>
  );
}

function ModelsTable({ models }: { models: readonly ModelVersion[] }) {
  return (
    <div class="wide-table">
      <table class="plain experiments models">
        <thead>
          <tr>
            <th>{S.models.columns.name}</th>
            <th class="number">{S.models.columns.version}</th>
            <th>{S.models.columns.stage}</th>
            <th>{S.models.columns.run}</th>
            <th class="number">{S.models.columns.size}</th>
            <th>{S.models.columns.registered}</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelRow key={`${model.workspace}/${model.name}`} model={model} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ModelRow({ model }: { model: ModelVersion }) {
  const { name, workspace } = model;
  return (
    <tr
      onClick={(event) => {
        // A link inside goes where it leads by itself.
        const onLink = (event.target as Element).closest("a") !== null;
        if (!onLink) goTo({ kind: "model", name, workspace });
      }}
    >
      <td>
        <ModelLink version={model} text={name} toNewest />{" "}
        {workspace !== DEFAULT_WORKSPACE && (
          <span class="quiet">{S.models.workspace(workspace)}</span>
        )}
      </td>
      <td class="number" title={S.models.versions(model.versionCount)}>
        {model.version}
      </td>
      <td class="tags">
        {stagesOf(model).map(([stage, version]) => (
          <StageMark
            key={stage}
            stage={S.models.inStage(stage, version)}
            title={S.models.inStageTitle(stage, version)}
          />
        ))}
      </td>
      <td>
        <RunLink runId={model.runId} />
      </td>
      <td class="number">{formatBytes(model.sizeBytes)}</td>
      <td>
        <Ago at={model.createdUs} />
      </td>
    </tr>
  );
}
