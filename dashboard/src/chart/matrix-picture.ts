/** A confusion matrix as a picture of its own: title, labels and coloured cells. */
import { SvgPen } from "./svg-pen.ts";

export interface MatrixCell {
  readonly text: string;
  readonly background: string;
  readonly color: string;
}

export interface MatrixPicture {
  readonly title: string;
  readonly labels: readonly string[];
  readonly cells: readonly (readonly MatrixCell[])[];
  readonly rowsName: string;
  readonly columnsName: string;
  readonly background: string;
  readonly text: string;
}

const CELL = { width: 72, height: 32, gap: 2 };
const MARGIN = { top: 72, left: 120, right: 16, bottom: 16 };
const FONT = "12px system-ui, sans-serif";
/** Letters that fit a label's place. */
const ROW_LETTERS = 14;
const COLUMN_LETTERS = 9;

export function matrixDrawing(picture: MatrixPicture): {
  text: string;
  width: number;
  height: number;
} {
  const { title, labels, cells } = picture;
  const pen = new SvgPen();
  const width = MARGIN.left + labels.length * CELL.width + MARGIN.right;
  const height = MARGIN.top + labels.length * CELL.height + MARGIN.bottom;
  pen.fillStyle = picture.background;
  pen.fillRect(0, 0, width, height);
  const write = (text: string, x: number, y: number, color: string, align: CanvasTextAlign) => {
    pen.fillStyle = color;
    pen.textAlign = align;
    pen.textBaseline = "middle";
    pen.fillText(text, x, y);
  };
  pen.font = `600 ${FONT}`;
  write(title, 16, 20, picture.text, "left");
  pen.font = FONT;
  write(`${picture.rowsName} ↓ · ${picture.columnsName} →`, 16, 40, picture.text, "left");
  for (const [i, label] of labels.entries()) {
    const x = MARGIN.left + (i + 0.5) * CELL.width;
    const y = MARGIN.top + (i + 0.5) * CELL.height;
    write(cut(label, COLUMN_LETTERS), x, MARGIN.top - 12, picture.text, "center");
    write(cut(label, ROW_LETTERS), MARGIN.left - 8, y, picture.text, "right");
  }
  for (const [i, row] of cells.entries()) {
    for (const [j, cell] of row.entries()) {
      const [x, y] = [MARGIN.left + j * CELL.width, MARGIN.top + i * CELL.height];
      pen.fillStyle = cell.background;
      pen.fillRect(x, y, CELL.width - CELL.gap, CELL.height - CELL.gap);
      write(cell.text, x + CELL.width / 2, y + CELL.height / 2, cell.color, "center");
    }
  }
  return { text: pen.toString(title, width, height), width, height };
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
