/** What can be done with a chart: save it as a picture or as numbers, and pass on its link. */
import { useEffect, useRef, useState } from "preact/hooks";
import { saveFile } from "../chart/save-file.ts";
import type { CsvFile } from "../state/chart-export.ts";
import { hrefHere } from "../state/router.ts";
import { S } from "../strings.ts";
import type { PictureParts } from "./chart-frame.tsx";
import { Menu } from "./menu.tsx";
import { pngBlob } from "./save-picture.ts";

export interface ChartMenuProps {
  readonly title: string;
  readonly picture: () => PictureParts;
  readonly csv: (signal: AbortSignal) => Promise<CsvFile>;
}

const WIDTH = 960;
const HEIGHT = 540;
/** Pictures of pixels are twice as fine, for screens and paper that are. */
const PIXEL_RATIO = 2;
const SAID_MS = 6000;

export function ChartMenu({ title, picture, csv }: ChartMenuProps) {
  const [said, setSaid] = useState("");
  const abort = useRef<AbortController>(null);
  useEffect(() => () => abort.current?.abort(), []);
  useEffect(() => {
    if (!said || said === S.chart.writing) return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const act = (work: () => Promise<string>, close: () => void) => async () => {
    close();
    try {
      setSaid(await work());
    } catch (error) {
      setSaid(S.chart.failed(error instanceof Error ? error.message : String(error)));
    }
  };
  const saveCsv = async () => {
    setSaid(S.chart.writing);
    abort.current?.abort();
    abort.current = new AbortController();
    const { blob, rowCount, isCut } = await csv(abort.current.signal);
    saveFile(blob, `${title}.csv`);
    return isCut ? S.chart.firstRows(rowCount) : S.chart.savedRows(rowCount);
  };
  const items: readonly (readonly [string, () => Promise<string>])[] = [
    [S.chart.png, async () => saved(await pngOf(picture()), `${title}.png`)],
    [S.chart.svg, async () => saved(await svgBlobOf(picture()), `${title}.svg`)],
    [S.chart.csv, saveCsv],
    [S.chart.copyLink, () => copyLink(title)],
  ];
  return (
    <>
      {said && (
        <span class="menu-said" role="status">
          {said}
        </span>
      )}
      <Menu
        class="chart-menu"
        summary="⋯"
        title={S.chart.menu}
        label={S.chart.of(S.chart.menu, title)}
      >
        {(close) =>
          items.map(([name, work]) => (
            <button type="button" key={name} onClick={act(work, close)}>
              {name}
            </button>
          ))
        }
      </Menu>
    </>
  );
}

/** Loaded when it is asked for: few charts are ever saved. */
const loadPicture = () => import("../chart/picture.ts");

async function svgBlobOf(parts: PictureParts): Promise<Blob> {
  const { svgOf } = await loadPicture();
  return new Blob([svgOf({ ...parts, width: WIDTH, height: HEIGHT })], { type: "image/svg+xml" });
}

async function pngOf(parts: PictureParts): Promise<Blob> {
  const { drawPicture } = await loadPicture();
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * PIXEL_RATIO;
  canvas.height = HEIGHT * PIXEL_RATIO;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error(S.chart.noCanvas);
  pen.scale(PIXEL_RATIO, PIXEL_RATIO);
  drawPicture(pen, { ...parts, width: WIDTH, height: HEIGHT });
  return pngBlob(canvas);
}

function saved(blob: Blob, name: string): string {
  saveFile(blob, name);
  return S.chart.saved;
}

async function copyLink(title: string): Promise<string> {
  await navigator.clipboard.writeText(location.origin + hrefHere({ chart: title }));
  return S.chart.copied;
}
