import React from "react";
import { ActionButton } from "../action.tsx";
import { relativeTime } from "../relative-time.ts";
import { Section } from "./section.tsx";
import { usePanelView, useTools } from "./use-panel.ts";

/** Who waits to be allowed to talk with the agent; for admins. */
export function Pairings() {
  const { client, store, t, locale } = useTools();
  const { state, pairings, clockMs } = usePanelView();
  if (!state?.is_admin || !pairings || pairings.length === 0) return null;
  const decide = (id: string, decision: "approve" | "deny") => async () => {
    await client.decidePairing(id, decision);
    await store.refresh();
  };
  return (
    <Section title={t("pairing.title")}>
      <ul className="OpenClawPanel__list">
        {pairings.map(({ id, username, at }) => (
          <li key={id} className="OpenClawPanel__run">
            <div>
              <strong>@{username}</strong>
              <div className="OpenClawPanel__hint">
                {t("pairing.asked", { when: relativeTime(at, Date.now() + clockMs, locale) })}
              </div>
            </div>
            <div className="OpenClawPanel__buttons">
              <ActionButton size="sm" t={t} kind="primary" label={t("pairing.approve")} act={decide(id, "approve")} />
              <ActionButton size="sm" t={t} label={t("pairing.deny")} act={decide(id, "deny")} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
