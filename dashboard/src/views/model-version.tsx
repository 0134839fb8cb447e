/** One version of a model: what it is, what people say of it, and its files. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { formatInstant } from "../base/time.ts";
import { type ModelVersion, STAGE_CHARS_MAX } from "../model/models.ts";
import { createModelFiles, modelFileUrl, type OneModel } from "../state/models.ts";
import { setView } from "../state/router.ts";
import { S } from "../strings.ts";
import { Ago, Code, Problem, Section, Skeleton } from "./bits.tsx";
import { Dialog } from "./dialog.tsx";
import { JsonTree } from "./json-tree.tsx";
import { RunLink, StageMark } from "./model-bits.tsx";
import { EditableDescription, EditableTags, LineField } from "./run-edit.tsx";

interface VersionProps {
  readonly model: OneModel;
  readonly version: ModelVersion;
}

export function ModelVersionView({ model, version }: VersionProps) {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <div class="model-version">
      <header class="run-head">
        <h2>{version.id}</h2>
        <EditableStage stage={version.stage} save={(stage) => model.edit(version, { stage })} />
        <EditableTags tags={version.tags} change={(tags) => model.edit(version, { tags })} />
        <span class="run-actions">
          <button type="button" onClick={() => setDeleting(true)}>
            {S.models.delete}
          </button>
        </span>
      </header>
      <EditableDescription
        text={version.description}
        save={(description) => model.edit(version, { description })}
      />
      <Section title={S.models.details}>
        <dl class="facts">
          <Fact
            name={S.models.columns.run}
            value={version.runId && <RunLink runId={version.runId} />}
          />
          <Fact name={S.models.path} value={version.path} />
          <Fact name={S.models.framework} value={version.framework} />
          <Fact name={S.models.user} value={version.user} />
          <Fact
            name={S.models.columns.registered}
            value={
              version.createdUs !== null && (
                <>
                  {formatInstant(version.createdUs)}{" "}
                  <span class="quiet">
                    (<Ago at={version.createdUs} />)
                  </span>
                </>
              )
            }
          />
        </dl>
      </Section>
      <Files version={version} />
      {Object.keys(version.properties).length > 0 && (
        <Section title={S.models.properties}>
          <JsonTree value={version.properties} label={S.models.properties} openDepth={1} />
        </Section>
      )}
      <Section title={S.models.load}>
        <Code text={`Model(workspace, id="${version.id}").download("models")`} />
      </Section>
      {isDeleting && (
        <DeleteDialog model={model} version={version} close={() => setDeleting(false)} />
      )}
    </div>
  );
}

function Fact(props: { name: string; value: ComponentChildren }) {
  if (props.value === null || props.value === false || props.value === "") return null;
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Files({ version }: { version: ModelVersion }) {
  const files = useMemo(() => createModelFiles(version, version.version), [version.id]);
  useEffect(() => files.dispose, [files]);
  const { value, error } = files.state.value;
  return (
    <Section
      title={S.models.files}
      aside={
        <span class="quiet">
          {S.models.filesOf(version.fileCount, formatBytes(version.sizeBytes))}
        </span>
      }
    >
      {error && <Problem error={error} retry={files.refresh} />}
      {!value && !error && <Skeleton rows={Math.min(version.fileCount, 8)} />}
      {value && (
        <ul class="model-files">
          {value.map((file) => (
            <li key={file.path}>
              <a
                href={modelFileUrl(version, version.version, file.path)}
                download={file.path.split("/").pop()}
                title={`${S.download} ${file.path}`}
              >
                {file.path}
              </a>
              <span class="quiet number">{formatBytes(file.sizeBytes)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function EditableStage(props: { stage: string | null; save: (stage: string) => void }) {
  const [isEdited, setEdited] = useState(false);
  if (!isEdited) {
    return (
      <span class="editable">
        {props.stage && <StageMark stage={props.stage} />}
        <button
          type="button"
          class={props.stage ? "icon pencil" : "tag tag-add"}
          aria-label={props.stage ? S.models.editStage : undefined}
          title={S.models.editStage}
          onClick={() => setEdited(true)}
        >
          {props.stage ? "✎" : S.models.setStage}
        </button>
      </span>
    );
  }
  return (
    <>
      <LineField
        class="tag-input"
        label={S.models.stage}
        value={props.stage ?? ""}
        charsMax={STAGE_CHARS_MAX}
        list="model-stages"
        done={(stage) => {
          setEdited(false);
          if (stage !== null && stage !== (props.stage ?? "")) props.save(stage);
        }}
      />
      <datalist id="model-stages">
        {S.models.stages.map((stage) => (
          <option key={stage} value={stage} />
        ))}
      </datalist>
    </>
  );
}

function DeleteDialog({ model, version, close }: VersionProps & { close: () => void }) {
  const title = S.models.deleteTitle(version.id);
  return (
    <Dialog label={title} class="question" onClose={close}>
      <h2>{title}</h2>
      <p>{S.models.deleteAdvice}</p>
      <div class="dialog-buttons">
        <button type="button" onClick={close}>
          {S.models.keep}
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={async () => {
            close();
            if (await model.remove(version)) setView({ open: "" });
          }}
        >
          {S.models.deleteVersion}
        </button>
      </div>
    </Dialog>
  );
}
