/** What a run was started with: its code, its command, its packages, its machine. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { formatBytes } from "../base/format.ts";
import { type HostFacts, parseHost } from "../model/origin.ts";
import type { Run } from "../model/run.ts";
import { hrefOf } from "../state/router.ts";
import { createPreview, fileUrl, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { CopyButton, Section } from "./bits.tsx";

const DIFF_FILE = "system/git.diff";
const PACKAGES_FILE = "system/packages.txt";
const HOST_FILE = "system/host.json";

const COMMIT_CHARS = 10;

export function RunOrigin({ data, run }: { data: RunPage; run: Run }) {
  const files = new Set(data.files.state.value.value?.map((file) => file.path));
  const git = (fact: string) => run.properties[`azureml.git.${fact}`];
  const commit = git("commit");
  const hasHost = files.has(HOST_FILE);
  if (!commit && !hasHost && !files.has(PACKAGES_FILE)) return null;
  return (
    <Section title={S.run.startedWith}>
      <dl class="facts">
        {git("repository_uri") && (
          <Fact name={S.system.repository}>
            <Repository uri={git("repository_uri")} />
          </Fact>
        )}
        {git("branch") && <Fact name={S.system.branch}>{git("branch")}</Fact>}
        {commit && (
          <Fact name={S.system.commit}>
            <span class="fact-parts">
              <code title={commit}>{commit.slice(0, COMMIT_CHARS)}</code>
              <CopyButton text={commit} label={S.system.copyCommit} />
              {files.has(DIFF_FILE) && (
                <FileLink run={run} path={DIFF_FILE} text={S.system.changes} />
              )}
            </span>
          </Fact>
        )}
        {hasHost && <Host data={data} />}
        {files.has(PACKAGES_FILE) && (
          <Fact name={S.system.packages}>
            <FileLink run={run} path={PACKAGES_FILE} text={S.system.allPackages} />
          </Fact>
        )}
      </dl>
    </Section>
  );
}

function Host({ data }: { data: RunPage }) {
  const preview = useMemo(() => createPreview(fileUrl(data.runId, HOST_FILE)), [data]);
  useEffect(() => preview.dispose, [preview]);
  const text = preview.state.value.value;
  const host = useMemo(() => parseHost(text ?? ""), [text]);
  return host && <HostRows host={host} />;
}

function HostRows({ host }: { host: HostFacts }) {
  return (
    <>
      <Fact name={S.system.command}>
        <code class="wrap">{host.command.join(" ")}</code>
      </Fact>
      <Fact name={S.system.python}>
        <span title={host.executable}>{host.python}</span>
      </Fact>
      <Fact name={S.system.os}>{host.os}</Fact>
      <Fact name={S.system.cpu}>
        {S.system.cpuOf(host.cpuModel, host.cpuCount, host.usableCpuCount)}
      </Fact>
      <Fact name={S.system.memory}>{formatBytes(host.memoryBytes)}</Fact>
      {host.gpus.length > 0 && <Fact name={S.system.gpus}>{host.gpus.join(", ")}</Fact>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Repository({ uri }: { uri: string }) {
  if (!/^https?:\/\//.test(uri)) return <code class="wrap">{uri}</code>;
  return (
    <a href={uri} rel="noreferrer noopener" target="_blank">
      {uri.replace(/^https?:\/\//, "")}
    </a>
  );
}

function FileLink({ run, path, text }: { run: Run; path: string; text: string }) {
  return (
    <a href={hrefOf({ kind: "run", runId: run.runId, tab: "files" }, { open: path })}>{text}</a>
  );
}
