import React, { useId } from "react";
import { useAction } from "../action.tsx";
import type { TextKey } from "../translate.ts";
import { type Mode, MODES } from "./facts.ts";
import { Section } from "./section.tsx";
import { usePanelView, useTools } from "./use-panel.ts";

const WORDS = {
  "": { label: "engagement.default", hint: "engagement.default.hint" },
  off: { label: "engagement.off", hint: "engagement.off.hint" },
  mention: { label: "engagement.mention", hint: "engagement.mention.hint" },
  thread: { label: "engagement.thread", hint: "engagement.thread.hint" },
  all: { label: "engagement.all", hint: "engagement.all.hint" },
} satisfies Record<Mode, { label: TextKey; hint: TextKey }>;

/** When the bot answers in this channel; those who may manage the channel change it. */
export function EngagementChoice() {
  const { store, client, t } = useTools();
  const { state, place } = usePanelView();
  const name = useId();
  const engage = useAction(async (mode: Mode) => {
    await client.engage(place.channelId, mode);
    await store.refresh();
  }, t);
  if (!state?.engagement) return null;
  const { mode, may_manage: mayManage } = state.engagement;
  return (
    <Section title={t("engagement.title")}>
      <div role="radiogroup" aria-label={t("engagement.title")} className="OpenClawPanel__segments">
        {MODES.map((each) => (
          <label key={each} className={each === mode ? "OpenClawPanel__segment--chosen" : ""}>
            <input
              type="radio"
              name={name}
              checked={each === mode}
              disabled={!mayManage || engage.busy}
              onChange={() => engage.run(each)}
            />
            {t(WORDS[each].label)}
          </label>
        ))}
      </div>
      <p className="OpenClawPanel__hint">
        {t(WORDS[mode].hint)} {!mayManage && t("engagement.managers")}
      </p>
      {engage.failure && <p role="alert">{engage.failure}</p>}
    </Section>
  );
}
