/** Where the lines of a log are in a scrolled box. */

export const LINE_HEIGHT = 18;

/** Firefox draws nothing below 17.9 M pixels; a longer log is scrolled in larger steps. */
const HEIGHT_MAX = 15_000_000;
/** Closer to the end than this many pixels counts as being there. */
const END_SLACK = 24;
/** Lines that are drawn above and below what is seen. */
const OVERSCAN = 12;

export interface ScrollBox {
  readonly lineCount: number;
  readonly boxHeight: number;
  /** Every line can be scrolled to the top, because wrapped lines are higher than one row. */
  readonly wraps: boolean;
}

export interface Visible {
  /** The line at the top, and how many pixels of it are above the box. */
  readonly top: number;
  readonly hidden: number;
  /** The half-open range of lines to draw. */
  readonly start: number;
  readonly end: number;
}

/** The height that the scroll bar stands for. */
export function scrollHeight(box: ScrollBox): number {
  return Math.min(HEIGHT_MAX, realHeight(box));
}

export function visibleLines(box: ScrollBox, scrollTop: number): Visible {
  const rows = Math.ceil(box.boxHeight / LINE_HEIGHT) + 1;
  const y = Math.max(0, scrollTop) * stretch(box);
  const top = Math.max(0, Math.min(Math.floor(y / LINE_HEIGHT), box.lineCount - 1));
  return {
    top,
    hidden: Math.max(0, y - top * LINE_HEIGHT),
    // Where a line above the box begins is not known when lines wrap.
    start: box.wraps ? top : Math.max(0, top - OVERSCAN),
    end: Math.max(0, Math.min(box.lineCount, top + rows + OVERSCAN)),
  };
}

/** Where to scroll so that `line` is a third of the box below its top. */
export function scrollTopOf(box: ScrollBox, line: number): number {
  const y = line * LINE_HEIGHT - (box.wraps ? 0 : box.boxHeight / 3);
  return Math.max(0, y) / stretch(box);
}

export function endScrollTop(box: ScrollBox): number {
  const end = box.lineCount * LINE_HEIGHT - box.boxHeight;
  return Math.max(0, end) / stretch(box);
}

export function isAtEnd(box: ScrollBox, scrollTop: number): boolean {
  return scrollTop >= endScrollTop(box) - END_SLACK;
}

function realHeight({ lineCount, boxHeight, wraps }: ScrollBox): number {
  return lineCount * LINE_HEIGHT + (wraps ? Math.max(0, boxHeight - LINE_HEIGHT) : 0);
}

/** How many pixels of the log one pixel of the scroll bar is. */
function stretch(box: ScrollBox): number {
  const travel = scrollHeight(box) - box.boxHeight;
  return travel > 0 ? Math.max(1, (realHeight(box) - box.boxHeight) / travel) : 1;
}
