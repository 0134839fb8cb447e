/** The parts of a page that are edited where they stand: name, description, tags. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, parseTag, shownTags } from "../model/edits.ts";
import type { Run } from "../model/run.ts";
import { archiveRuns, editRun, restoreRuns } from "../state/edits.ts";
import { S } from "../strings.ts";

/** Keys that end editing, kept from the page's own. */
function onKeys(event: KeyboardEvent, keys: Readonly<Record<string, () => void>>): void {
  const action = keys[event.key];
  if (!action) return;
  event.stopPropagation();
  event.preventDefault();
  action();
}

interface LineFieldProps {
  readonly class: string;
  readonly label: string;
  readonly value: string;
  readonly charsMax: number;
  /** The id of a list of what could stand there. */
  readonly list?: string;
  /** What stands there, or null where that is not meant. */
  readonly done: (text: string | null) => void;
}

/** A field in the place of a text: Enter and going elsewhere keep it, Escape does not. */
export function LineField(props: LineFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.select(), []);
  // It loses the focus once more when it goes, and has no text then.
  const save = () => props.done(input.current?.value.trim() ?? null);
  return (
    <input
      type="text"
      class={props.class}
      ref={input}
      list={props.list}
      aria-label={props.label}
      placeholder={props.label}
      defaultValue={props.value}
      maxLength={props.charsMax}
      onBlur={save}
      onKeyDown={(event) => onKeys(event, { Enter: save, Escape: () => props.done(null) })}
    />
  );
}

export function EditableName({ run }: { run: Run }) {
  const [isEdited, setEdited] = useState(false);
  if (!isEdited) {
    return (
      <span class="editable">
        <h1 class="run-name" title={S.edits.renameHint} onDblClick={() => setEdited(true)}>
          {run.name}
        </h1>
        <button
          type="button"
          class="icon pencil"
          onClick={() => setEdited(true)}
          aria-label={S.edits.rename}
          title={S.edits.rename}
        >
          ✎
        </button>
      </span>
    );
  }
  return (
    <LineField
      class="name-input"
      label={S.edits.name}
      value={run.name}
      charsMax={NAME_CHARS_MAX}
      done={(name) => {
        setEdited(false);
        if (name && name !== run.name) editRun(run, { name });
      }}
    />
  );
}

export function EditableDescription(props: { text: string | null; save: (text: string) => void }) {
  const { text } = props;
  const [isEdited, setEdited] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (isEdited) area.current?.focus();
  }, [isEdited]);
  if (!isEdited) {
    return (
      <div class="editable description">
        {text ? <p>{text}</p> : null}
        <button
          type="button"
          class={text ? "icon pencil" : "quiet-button"}
          onClick={() => setEdited(true)}
          aria-label={text ? S.edits.describe : undefined}
          title={S.edits.describe}
        >
          {text ? "✎" : S.edits.addDescription}
        </button>
      </div>
    );
  }
  const stop = () => setEdited(false);
  const save = () => {
    const description = area.current?.value.trim() ?? "";
    stop();
    if (description !== (text ?? "")) props.save(description);
  };
  return (
    <div class="description-form">
      <textarea
        ref={area}
        rows={4}
        aria-label={S.edits.description}
        defaultValue={text ?? ""}
        maxLength={DESCRIPTION_CHARS_MAX}
        onKeyDown={(event) => {
          const isSave = event.metaKey || event.ctrlKey;
          onKeys(event, isSave ? { Enter: save } : { Escape: stop });
        }}
      />
      <div class="dialog-buttons">
        <button type="button" onClick={stop}>
          {S.edits.back}
        </button>
        <button type="button" class="primary" onClick={save} title={S.edits.saveHint}>
          {S.edits.save}
        </button>
      </div>
    </div>
  );
}

type TagTexts = Readonly<Record<string, string | null>>;

/** `change` gets tags to set, and with null to remove. */
export function EditableTags(props: { tags: TagTexts; change: (tags: TagTexts) => void }) {
  const { tags, change } = props;
  const [isAdding, setAdding] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (isAdding) input.current?.focus();
  }, [isAdding]);
  const add = () => {
    const field = input.current;
    const tag = parseTag(field?.value ?? "");
    if (!field || !tag) return;
    field.value = "";
    if (tags[tag[0]] !== tag[1]) change({ [tag[0]]: tag[1] });
  };
  const stop = () => setAdding(false);
  return (
    <span class="tags-edit">
      {shownTags(tags).map(([key, value]) => (
        <span class="tag tag-removable" key={key} title={value ? `${key}: ${value}` : key}>
          <span>{value ? `${key}: ${value}` : key}</span>
          <button
            type="button"
            onClick={() => change({ [key]: null })}
            aria-label={S.edits.removeTag(key)}
            title={S.edits.removeTag(key)}
          >
            ✕
          </button>
        </span>
      ))}
      {isAdding ? (
        <input
          type="text"
          class="tag-input"
          ref={input}
          aria-label={S.edits.newTag}
          placeholder={S.edits.tagForm}
          maxLength={2 * NAME_CHARS_MAX}
          onBlur={() => {
            add();
            stop();
          }}
          onKeyDown={(event) => onKeys(event, { Enter: add, Escape: stop })}
        />
      ) : (
        <button type="button" class="tag tag-add" onClick={() => setAdding(true)}>
          {S.edits.addTag}
        </button>
      )}
    </span>
  );
}

export function DeletedMark({ run }: { run: Run }) {
  if (run.deletedUs === null) return null;
  return (
    <span class="archived-mark">
      {S.edits.isDeleted}
      <button type="button" class="chip" onClick={() => restoreRuns([run])}>
        {S.edits.restore}
      </button>
    </span>
  );
}

export function ArchivedMark({ run }: { run: Run }) {
  if (!run.archived) return null;
  return (
    <span class="archived-mark">
      {S.edits.isArchived}
      <button type="button" class="chip" onClick={() => archiveRuns([run], false)}>
        {S.edits.unarchive}
      </button>
    </span>
  );
}
