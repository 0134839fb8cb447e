/** A picture to take away, as PNG or SVG. */
import { S } from "../strings.ts";
import { type Drawing, type PictureFormat, savePicture } from "./save-picture.ts";

export function SaveButtons({ name, draw }: { name: string; draw: () => Drawing | null }) {
  const save = (format: PictureFormat) => () => {
    const drawing = draw();
    if (drawing) savePicture(drawing, name, format);
  };
  return (
    <span class="save">
      {(["PNG", "SVG"] as const).map((format) => (
        <button
          type="button"
          key={format}
          class="copy"
          aria-label={S.published.save(format, name)}
          onClick={save(format)}
        >
          {format}
        </button>
      ))}
    </span>
  );
}
