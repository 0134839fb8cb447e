/** A pen that writes SVG: every stroke, fill and text is an element, in order. */
import type { PicturePen } from "./pen.ts";

const ANCHORS: Readonly<Record<string, string>> = { left: "start", center: "middle", right: "end" };
const BASELINES: Readonly<Record<string, string>> = { middle: "central", top: "hanging" };

export class SvgPen implements PicturePen {
  strokeStyle = "#000";
  fillStyle = "#000";
  globalAlpha = 1;
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  font = "12px sans-serif";
  textAlign: CanvasTextAlign = "left";
  textBaseline: CanvasTextBaseline = "alphabetic";
  private dash: readonly number[] = [];
  private path: string[] = [];
  private clips = 0;
  private readonly parts: string[] = [];

  /** The picture of everything drawn so far; screen readers say its title. */
  toString(title: string, width: number, height: number): string {
    const box = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" ${box}>`;
    return [head, `<title>${escaped(title)}</title>`, ...this.parts, "</svg>\n"].join("\n");
  }

  beginPath(): void {
    this.path = [];
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${at(x)} ${at(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`L${at(x)} ${at(y)}`);
  }

  closePath(): void {
    this.path.push("Z");
  }

  /** Whole circles alone are drawn here. */
  arc(x: number, y: number, radius: number): void {
    const [r, left, right] = [at(radius), at(x - radius), at(x + radius)];
    this.path.push(`M${right} ${at(y)}A${r} ${r} 0 1 1 ${left} ${at(y)}`);
    this.path.push(`A${r} ${r} 0 1 1 ${right} ${at(y)}Z`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}Z`);
  }

  stroke(): void {
    if (this.path.length === 0) return;
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    this.parts.push(
      `<path d="${this.path.join("")}" fill="none" stroke="${this.strokeStyle}" ` +
        `stroke-width="${at(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"` +
        `${this.opacity("stroke-opacity")}${dash}/>`,
    );
  }

  fill(): void {
    if (this.path.length === 0) return;
    this.parts.push(
      `<path d="${this.path.join("")}" fill="${this.fillStyle}"${this.opacity("fill-opacity")}/>`,
    );
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.parts.push(
      `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" ` +
        `fill="${this.fillStyle}"/>`,
    );
  }

  fillText(text: string, x: number, y: number): void {
    const [, weight = "", size = "12", family = "sans-serif"] =
      this.font.match(/^(\d+ )?(\d+)px (.*)$/) ?? [];
    const bold = weight ? ` font-weight="${weight.trim()}"` : "";
    const baseline = BASELINES[this.textBaseline];
    const align = baseline ? ` dominant-baseline="${baseline}"` : "";
    this.parts.push(
      `<text x="${at(x)}" y="${at(y)}" font-family="${escaped(family)}" font-size="${size}"${bold} ` +
        `text-anchor="${ANCHORS[this.textAlign] ?? "start"}"${align} ` +
        `fill="${this.fillStyle}">${escaped(text)}</text>`,
    );
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = dash;
  }

  save(): void {
    this.parts.push("<g>");
  }

  /** Keeps what follows, up to `restore`, within the path. */
  clip(): void {
    const id = `clip-${++this.clips}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`);
    const open = this.parts.lastIndexOf("<g>");
    this.parts[open] = `<g clip-path="url(#${id})">`;
  }

  restore(): void {
    this.parts.push("</g>");
  }

  private opacity(name: string): string {
    return this.globalAlpha < 1 ? ` ${name}="${at(this.globalAlpha)}"` : "";
  }
}

/** Hundredths of a pixel are finer than any eye. */
function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
