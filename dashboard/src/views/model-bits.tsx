/** Small things that show models. */
import type { ModelVersion } from "../model/models.ts";
import { hrefOf } from "../state/router.ts";

/** A link to a version, or to the newest of its model. */
export function ModelLink(props: { version: ModelVersion; text: string; toNewest?: boolean }) {
  const { name, workspace, version } = props.version;
  const open = props.toNewest ? "" : String(version);
  return <a href={hrefOf({ kind: "model", name, workspace }, { open })}>{props.text}</a>;
}

export function RunLink({ runId }: { runId: string | null }) {
  if (runId === null) return <span class="quiet">–</span>;
  return (
    <a class="cut" title={runId} href={hrefOf({ kind: "run", runId, tab: "overview" })}>
      <code>{runId}</code>
    </a>
  );
}

export function StageMark({ stage, title }: { stage: string; title?: string }) {
  return (
    <span class="tag stage" title={title ?? stage}>
      {stage}
    </span>
  );
}
