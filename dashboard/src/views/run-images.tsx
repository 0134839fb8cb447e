/** The images of a run by name, with one slider that moves all of them through the steps. */
import { useMemo, useState } from "preact/hooks";
import type { ImageItem } from "../model/catalog.ts";
import { galleryOf, placeAt, stepOf } from "../model/gallery.ts";
import { hrefOf } from "../state/router.ts";
import { fileUrl, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";
import { ImageViewer } from "./image-viewer.tsx";

export function RunImages({ data }: { data: RunPage }) {
  const { value, error } = data.images.state.value;
  const [chosen, setChosen] = useState<number | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const { groups, steps } = useMemo(() => galleryOf(value ?? []), [value]);
  if (error) return <Problem error={error} retry={data.images.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noImages} />;
  // Whoever chose no step sees the newest images, also those that are still to come.
  const at = chosen === null ? steps.length - 1 : Math.min(chosen, steps.length - 1);
  const opened = groups.find((group) => group.name === open);
  return (
    <div class="images">
      {steps.length > 1 && (
        <div class="controls">
          <label>
            <span>{S.step}</span>
            <input
              type="range"
              class="step-slider"
              min="0"
              max={steps.length - 1}
              value={at}
              aria-valuetext={String(steps[at])}
              onInput={(event) => setChosen(Number(event.currentTarget.value))}
            />
            <output class="number">{steps[at]}</output>
          </label>
          {chosen !== null && (
            <button type="button" class="chip" onClick={() => setChosen(null)}>
              {S.runPage.newest}
            </button>
          )}
        </div>
      )}
      <div class="gallery">
        {groups.map(({ name, images }) => (
          <ImageCard
            key={name}
            runId={data.runId}
            name={name}
            images={images}
            at={placeAt(images, steps[at])}
            onOpen={() => setOpen(name)}
          />
        ))}
      </div>
      {opened && (
        <ImageViewer
          runId={data.runId}
          images={opened.images}
          at={placeAt(opened.images, steps[at])}
          onMove={(place) => setChosen(steps.indexOf(stepOf(opened.images[place], place)))}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

/** The newest image of a name, as a card among the charts. */
export function LatestImage({ data, name }: { data: RunPage; name: string }) {
  const all = data.images.state.value.value ?? [];
  const images = useMemo(() => all.filter((image) => image.name === name), [all, name]);
  if (images.length === 0) return null;
  return <ImageCard runId={data.runId} name={name} images={images} at={images.length - 1} />;
}

interface ImageCardProps {
  readonly runId: string;
  readonly name: string;
  readonly images: readonly ImageItem[];
  readonly at: number;
  /** Without it the picture leads to the images' own tab. */
  readonly onOpen?: () => void;
}

function ImageCard({ runId, name, images, at, onOpen }: ImageCardProps) {
  const image = images[at];
  const { width, height } = image;
  const picture = (
    <img
      src={fileUrl(runId, image.path)}
      alt={image.description ?? name}
      loading="lazy"
      width={width ?? undefined}
      height={height ?? undefined}
    />
  );
  return (
    <article class="card image">
      <header>
        <h3 title={name}>{name}</h3>
        <span class="note">
          {images.length > 1 && S.stepOf(String(stepOf(image, at)), at + 1, images.length)}
        </span>
      </header>
      {onOpen ? (
        <button
          type="button"
          class="picture"
          aria-label={S.runPage.openImage(name)}
          onClick={onOpen}
        >
          {picture}
        </button>
      ) : (
        <a href={hrefOf({ kind: "run", runId, tab: "images" })}>{picture}</a>
      )}
      <p class="card-text caption">
        {image.description}
        {width && height && <span class="number">{S.runPage.pixels(width, height)}</span>}
      </p>
    </article>
  );
}
