/** The images of one name in all runs, moved through the steps together. */
import { useEffect, useMemo } from "preact/hooks";
import { compareNames } from "../base/names.ts";
import type { ImageItem } from "../model/catalog.ts";
import { imageAt, imageSteps, nearestStep } from "../model/images.ts";
import { type Run, shortName } from "../model/run.ts";
import { setCompare } from "../state/compare.ts";
import { createImageLists, fileUrl } from "../state/compare-record.ts";
import { setView, view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton, Swatch } from "./bits.tsx";
import { colorOfRun } from "./compare-runs.tsx";
import { useKeys } from "./keyboard.ts";

export function CompareImages({ who }: { who: readonly Run[] }) {
  const ids = useMemo(() => who.map((run) => run.runId), [who]);
  const lists = useMemo(() => createImageLists(ids), [ids]);
  useEffect(() => lists.dispose, [lists]);
  const values = lists.values.value;
  const all = values.flatMap((images) => images ?? []);
  const names = [...new Set(all.map((image) => image.name))].sort(compareNames);
  if (lists.error.value) return <Problem error={lists.error.value} retry={lists.refresh} />;
  if (values.includes(null)) return <Skeleton rows={10} />;
  if (names.length === 0) return <Empty {...S.noImages} />;
  const name = names.find((one) => one === view.value.open) ?? names[0];
  const byRun = values.map((images) => (images ?? []).filter((image) => image.name === name));
  return (
    <div class="compare-images">
      <StepControls names={names} name={name} steps={imageSteps(byRun)} />
      <div class="gallery">
        {who.map((run, i) => (
          <RunImage key={run.runId} run={run} images={byRun[i]} steps={imageSteps(byRun)} />
        ))}
      </div>
    </div>
  );
}

interface StepProps {
  readonly names: readonly string[];
  readonly name: string;
  readonly steps: readonly number[];
}

function StepControls({ names, name, steps }: StepProps) {
  const step = nearestStep(steps, view.value.compare.step);
  const at = steps.indexOf(step ?? 0);
  const go = (to: number) => {
    if (to >= 0 && to < steps.length) setCompare({ step: steps[to] });
  };
  const keys = useMemo(
    () => ({ ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1) }),
    [steps.join(","), at],
  );
  useKeys(keys);
  return (
    <div class="controls">
      <label>
        <span>{S.compare.image}</span>
        <select value={name} onChange={(event) => setView({ open: event.currentTarget.value })}>
          {names.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {steps.length > 1 && (
        <label class="step-choice">
          <span>{S.step}</span>
          <input
            type="range"
            min="0"
            max={steps.length - 1}
            value={at}
            aria-valuetext={S.stepOf(String(step), at + 1, steps.length)}
            onInput={(event) => go(Number(event.currentTarget.value))}
          />
          <output>{S.stepOf(String(step), at + 1, steps.length)}</output>
        </label>
      )}
      <span class="caption">{steps.length > 1 && S.compare.arrows}</span>
    </div>
  );
}

interface RunImageProps {
  readonly run: Run;
  readonly images: readonly ImageItem[];
  readonly steps: readonly number[];
}

function RunImage({ run, images, steps }: RunImageProps) {
  const step = nearestStep(steps, view.value.compare.step) ?? 0;
  const { image, earlier } = imageAt(images, step);
  return (
    <article class="card image">
      <header>
        <Swatch color={colorOfRun(run)} />
        <h3 title={run.name}>{shortName(run)}</h3>
      </header>
      {image ? (
        <a href={fileUrl(run.runId, image.path)} target="_blank" rel="noopener">
          <img
            src={fileUrl(run.runId, image.path)}
            alt={S.compare.imageAt(image.name, run.name, step)}
            width={image.width ?? undefined}
            height={image.height ?? undefined}
          />
        </a>
      ) : (
        <p class="no-image">
          {images.length === 0
            ? S.compare.noSuchImage
            : S.compare.noImageAt(step, earlier, images.length)}
        </p>
      )}
      {image?.description && <p class="card-text">{image.description}</p>}
    </article>
  );
}
