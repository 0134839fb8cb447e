/** The images of a run by name, with one slider that moves all of them through the steps. */
import { useState } from "preact/hooks";
import { compareNames } from "../base/names.ts";
import type { ImageItem } from "../model/catalog.ts";
import { hrefOf } from "../state/router.ts";
import { fileUrl, type RunPage } from "../state/run-page.ts";
import { S } from "../strings.ts";
import { Empty, Problem, Skeleton } from "./bits.tsx";

export function RunImages({ data }: { data: RunPage }) {
  const { value, error } = data.images.state.value;
  const [at, setAt] = useState<number | null>(null);
  if (error) return <Problem error={error} retry={data.images.refresh} />;
  if (!value) return <Skeleton rows={8} />;
  if (value.length === 0) return <Empty {...S.noImages} />;
  const groups = imagesByName(value);
  const longest = Math.max(...groups.map(([, images]) => images.length));
  const index = at ?? longest - 1;
  return (
    <div class="images">
      {longest > 1 && (
        <div class="controls">
          <label>
            <span>{S.step}</span>
            <input
              type="range"
              min="0"
              max={longest - 1}
              value={index}
              onInput={(event) => setAt(Number(event.currentTarget.value))}
            />
            <output>
              {index + 1} / {longest}
            </output>
          </label>
        </div>
      )}
      <div class="gallery">
        {groups.map(([name, images]) => (
          <ImageCard
            key={name}
            runId={data.runId}
            name={name}
            images={images}
            at={Math.min(index, images.length - 1)}
          />
        ))}
      </div>
    </div>
  );
}

/** The newest image of a name, as a card among the charts. */
export function LatestImage({ data, name }: { data: RunPage; name: string }) {
  const images = (data.images.state.value.value ?? []).filter((image) => image.name === name);
  if (images.length === 0) return null;
  return <ImageCard runId={data.runId} name={name} images={images} at={images.length - 1} isLink />;
}

interface ImageCardProps {
  readonly runId: string;
  readonly name: string;
  readonly images: readonly ImageItem[];
  readonly at: number;
  readonly isLink?: boolean;
}

function ImageCard({ runId, name, images, at, isLink }: ImageCardProps) {
  const image = images[at];
  const url = fileUrl(runId, image.path);
  const href = isLink ? hrefOf({ kind: "run", runId, tab: "images" }) : url;
  const { width, height } = image;
  return (
    <article class="card image">
      <header>
        <h3 title={name}>{name}</h3>
        <span class="note">
          {images.length > 1 && S.stepOf(String(image.step ?? at), at + 1, images.length)}
        </span>
      </header>
      <a href={href} target={isLink ? undefined : "_blank"} rel="noopener">
        <img
          src={url}
          alt={image.description ?? name}
          loading="lazy"
          width={width ?? undefined}
          height={height ?? undefined}
        />
      </a>
      {image.description && <p class="card-text">{image.description}</p>}
    </article>
  );
}

function imagesByName(images: readonly ImageItem[]): [string, ImageItem[]][] {
  const groups = new Map<string, ImageItem[]>();
  for (const image of images) groups.set(image.name, [...(groups.get(image.name) ?? []), image]);
  return [...groups].sort(([a], [b]) => compareNames(a, b));
}
