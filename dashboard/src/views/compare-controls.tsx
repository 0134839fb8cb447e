/** What the charts of a comparison have beyond those of a run: groups, and metrics in one chart. */

import { useState } from "preact/hooks";
import { DASHES } from "../base/color.ts";
import type { Spread } from "../model/bands.ts";
import { toggled } from "../model/choice.ts";
import { SPREADS } from "../model/compare-view.ts";
import { flatKeys, tagKeys } from "../model/dimensions.ts";
import type { Run } from "../model/run.ts";
import { nameSearch } from "../model/search.ts";
import { setCompare } from "../state/compare.ts";
import { view } from "../state/router.ts";
import { S } from "../strings.ts";
import { Menu } from "./menu.tsx";

export function GroupControls({ runs }: { runs: readonly Run[] }) {
  const { groupBy, spread } = view.value.compare;
  const keys = flatKeys(runs);
  const tags = tagKeys(runs);
  return (
    <div class="controls">
      <label>
        <span>{S.compare.groupBy}</span>
        <select
          value={groupBy}
          onChange={(event) => setCompare({ groupBy: event.currentTarget.value })}
        >
          <option value="">{S.compare.noGroups}</option>
          <option value="status">{S.columns.status}</option>
          <option value="experiment">{S.compare.experiment}</option>
          {keys.length > 0 && (
            <optgroup label={S.compare.allConfigBut}>
              {keys.map((key) => (
                <option key={key} value={`-config.${key}`}>
                  {S.compare.but(key)}
                </option>
              ))}
            </optgroup>
          )}
          {keys.length > 0 && (
            <optgroup label={S.config}>
              {keys.map((key) => (
                <option key={key} value={`config.${key}`}>
                  {key}
                </option>
              ))}
            </optgroup>
          )}
          {tags.length > 0 && (
            <optgroup label={S.columns.tags}>
              {tags.map((key) => (
                <option key={key} value={`tags.${key}`}>
                  {key}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      {groupBy && (
        <label>
          <span>{S.compare.spread}</span>
          <select
            value={spread}
            onChange={(event) => setCompare({ spread: event.currentTarget.value as Spread })}
          >
            {SPREADS.map((one) => (
              <option key={one} value={one}>
                {S.compare.spreads[one]}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

export function OverlayMenu({ names }: { names: readonly string[] }) {
  const { overlay } = view.value.compare;
  const [typed, setTyped] = useState("");
  const { matches } = nameSearch(typed);
  const isFull = overlay.length >= DASHES.length;
  return (
    <Menu
      summary={
        <>
          {S.compare.overlay}
          {overlay.length > 0 && <span class="badge">{overlay.length}</span>}
        </>
      }
    >
      {() => (
        <>
          <input
            type="search"
            placeholder={S.controls.search}
            aria-label={S.compare.searchOverlay}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <p class="caption">{S.compare.overlayMax(DASHES.length)}</p>
          {names.filter(matches).map((name) => {
            const isChosen = overlay.includes(name);
            return (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={isChosen}
                  disabled={isFull && !isChosen}
                  onChange={() => setCompare({ overlay: toggled(overlay, name) })}
                />
                {name}
              </label>
            );
          })}
        </>
      )}
    </Menu>
  );
}
