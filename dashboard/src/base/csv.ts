/** CSV and TSV after RFC 4180: lines end in CRLF, and what could be misread is quoted. */

/**
 * One line. Nothing is an empty cell and an empty text a quoted one, so that both come back as they
 * were; numbers have all of their digits.
 */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  // A spreadsheet would run what begins like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return safe === "" || /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether there are more rows than `rowsMax`, or the text ends within one. */
  readonly isCut: boolean;
}

/**
 * The first rows of a text; the first of them is the header. `isWhole` says whether the text is
 * all of the file: of one that was cut, the last row may lack its end and is left out.
 */
export function parseCsv(
  text: string,
  separator: "," | "\t" | ";",
  rowsMax: number,
  isWhole: boolean,
): CsvTable {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (; at < text.length && rows.length <= rowsMax; at++) {
    const letter = text[at];
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === separator) {
      row.push(cell);
      cell = "";
    } else if (letter === "\n" || (letter === "\r" && text[at + 1] === "\n")) {
      if (letter === "\r") at += 1;
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += letter;
  }
  const rest = cell !== "" || row.length > 0 || isQuoted;
  const isEnded = at >= text.length;
  if (rest && isEnded && isWhole && rows.length <= rowsMax) rows.push([...row, cell]);
  const [header = [], ...body] = rows;
  return {
    header,
    rows: body.slice(0, rowsMax),
    isCut: !isEnded || !isWhole || body.length > rowsMax,
  };
}

/** What separates the cells of a file: its name says, else the first line does. */
export function separatorOf(path: string, text: string): "," | "\t" | ";" {
  if (/\.tsv$/i.test(path)) return "\t";
  const line = text.slice(0, text.indexOf("\n") + 1 || undefined);
  return line.includes(";") && !line.includes(",") ? ";" : ",";
}
