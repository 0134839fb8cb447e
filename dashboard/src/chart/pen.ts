/**
 * What pictures are drawn with: the part of a canvas's context that this folder uses, so that the
 * same painting can be written as a vector picture.
 */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "arc"
  | "stroke"
  | "fill"
  | "setLineDash"
  | "strokeStyle"
  | "fillStyle"
  | "globalAlpha"
  | "lineWidth"
  | "lineJoin"
>;

/** A pen that also writes, and that can be kept within a box. */
export type PicturePen = Pen &
  Pick<
    CanvasRenderingContext2D,
    | "save"
    | "restore"
    | "rect"
    | "clip"
    | "fillRect"
    | "fillText"
    | "font"
    | "textAlign"
    | "textBaseline"
  >;
