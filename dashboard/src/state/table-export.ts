/** The runs table as a file: every run that the filter finds, loaded or not. */
import { listRuns } from "../api/client.ts";
import { neededMetrics } from "../model/columns.ts";
import { filterQuery } from "../model/filter.ts";
import type { Run } from "../model/run.ts";
import { tableCsv } from "../model/table-csv.ts";
import { view } from "./router.ts";
import type { RunsList } from "./runs-list.ts";

const PAGE_SIZE = 1000;
/** More than a browser should hold; SQL and the API have no such end. */
const EXPORTED_MAX = 100_000;

export async function exportCsv(list: RunsList): Promise<string> {
  const columns = list.columns.peek();
  const { sort, filter } = view.peek();
  const runs: Run[] = [];
  let cursor: string | null = null;
  do {
    const page = await listRuns({
      ...list.source,
      sort,
      filter: filterQuery(filter),
      metrics: neededMetrics(columns),
      limit: PAGE_SIZE,
      cursor,
    });
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && runs.length < EXPORTED_MAX);
  return tableCsv(runs, columns);
}
