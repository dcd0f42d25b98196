import React from "react";
import type { TextKey } from "../translate.ts";
import { usePanelView, useTools } from "./use-panel.ts";

const WORDS = {
  ready: { tone: "good", text: "panel.link.ready" },
  away: { tone: "bad", text: "panel.link.away" },
  none: { tone: "attention", text: "panel.link.none" },
} as const satisfies Record<string, { tone: string; text: TextKey }>;

/** Which conversation this is about, and whether the gateway is there. */
export function LinkLine() {
  const { store, t, channelTitle } = useTools();
  const { state, place } = usePanelView();
  const where = channelTitle(place.channelId);
  return (
    <header className="OpenClawPanel__head">
      <div className="OpenClawPanel__line">
        <h3 className="OpenClawPanel__where">
          {place.rootId ? t("panel.thread", { channel: where }) : where || t("panel.noChannel")}
        </h3>
        {place.rootId && (
          <button
            type="button"
            className="btn btn-xs btn-quaternary"
            onClick={() => store.aim({ ...place, rootId: "" })}
          >
            {t("panel.toChannel")}
          </button>
        )}
      </div>
      <p role="status" className="OpenClawPanel__status">
        {state ? (
          <>
            <span
              className={`OpenClawPanel__dot OpenClawPanel__dot--${WORDS[state.link.state].tone}`}
              aria-hidden="true"
            />
            {t(WORDS[state.link.state].text, { bot: `@${state.bot?.username ?? ""}` })}
          </>
        ) : (
          t("card.loading")
        )}
      </p>
      {state?.bot && !state.bot.in_channel && (
        <p className="OpenClawPanel__hint">{t("panel.bot.away", { bot: `@${state.bot.username}` })}</p>
      )}
    </header>
  );
}
