import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/dialogs.css";
import "./style/charts.css";
import "./style/pages.css";
import "./style/compare.css";
import "./style/chart-frame.css";
import "./style/run.css";
import "./style/table.css";
import "./style/edits.css";
import "./style/jobs.css";
import "./style/models.css";
import "./style/sql.css";
import { App } from "./views/app.tsx";

const root = document.getElementById("app");
if (root) render(<App />, root);
