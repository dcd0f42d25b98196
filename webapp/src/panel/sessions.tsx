import React, { useState } from "react";
import { useAction } from "../action.tsx";
import { relativeTime } from "../relative-time.ts";
import { sessionTitle } from "./facts.ts";
import { Section } from "./section.tsx";
import { usePanelView, useTools } from "./use-panel.ts";

/** The conversations that this user has with the agent; asked for when they are unfolded. */
export function Sessions() {
  const { store, t, locale, goTo } = useTools();
  const { sessions, clockMs } = usePanelView();
  const [unfolded, setUnfolded] = useState(false);
  const load = useAction(store.loadSessions, t);
  const toggle = () => {
    setUnfolded(!unfolded);
    if (!unfolded) load.run();
  };
  return (
    <Section
      title={t("sessions.title")}
      aside={
        <button type="button" className="btn btn-xs btn-quaternary" aria-expanded={unfolded} onClick={toggle}>
          {t(unfolded ? "sessions.hide" : "sessions.show")}
        </button>
      }
    >
      {unfolded && load.failure && <p role="alert">{load.failure}</p>}
      {unfolded && !sessions && !load.failure && (
        <p role="status" className="OpenClawPanel__hint">
          {t("session.pending")}
        </p>
      )}
      {unfolded && sessions?.length === 0 && <p className="OpenClawPanel__hint">{t("sessions.none")}</p>}
      {unfolded && sessions && sessions.length > 0 && (
        <ul className="OpenClawPanel__list">
          {sessions.map(({ key, channel_id: channelId, channel_name: channel, title, model, updated_at: at }) => (
            <li key={key}>
              <button type="button" className="OpenClawPanel__entry" onClick={() => goTo(channelId)}>
                <strong>{sessionTitle(title) || channel}</strong>
                <span className="OpenClawPanel__hint">
                  {[sessionTitle(title) && channel, model, relativeTime(at, Date.now() + clockMs, locale)]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
