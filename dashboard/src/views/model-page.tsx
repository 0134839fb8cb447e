/** One model: its versions, and the one that is open with its files. */
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import type { ModelVersion } from "../model/models.ts";
import { createOneModel, type OneModel } from "../state/models.ts";
import { hrefHere, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, Empty, Problem, Section, Skeleton } from "./bits.tsx";
import { RunLink, StageMark } from "./model-bits.tsx";
import { ModelVersionView } from "./model-version.tsx";

export function ModelPage({ name, workspace }: { name: string; workspace: string }) {
  const model = useMemo(() => createOneModel({ name, workspace }), [name, workspace]);
  useEffect(() => model.dispose, [model]);
  useEffect(() => {
    document.title = S.title(name);
  }, [name]);
  const versions = model.versions.value;
  const error = model.error.value;
  if (error) {
    return (
      <div class="page narrow">
        <Problem error={error} retry={model.refresh} />
      </div>
    );
  }
  return (
    <div class="page model">
      <h1>{name}</h1>
      {versions ? <Versions model={model} versions={versions} /> : <Skeleton rows={8} />}
    </div>
  );
}

function Versions({ model, versions }: { model: OneModel; versions: readonly ModelVersion[] }) {
  const number = view.value.open;
  const open = number ? versions.find((one) => String(one.version) === number) : versions[0];
  return (
    <div class="model-grid">
      <Section title={S.models.versionsTitle}>
        <VersionsTable versions={versions} open={open ?? null} />
      </Section>
      {open ? (
        <ModelVersionView key={open.version} model={model} version={open} />
      ) : (
        <Empty {...S.models.noVersion(number)} />
      )}
    </div>
  );
}

function VersionsTable(props: { versions: readonly ModelVersion[]; open: ModelVersion | null }) {
  return (
    <div class="wide-table">
      <table class="plain">
        <thead>
          <tr>
            <th class="number">{S.models.columns.version}</th>
            <th>{S.models.columns.stage}</th>
            <th>{S.models.columns.run}</th>
            <th class="number">{S.models.columns.size}</th>
            <th>{S.models.columns.registered}</th>
          </tr>
        </thead>
        <tbody>
          {props.versions.map((one) => (
            <tr key={one.version} class={one.version === props.open?.version ? "open" : undefined}>
              <td class="number">
                <a
                  href={hrefHere({ open: String(one.version) })}
                  aria-current={one.version === props.open?.version ? "true" : undefined}
                >
                  {one.version}
                </a>
              </td>
              <td>{one.stage && <StageMark stage={one.stage} />}</td>
              <td>
                <RunLink runId={one.runId} />
              </td>
              <td class="number">{formatBytes(one.sizeBytes)}</td>
              <td>
                <Ago at={one.createdUs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
