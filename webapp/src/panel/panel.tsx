import React, { useEffect, useRef } from "react";
import { failureInWords } from "../words.ts";
import { Ask } from "./ask.tsx";
import { Commands } from "./commands.tsx";
import { EngagementChoice } from "./engagement.tsx";
import { LinkLine } from "./link-line.tsx";
import { Pairings } from "./pairings.tsx";
import { Runs } from "./runs.tsx";
import { Session } from "./session.tsx";
import { Sessions } from "./sessions.tsx";
import { type PanelTools, ToolsContext, usePanelView, useTools } from "./use-panel.ts";

/** The right-hand panel; its tools are made once, when the plugin begins. */
export function panelWith(tools: PanelTools) {
  return function Panel() {
    return (
      <ToolsContext.Provider value={tools}>
        <Content />
      </ToolsContext.Provider>
    );
  };
}

function Content() {
  const { store, t } = useTools();
  const { state, failure, focusCount } = usePanelView();
  const panel = useRef<HTMLDivElement>(null);

  useEffect(() => store.open(), [store]);
  useEffect(() => {
    if (focusCount > 0) panel.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  }, [focusCount]);

  return (
    <div ref={panel} className="OpenClawPanel" data-testid="openclaw-panel">
      {failure !== undefined && (
        <div role="alert" className="OpenClawPanel__failure">
          {t("panel.failed", { reason: failureInWords(failure, t) })}
          <button type="button" className="btn btn-xs btn-tertiary" onClick={() => void store.refresh()}>
            {t("card.clickAgain")}
          </button>
        </div>
      )}
      <Ask />
      <LinkLine />
      {state && (
        <>
          <Runs />
          <Session />
          <EngagementChoice />
        </>
      )}
      <Commands />
      {state && (
        <>
          <Sessions />
          <Pairings />
        </>
      )}
    </div>
  );
}
