/** The widget's front end, as anywidget loads it: one file, and no request to anybody. */
import { effect } from "@preact/signals";
import { render } from "preact";
import uplot from "uplot/dist/uPlot.min.css?inline";
import base from "../src/style/base.css?inline";
import charts from "../src/style/charts.css?inline";
import compare from "../src/style/compare.css?inline";
import run from "../src/style/run.css?inline";
import tokens from "../src/style/tokens.css?inline";
import { App } from "./app.tsx";
import { type KernelModel, listenToKernel } from "./kernel.ts";
import { scoped } from "./scope.ts";
import own from "./style.css?inline";
import { followTheme } from "./theme.ts";

const STYLE = [uplot, tokens, base, charts, compare, run, own].map(scoped).join("\n");

interface RenderArguments {
  readonly model: KernelModel;
  readonly el: HTMLElement;
}

/** Show the run in `el`, until the result is called. */
function show({ model, el }: RenderArguments): () => void {
  el.classList.add("runtide-widget");
  // A root of its own: the notebook's styles stay out, and ours in.
  const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = STYLE;
  const main = document.createElement("main");
  root.replaceChildren(style, main);
  const kernel = listenToKernel(model);
  const { theme, dispose } = followTheme();
  const stopTheme = effect(() => {
    el.dataset.theme = theme.value;
  });
  const showStill = hideStill(String(model.get("still")));
  render(<App kernel={kernel} theme={theme} />, main);
  return () => {
    render(null, main);
    showStill();
    stopTheme();
    dispose();
    kernel.dispose();
  };
}

/** Hide the picture of the run that the notebook keeps, also when it is replaced by a newer one. */
function hideStill(name: string): () => void {
  const style = document.createElement("style");
  style.textContent = `.${CSS.escape(name)} { display: none !important; }`;
  document.head.append(style);
  return () => style.remove();
}

export default { render: show };
